"""The record of a checkpoint: what it holds, and whether it still does.

Beside the arrays of a State lies a JSON record of shape, dtype and SHA-256 of
every leaf, sealed by a SHA-256 of its own. Leaves go by their paths,
'params/g/Dense_0/kernel'. Checksums are of the bytes in row-major order, and
so do not depend on the devices over which an array is spread.
"""

import concurrent.futures
import hashlib
import importlib.metadata
import json
import os
from collections.abc import Callable, Collection, Mapping
from typing import Any

import jax
import numpy as np
from etils import epath
from jax.experimental import multihost_utils

from gans_jax import errors

PyTree = Any

PACKAGES = ('gans_jax', 'jax', 'flax', 'optax', 'orbax-checkpoint', 'numpy')
BY_NET = ('params', 'stats', 'ema')       # fields of State keyed by net


class Unsound(Exception):
  """What is wrong with one step on disk."""


def is_key(leaf: Any) -> bool:
  """Whether `leaf` is an array of typed PRNG keys."""
  return jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def data(leaf: Any) -> Any:
  """`leaf`, or the uint32 data of PRNG keys."""
  return jax.random.key_data(leaf) if is_key(leaf) else leaf


def leaves(tree: PyTree, frozen: Collection[str] = ()) -> dict[str, Any]:
  """{path: leaf} in the order of `jax.tree.leaves`, without `frozen` nets."""
  out = {}
  for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
    name = jax.tree_util.keystr(path, simple=True, separator='/')
    field, net = (name.split('/') + [''])[:2]
    if not (field in BY_NET and net in frozen):
      out[name] = leaf
  return out


def check(leaves: Mapping[str, Any], meta: Any) -> None:
  """Raises TypeError if something can't be saved and restored exactly."""
  for path, leaf in leaves.items():
    if isinstance(leaf, jax.Array):
      continue
    # Orbax takes a string, fails in a thread, and hangs for minutes at exit.
    if not isinstance(leaf, (np.ndarray, np.generic)):
      raise TypeError(f'{path} is a {type(leaf).__name__}, not an array, and '
                      f"can't be checkpointed")
    if not any(jax.dtypes.issubdtype(leaf.dtype, kind)
               for kind in (np.number, np.bool_)):
      raise TypeError(f'{path} has dtype {leaf.dtype}, which is no number, and '
                      f"can't be checkpointed")
    restored = jax.dtypes.canonicalize_dtype(leaf.dtype)
    if restored != leaf.dtype:
      raise TypeError(f'{path} has dtype {leaf.dtype}, which JAX would restore '
                      f'as {restored}')
  try:
    json.dumps(meta)
  except (TypeError, ValueError) as e:
    raise TypeError(f'meta of a checkpoint must be JSON: {e}') from e


def make(step: int, leaves: Mapping[str, Any], meta: dict[str, Any]) -> dict:
  """The record of `leaves`, as it will be read back from JSON."""
  sums = checksums(leaves)
  record = {
      'format': 1,
      'step': int(step),
      'meta': meta,
      'versions': {name: _version(name) for name in PACKAGES},
      'keys': {path: str(jax.random.key_impl(leaf))
               for path, leaf in leaves.items() if is_key(leaf)},
      'leaves': {path: {'dtype': str(leaf.dtype), 'shape': list(leaf.shape),
                        'sha256': sums[path]} for path, leaf in leaves.items()},
  }
  record = json.loads(json.dumps(record))
  return record | {'sha256': _seal(record)}


def read(path: epath.Path, step: int) -> dict:
  """Reads a record; raises Unsound if it is damaged or of another step."""
  try:
    record = json.loads(path.read_text())
    sealed, seal = record['sha256'], _seal(record)
  except Exception as e:
    raise Unsound(f"its record can't be read: {errors.line(e)}") from e
  if sealed != seal:
    raise Unsound('its record differs from the checksum')
  if record['step'] != step:
    raise Unsound(f'its record says that it is step {record["step"]}')
  return record


def verified(record: dict, paths: Collection[str],
             read: Callable[[str], np.ndarray]) -> dict[str, np.ndarray]:
  """{path: read(path)}, or Unsound unless all are what was recorded.

  On several processes each reads for itself; all are content, or none is.
  """
  arrays, problems = {}, []
  with _threads() as pool:
    def check(path: str) -> None:
      try:
        arrays[path] = read(path)
      except Exception as e:
        problems.append(f"{path} can't be read: {errors.line(e)}")
        return
      if _sha256(arrays[path]) != record['leaves'][path]['sha256']:
        problems.append(f'{path} is not what its checksum says')
    list(pool.map(check, paths))
  problems.sort()
  if jax.process_count() > 1:
    sound = multihost_utils.process_allgather(np.array(not problems))
    if not np.all(sound) and not problems:
      problems = ['another process read other values']
  if problems:
    more = f', and {len(problems) - 1} more' if len(problems) > 1 else ''
    raise Unsound(problems[0] + more)
  return arrays


def check_structure(where: str, record: dict,
                    wanted: Mapping[str, Any]) -> None:
  """Raises ConfigError, naming leaves, unless `wanted` are those recorded."""
  saved, differences = record['leaves'], []
  for path in sorted(saved.keys() | wanted.keys()):
    if path not in wanted:
      differences.append(f'{path} is in the checkpoint alone')
    elif path not in saved:
      differences.append(f'{path} is not in the checkpoint')
    else:
      old, new = saved[path], wanted[path]
      if [old['dtype'], old['shape']] != [str(new.dtype), list(new.shape)]:
        differences.append(
            f'{path} is {old["dtype"]}{old["shape"]} in the checkpoint and '
            f'{new.dtype}{list(new.shape)} in this game')
  if differences:
    more = f'; and {len(differences) - 4} more' if len(differences) > 4 else ''
    raise errors.ConfigError(
        f'{where} is of another game: {"; ".join(differences[:4])}{more}')


def checksums(leaves: Mapping[str, Any]) -> dict[str, str]:
  """{path: SHA-256}. Collective where an array spans processes."""
  for leaf in leaves.values():
    if (isinstance(leaf, jax.Array) and not is_key(leaf)
        and leaf.is_fully_addressable):
      leaf.copy_to_host_async()
  with _threads() as pool:
    jobs = {p: pool.submit(_sha256, host(x)) for p, x in leaves.items()}
    return {p: job.result() for p, job in jobs.items()}


def host(leaf: Any) -> np.ndarray:
  """The whole array on this host; gathered if no host has all of it."""
  leaf = data(leaf)
  if isinstance(leaf, jax.Array) and not leaf.is_fully_addressable:
    if leaf.is_fully_replicated:
      leaf = leaf.addressable_data(0)
    else:
      leaf = multihost_utils.process_allgather(leaf, tiled=True)
  return np.asarray(leaf)


def _threads() -> concurrent.futures.ThreadPoolExecutor:
  # Reading and hashing let go of the interpreter's lock.
  return concurrent.futures.ThreadPoolExecutor(min(8, os.cpu_count() or 1))


def _sha256(array: np.ndarray) -> str:
  # A view of the bytes, without the copy that tobytes would make.
  flat = np.ascontiguousarray(array).reshape(-1)
  return hashlib.sha256(flat.view(np.uint8) if flat.size else b'').hexdigest()


def _seal(record: dict) -> str:
  body = {k: v for k, v in record.items() if k != 'sha256'}
  return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _version(name: str) -> str:
  try:
    return importlib.metadata.version(name)
  except importlib.metadata.PackageNotFoundError:
    return 'unknown'
