"""Pairs whose D was published as a classifier."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import acgan, artgan, context, mlp, salimans


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


def tan(spec: Spec, classes: int, *, width: int = 512, magnified: bool = True,
        d_width: int = 96, code: int = 512, noise: float = .05,
        dropout: float = .2, dtype: str = 'float32') -> Pair:
  """Tan et al. 2018 (ArtGAN) for 32 pixels; D gives a reconstruction.

  Args:
    width: of G, channels at 4 x 4.
    magnified: whether G makes pictures twice as large, and shrinks them.
    d_width: of D's first layers.
    code: of D's last one.
    noise: standard deviation of that at D's input.
    dropout: of D, share that is dropped.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (artgan.Generator(spec.shapes['x'], width, magnified,
                           out=output(spec), dtype=dtype),
          artgan.Discriminator(d_width, code, noise, dropout, output(spec),
                               dtype=dtype))


def tan_mlp(spec: Spec, classes: int, *, hidden: Sequence[int] = (128, 128),
            d_hidden: Sequence[int] = (128, 64)) -> Pair:
  """Dense layers in ArtGAN's places.

  Args:
    hidden: widths of G.
    d_hidden: widths of D down to its code.
  """
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), out=output(spec)),
          artgan.Dense(tuple(d_hidden), output(spec)))


def denton(spec: Spec, classes: int, *,
           widths: Sequence[int] = (64, 128, 256, 512),
           d_groups: Sequence[Sequence[int]] = (
               (64,), (128,), (256, 256), (512, 512), (512, 512)),
           fc: int = 1024, dropout: float = .5, dtype: str = 'float32') -> Pair:
  """Denton et al. 2016 (CC-GAN): G fills in pictures, D is VGG-A.

  Args:
    widths: of G, channels after each halving.
    d_groups: of D, channels of the layers of each group.
    fc: width of D's dense layer.
    dropout: of D, share that is dropped around it.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (context.Generator(spec.shapes['x'][-1], tuple(widths),
                            out=output(spec), dtype=dtype),
          context.VGG(tuple(map(tuple, d_groups)), fc, dropout, dtype=dtype))


def denton_mlp(spec: Spec, classes: int, *,
               hidden: Sequence[int] = (128, 128),
               d_hidden: Sequence[int] = (256, 128, 64),
               input_noise: float = .3, noise: float = .5) -> Pair:
  """Dense layers in CC-GAN's places; D is Improved GAN's for MNIST.

  Args:
    hidden: widths of G.
    d_hidden: widths of D.
    input_noise: standard deviation of the noise at D's input.
    noise: of that before its other layers.
  """
  return (context.Dense(spec.shapes['x'], tuple(hidden), output(spec)),
          salimans.Discriminator(tuple(d_hidden), input_noise, noise))
