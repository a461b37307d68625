"""The pairs of BigGAN."""

from collections.abc import Sequence

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import biggan, biggan_deep

INITS = dict(orthogonal=biggan.ORTHOGONAL,
             n02=nn.initializers.normal(.02),
             glorot=nn.initializers.glorot_uniform())


def shallow(spec: Spec, classes: int, *, width: int | Sequence[int] = 96,
            d_width: int | Sequence[int] | None = None, shared: int = 128,
            hierarchical: bool = True, attention: int | None = None,
            init: str = 'orthogonal', eps: float = biggan.EPSILON,
            dtype: str = 'float32') -> Pair:
  """BigGAN for 4 to 7 times 2, 4, ..., 128 pixels.

  Args:
    width: of G, ch, or one width a picture size, from the smallest.
    d_width: of D, ch, or one width a block; the ch of G by default.
    shared: width of the labels' embedding; 0: none, a table a BatchNorm.
    hierarchical: z in chunks, one for each block of G and one more.
    attention: size of the picture at which both attend to all of it.
    init: of all kernels, of INITS.
    eps: of the spectral normalisation.
    dtype: to compute in; params are float32.
  """
  shape = spec.shapes['x']
  common = _common(attention, init, eps, dtype)
  width, d_width = _widths(width, d_width)
  return (biggan.Generator(shape, width, shared, hierarchical,
                           out=output(spec), **common),
          biggan.discriminator(shape, d_width, **common))


def deep(spec: Spec, classes: int, *, width: int | Sequence[int] = 128,
         d_width: int | Sequence[int] | None = None, depth: int = 2,
         shared: int = 128, attention: int | None = None,
         init: str = 'orthogonal', eps: float = biggan.EPSILON,
         dtype: str = 'float32') -> Pair:
  """BigGAN-deep for the same sizes.

  Args:
    width: as `shallow`; those of G must not grow.
    d_width: of D, ch, or the widths of its first convolution and after each
      size, which must not shrink; the ch of G by default.
    depth: blocks a size.
    shared: width of the labels' embedding; 0: labels as they are.
    attention: size of the picture at which both attend to all of it.
    init: of all kernels, of INITS.
    eps: of the spectral normalisation.
    dtype: to compute in; params are float32.
  """
  common = dict(depth=depth, **_common(attention, init, eps, dtype))
  width, d_width = _widths(width, d_width)
  return (biggan_deep.Generator(spec.shapes['x'], width, shared=shared,
                                out=output(spec), **common),
          biggan_deep.Discriminator(d_width, **common))


def _common(attention, init, eps, dtype):
  return dict(attention=attention, eps=eps,
              kernel_init=errors.choose('init', init, INITS),
              dtype=errors.choose('dtype', dtype, DTYPES))


def _widths(width, d_width):
  """Of G and of D, as numbers or tuples."""
  each = lambda w: w if isinstance(w, int) else tuple(w)
  if d_width is None:
    if not isinstance(width, int):
      raise errors.ConfigError(
          f'nets.width={tuple(width)} is one width a picture size of G, which '
          'does not tell those of D: give nets.d_width, too')
    d_width = width
  return each(width), each(d_width)
