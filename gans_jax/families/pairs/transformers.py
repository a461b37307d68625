"""Pairs of transformers."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair
from gans_jax.nets import transgan


def jiang(spec: Spec, classes: int, *, width: int = 1024,
          depths: Sequence[int] = (5, 4, 2), heads: int = 4, bicubic: int = 0,
          windows: Sequence[int | None] | None = None, cross: bool = False,
          norm: str | None = 'layer', noise: bool = False,
          d_widths: Sequence[int] = (288, 96),
          d_depths: Sequence[int] = (3, 3), patch: int = 2, d_heads: int = 4,
          d_windows: Sequence[int | None] | None = None,
          d_norm: str | None = 'layer', d_noise: bool = True,
          dtype: str = 'float32') -> Pair:
  """TransGAN's nets (Jiang et al. 2021), as for CIFAR-10; G's output is linear.

  Args:
    width: of G, channels of its smallest picture.
    depths: of G, blocks of each stage, smallest picture first.
    heads: of G's attention.
    bicubic: of G's doublings, how many of the first are bicubic.
    windows: of G, one a stage: None attends to all, n within n x n tokens.
    cross: whether G's blocks attend to tokens of z, too.
    norm: of G's tokens, 'layer', 'pixel' or None.
    noise: whether G's tokens get noise.
    d_widths: of D, channels of the patches of each size, smallest first.
    d_depths: of D, blocks of each stage.
    patch: of D, pixels a side of the smallest patches.
    d_heads: of D's attention.
    d_windows: of D, one a stage.
    d_norm: of D's tokens.
    d_noise: whether D's tokens get noise.
    dtype: to compute in.

  Raises:
    errors.ConfigError: labels, data that the nets cannot take, or lists of
      different lengths.
  """
  if classes:
    raise errors.ConfigError(
        "nets 'transgan' take no labels: choose an unconditional game")
  dtype = errors.choose('dtype', dtype, DTYPES)
  transgan.bottom(spec.shapes['x'], len(depths))
  each = lambda name, values, like: None if values is None else _as_long(
      name, values, like)
  return (
      transgan.Generator(
          spec.shapes['x'], width, tuple(depths), heads, bicubic,
          each('windows', windows, depths), cross, norm, noise, dtype=dtype),
      transgan.Discriminator(
          each('d_widths', d_widths, d_depths), tuple(d_depths), patch, d_heads,
          each('d_windows', d_windows, d_depths), d_norm, d_noise, dtype=dtype))


def _as_long(name: str, values: Sequence, like: Sequence) -> tuple:
  if len(values) != len(like):
    raise errors.ConfigError(
        f'{name}={list(values)} has {len(values)} stages, and the depths '
        f'{list(like)} have {len(like)}: give one for each stage')
  return tuple(values)
