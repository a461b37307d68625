"""Arrays kept in a file, whole and checked or not at all."""

import hashlib
import io
import json
import pathlib
import warnings
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import files

Arrays = Mapping[str, np.ndarray]


def digest(arrays: Arrays) -> str:
  """sha256 of named arrays: of their names, types, shapes and bytes."""
  sha = hashlib.sha256()
  for name in sorted(arrays):
    x = np.ascontiguousarray(arrays[name])
    sha.update(f'{name} {x.dtype.str} {x.shape};'.encode())
    sha.update(x.tobytes())
  return sha.hexdigest()


def save(path: pathlib.Path, arrays: Arrays, meta: Mapping[str, Any]) -> None:
  """Writes an npz of `arrays` and `meta` (JSON), atomically.

  A folder that can't be written to is a warning: what was found is still
  good, only it has to be found again.
  """
  if '__meta__' in arrays:
    raise ValueError("an array can't be called '__meta__'")
  text = json.dumps({**meta, 'sha256': digest(arrays)})
  content = io.BytesIO()
  np.savez(content, __meta__=np.frombuffer(text.encode(), np.uint8), **arrays)
  try:
    files.write_atomic(path, content.getvalue())
  except OSError as error:
    warnings.warn(f'cannot keep {path}: {error}', stacklevel=2)


def load(path: pathlib.Path) -> tuple[dict[str, np.ndarray], dict] | None:
  """(arrays, meta with 'sha256'), or None if there are none.

  A damaged file is a warning, and counts as none. Nothing pickled is read.
  """
  try:
    with np.load(path, allow_pickle=False) as content:
      arrays = dict(content)
    meta = json.loads(arrays.pop('__meta__').tobytes())
    if digest(arrays) != meta['sha256']:
      raise ValueError('its checksum is wrong')
    return arrays, meta
  except FileNotFoundError:
    return None
  except (OSError, EOFError, KeyError, TypeError, ValueError,
          NotImplementedError, zipfile.BadZipFile, zipfile.zlib.error) as error:
    warnings.warn(f'{path} is damaged ({error}); what it held is made anew',
                  stacklevel=2)
    return None
