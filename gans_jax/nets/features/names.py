"""Weights of reference networks, by name: theirs to ours."""

import functools
import re
from collections.abc import Mapping, Sequence

import flax.linen as nn
import jax
import numpy as np
from flax import traverse_util

from gans_jax import errors

# What a tensor '<layer>.<what>' of PyTorch is called here.
WHAT = {
    'running_mean': ('batch_stats', 'mean'),
    'running_var': ('batch_stats', 'var'),
    'bias': ('params', 'bias'),
}
IGNORED = (r'num_batches_tracked$',)
Rename = Sequence[tuple[str, str]]


@functools.cache
def shapes(net: nn.Module, size: int) -> dict[str, tuple[int, ...]]:
  """Shapes of a net's variables by path, 'params/fc/kernel'.

  Args:
    net: a feature network.
    size: pixels of a side.
  """
  made = jax.eval_shape(net.init, jax.random.key(0),
                        jax.ShapeDtypeStruct((1, size, size, 3), np.float32))
  return {k: v.shape for k, v in traverse_util.flatten_dict(
      made, sep='/').items()}


def convert(net: nn.Module, size: int, state: Mapping[str, np.ndarray],
            rename: Rename = (), ignore: Sequence[str] = ()
            ) -> dict[str, np.ndarray]:
  """Our variables, of a reference's state dict.

  Kernels [O, I, H, W] become [H, W, I, O], matrices are transposed, and what
  BatchNorm and LayerNorm call weight is called scale.

  Args:
    net: the network; its layers have the names of the reference's.
    size: pixels of a side, for shapes that depend on it.
    state: arrays by the reference's names.
    rename: (pattern, replacement) of names, in this order.
    ignore: patterns of names that belong to no part of the network here.

  Returns:
    float32 arrays by path, 'params/conv/kernel'.

  Raises:
    ConfigError: a tensor is missing, left over or of another shape, by name.
  """
  wanted, out, theirs = shapes(net, size), {}, {}
  for name, x in state.items():
    if any(re.search(p, name) for p in (*IGNORED, *ignore)):
      continue
    ours = name
    for pattern, replacement in rename:
      ours = re.sub(pattern, replacement, ours)
    path, x = _ours(ours, np.asarray(x), wanted)
    if path not in wanted:
      raise errors.ConfigError(
          f'tensor {name!r} has no place in this network: these are weights '
          'of another')
    if x.shape != wanted[path]:
      raise errors.ConfigError(
          f'tensor {name!r} is {list(x.shape)} where {list(wanted[path])} is '
          'needed: these are weights of another network')
    out[path] = np.ascontiguousarray(x, np.float32)
    theirs[path] = name
  if missing := sorted(set(wanted) - set(out)):
    raise errors.ConfigError(
        f'{len(missing)} tensors are missing, {missing[0]!r} the first: these '
        'are weights of another network, or a part of them')
  return out


def _ours(name: str, x: np.ndarray, wanted) -> tuple[str, np.ndarray]:
  layer, _, what = name.rpartition('.')
  if what == 'kernel':
    return f'params/{layer}/kernel', x    # in our order already
  if what in WHAT:
    collection, leaf = WHAT[what]
    return f'{collection}/{layer}/{leaf}', x
  if what == 'weight':
    if x.ndim == 1:
      return f'params/{layer}/scale', x
    if x.ndim == 2:
      return f'params/{layer}/kernel', x.T
    if x.ndim == 4:
      return f'params/{layer}/kernel', x.transpose(2, 3, 1, 0)
  return f'params/{name}', x    # a bare parameter, such as a class token
