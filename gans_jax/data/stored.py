"""Arrays of published data sets, from the files they come in."""

import pathlib
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

from gans_jax import errors

SPLITS = ('train', 'test')


def load(path: str | pathlib.Path, keys: Sequence[str],
         optional: Sequence[str] = ()) -> dict[str, np.ndarray]:
  """Arrays by name, of an .npz or, with h5py, of an HDF5 file.

  An HDF5 file becomes an .npz, wherever h5py is, by

      python -c "import h5py, numpy; f = h5py.File('a.hdf5');
      numpy.savez('a.npz', **{k: f[k][:] for k in f})"

  Args:
    path: *.npz, *.h5 or *.hdf5.
    keys: that must be there.
    optional: that may be.

  Returns:
    Those of the keys that the file has.

  Raises:
    ConfigError: no such file, one of another kind, a damaged one, or a key
      that it lacks.
  """
  path = pathlib.Path(path).expanduser()
  if not path.is_file():
    raise errors.ConfigError(f'there is no file {path}')
  readers = {'.npz': _npz, '.h5': _hdf5, '.hdf5': _hdf5}
  found = errors.choose(f'kind of file, of {path.name},', path.suffix, readers)(
      path, (*keys, *optional))
  if missing := [k for k in keys if k not in found]:
    raise errors.ConfigError(
        f'{path} has no array {", ".join(map(repr, missing))}; of those that '
        f'are needed it has {", ".join(found) or "none"}')
  sizes = {k: len(v) for k, v in found.items()}
  if len(set(sizes.values())) > 1:
    raise errors.ConfigError(f'arrays of {path} differ in length: {sizes}')
  return found


def part(size: int, split: str, holdout: float, name: str) -> np.ndarray:
  """Indices of the examples of a split, always the same ones.

  Args:
    size: of the whole set.
    split: 'train' or 'test'.
    holdout: share of the examples that makes 'test'.
    name: of the set, for errors.

  Raises:
    ConfigError: no such split, or one without examples.
  """
  if split not in SPLITS:
    errors.unknown(f'split of {name}', split, SPLITS)
  if not 0 <= holdout < 1:
    raise errors.ConfigError(f'{name}: holdout={holdout} lies in [0, 1)')
  order = np.random.default_rng(0).permutation(size)
  n = int(round(size * holdout))
  rows = np.sort(order[:n] if split == 'test' else order[n:])
  if not len(rows):
    raise errors.ConfigError(
        f'{name}: split {split!r} of {size} examples is empty with '
        f'holdout={holdout}')
  return rows


def _npz(path: pathlib.Path, keys: Sequence[str]) -> Mapping[str, np.ndarray]:
  try:
    with np.load(path, allow_pickle=False) as file:
      return {k: file[k] for k in keys if k in file.files}
  except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error


def _hdf5(path: pathlib.Path, keys: Sequence[str]) -> Mapping[str, np.ndarray]:
  try:
    import h5py
  except ImportError as error:
    raise errors.ConfigError(
        f'reading {path.name} needs h5py: pip install h5py, or bring it here '
        'as .npz (the docstring of gans_jax.data.stored.load says how)'
    ) from error
  try:
    with h5py.File(path, 'r') as file:
      return {k: file[k][:] for k in keys if k in file}
  except OSError as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error
