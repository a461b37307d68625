"""Feature networks on fixed weights and pictures, whose taps are recorded.

`tests/parity/test_features.py` gives the same weights to the reference
implementations.
"""

from collections.abc import Callable
import zlib
from typing import NamedTuple

import flax.linen as nn
import numpy as np
from flax import traverse_util

from gans_jax.eval.features import known
from gans_jax.nets.features import (
    efficientnet, inception, lpips, names, resnet50, swin, vgg, vit)
from tests.nets.filled import quick


class Case(NamedTuple):
  """A network and the size of its pictures."""

  net: nn.Module
  size: int


_SMALL = dict(size=32, patch=8, width=32, depth=2, heads=4)
# As the published ones, but for the pictures' sizes and, of ViT, the widths.
SMALL = {
    # Last maps of 2 x 2, where a maximum is not a mean.
    'inception': Case(inception.fid(), 107),
    'inception_torchvision': Case(inception.torchvision(), 75),
    'efficientnet_lite0': Case(efficientnet.lite0(), 40),
    'vgg16': Case(vgg.vgg16(), 32),
    'resnet50': Case(resnet50.resnet50(), 40),
    # Maps of 15: padded to 21, three windows, and shifted.
    'swin_t': Case(swin.swin_t(), 60),
    'vit': Case(vit.ViT(**_SMALL, classes=10), 32),
    'dino': Case(vit.ViT(**_SMALL), 32),
    'dinov2': Case(vit.ViT(**_SMALL, scaled=True), 32),
    'clip': Case(vit.ViT(**_SMALL, embed=16, clip=True, epsilon=1e-5), 32),
    'lpips': Case(lpips.LPIPS(), 32),
}


def leaf(path: str, shape: tuple[int, ...]) -> np.ndarray:
  """A parameter by its name: float32, drawn by NumPy.

  Kernels keep the variance through a relu, so that deep taps see the picture.
  """
  rng = np.random.default_rng(zlib.crc32(path.encode()))
  draw = rng.standard_normal(shape, np.float32)
  kind = path.rpartition('/')[2]
  if kind in ('kernel', 'projection'):
    return draw * np.float32(np.sqrt(2 / np.prod(shape[:-1])))
  if kind == 'var':
    return 1 + .5 * np.tanh(draw)
  if kind.startswith('lin'):
    return np.abs(draw)    # LPIPS' heads are not negative
  near = 1. if kind == 'scale' or kind.rpartition('.')[2][:2] == 'ls' else 0.
  return near + .1 * draw


def variables(net: nn.Module, size: int) -> dict[str, np.ndarray]:
  """Filled variables by path, 'params/fc/kernel'."""
  return {p: leaf(p, s) for p, s in names.shapes(net, size).items()}


def converter(name: str) -> Callable[[known.State], dict[str, np.ndarray]]:
  """Of the state dict of a small case's reference."""
  net, size = SMALL[name]
  if name in ('vit', 'dino', 'dinov2', 'clip'):
    return lambda state: vit.convert(net, state)
  if name == 'vgg16':    # its first dense layer is as large as the pictures
    return lambda state: names.convert(net, size, state)
  return known.KNOWN[name].convert


def nested(flat: dict[str, np.ndarray]) -> dict:
  """Variables as Flax takes them."""
  return traverse_util.unflatten_dict(flat, sep='/')


def pictures(size: int, count: int = 2) -> np.ndarray:
  """Noise and blobs in 0..255, [count, size, size, 3] float32, whole."""
  rng = np.random.default_rng(size)
  coarse = rng.integers(0, 256, (count, 4, 4, 3))
  at = np.arange(size) * 4 // size
  fine = rng.integers(-40, 41, (count, size, size, 3))
  return np.clip(coarse[:, at][:, :, at] + fine, 0, 255).astype(np.float32)


def summary(taps: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
  """By tap: how far the two pictures' features are apart, and a direction.

  The length of their difference, and its slope along fixed weights: a
  transposed or permuted map changes the second.
  """
  out = {}
  for tap, x in taps.items():
    gap = np.asarray(x[1] - x[0], np.float64).ravel()
    out[tap] = (float(np.linalg.norm(gap)),
                float(gap @ np.cos(np.arange(gap.size))))
  return out


def run(net: nn.Module, flat: dict[str, np.ndarray], x: np.ndarray
        ) -> dict[str, np.ndarray]:
  """Taps of pictures; of LPIPS the distances of each to the other, dimmed."""
  if isinstance(net, lpips.LPIPS):
    other = (x[::-1] / 127.5 - 1) * .5 * 127.5 + 127.5
    return dict(distance=quick(net.apply, nested(flat), x, other))
  return quick(net.apply, nested(flat), x)
