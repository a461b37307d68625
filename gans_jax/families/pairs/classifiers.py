"""Pairs whose D was published as a classifier."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import acgan


def odena(spec: Spec, classes: int, *, widths: Sequence[int] = (384, 192, 96),
          kernel: int = 5, d_widths: Sequence[int] = (
              16, 32, 64, 128, 256, 512), dropout: float = .5,
          noise: float = 0., dtype: str = 'float32') -> Pair:
  """Odena et al. 2017 (AC-GAN); the defaults are those for 32 pixels.

  Args:
    widths: of G, channels before each doubling.
    kernel: of G, size of its kernels.
    d_widths: of D, channels of each layer.
    dropout: of D, share that is dropped.
    noise: of D, standard deviation of that on its activations.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (acgan.Generator(spec.shapes['x'], tuple(widths), kernel,
                          out=output(spec), dtype=dtype),
          acgan.Discriminator(tuple(d_widths), dropout=dropout, noise=noise,
                              dtype=dtype))
