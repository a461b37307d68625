"""Swin-T, as torchvision has it.

Liu et al. 2021 (arXiv:2103.14030): attention within windows of 7 x 7 patches,
shifted by 3 in every other block; 28,288,354 parameters. Layers have
torchvision's names.
"""

import math
from collections.abc import Mapping

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.nets.features import names
from gans_jax.nets.layers import windows
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

SIZE, WINDOW = 224, 7
DEPTHS, HEADS, WIDTH = (2, 2, 6, 2), (3, 6, 12, 24), 96
TAPS = ('pool', 'logits', 'map_4', 'map_8', 'map_16', 'map_32')
MEAN = 255 * np.array([.485, .456, .406], np.float32)
STD = 255 * np.array([.229, .224, .225], np.float32)


def _mask(height: int, width: int, shift: int) -> np.ndarray:
  """0 or -100 [windows, 49, 49]: parts that the shift brought together."""
  part = lambda n: np.digitize(np.arange(n), [n - WINDOW, n - shift])
  region = part(height)[:, None] * 3 + part(width)
  region = np.asarray(windows.split(region[None, ..., None], WINDOW))[0, ..., 0]
  return np.where(region[:, None] == region[:, :, None], 0., -100.).astype(
      np.float32)


class Swin(nn.Module):
  """Pictures in 0..255 to `pool` [B, 768], `logits`, and maps by stride."""

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, H, W, 3] in 0..255 -> taps."""
    norm = lambda name: nn.LayerNorm(epsilon=1e-5, name=name)
    h = Conv(WIDTH, (4, 4), 4, 'VALID', name='features.0.0')((x - MEAN) / STD)
    h, taps = norm('features.0.2')(h), {}
    for i, (depth, heads) in enumerate(zip(DEPTHS, HEADS, strict=True)):
      if i:
        name = f'features.{2 * i}.'
        pad = [(0, n % 2) for n in h.shape[1:3]]
        h = jnp.pad(h, ((0, 0), *pad, (0, 0)))
        h = jnp.concatenate([h[:, a::2, b::2] for b in (0, 1)
                             for a in (0, 1)], -1)
        h = nn.Dense(WIDTH << i, use_bias=False, name=name + 'reduction')(
            norm(name + 'norm')(h))
      for j in range(depth):
        name = f'features.{2 * i + 1}.{j}.'
        a = self._attention(norm(name + 'norm1')(h), name + 'attn.', heads,
                            WINDOW // 2 if j % 2 else 0)
        h = h + a
        m = nn.Dense(4 * h.shape[-1], name=name + 'mlp.0')(
            norm(name + 'norm2')(h))
        h = h + nn.Dense(h.shape[-1], name=name + 'mlp.3')(
            nn.gelu(m, approximate=False))
      taps[f'map_{4 << i}'] = h
    taps['pool'] = jnp.mean(norm('norm')(h), (1, 2))
    taps['logits'] = nn.Dense(1000, name='head')(taps['pool'])
    return taps

  def _attention(self, x, name, heads, shift):
    _, height, width, c = x.shape
    pad = [(0, -n % WINDOW) for n in (height, width)]
    h = jnp.pad(x, ((0, 0), *pad, (0, 0)))
    full = h.shape[1:3]
    # No shift along an axis of one window.
    by = tuple(shift if n > WINDOW else 0 for n in full)
    h = windows.split(jnp.roll(h, (-by[0], -by[1]), (1, 2)), WINDOW)
    qkv = nn.Dense(3 * c, name=name + 'qkv')(h)
    q, k, v = jnp.moveaxis(qkv.reshape(*h.shape[:3], 3, heads, -1), 3, 0)
    table = self.param(name + 'relative_position_bias_table',
                       nn.initializers.normal(.02),
                       ((2 * WINDOW - 1) ** 2, heads))
    bias = table[windows.relative_index(WINDOW)]    # [49, 49, heads]
    bias = bias.transpose(2, 0, 1)
    logits = jnp.einsum('bwnhd,bwmhd->bwhnm', q, k) / math.sqrt(q.shape[-1])
    logits += bias
    if any(by):
      logits += _mask(*full, shift)[:, None]
    h = jnp.einsum('bwhnm,bwmhd->bwnhd', nn.softmax(logits), v)
    h = nn.Dense(c, name=name + 'proj')(h.reshape(*h.shape[:3], c))
    h = windows.join(h, *full)
    return jnp.roll(h, by, (1, 2))[:, :height, :width]


def swin_t() -> Swin:
  """The network."""
  return Swin()


def convert(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Variables of a state dict of torchvision's swin_t."""
  return names.convert(swin_t(), SIZE, state,
                       ignore=(r'relative_position_index$',))
