"""Pairs of convolutions."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import dc28, dcgan, resnet


def infogan(spec: Spec, classes: int, *, width: int = 64, fc: int = 1024,
            d_norm: str | None = 'batch', spectral: bool = False,
            input_noise: float = 0., noise: float = 0.,
            dtype: str = 'float32') -> Pair:
  """The nets of InfoGAN and of Lucic et al. 2018 ("DC28"): 28 or 32 pixels.

  Args:
    width: channels of the widest picture; half as many as of the next.
    fc: width of the dense layers.
    d_norm: of D, None, 'batch' or 'layer'.
    spectral: spectral normalisation of D.
    input_noise: standard deviation of noise on what D sees, in training.
    noise: of that before every other of its layers.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  shape = spec.shapes['x']
  return (dc28.Generator(shape, width, fc, out=output(spec), dtype=dtype),
          dc28.Discriminator(width, fc, norm=d_norm, spectral=spectral,
                             input_noise=input_noise, noise=noise,
                             dtype=dtype))


def dcgan28(spec: Spec, classes: int, *, width: int = 64, fc: int = 1024,
            d_norm: str | None = 'batch', dtype: str = 'float32') -> Pair:
  """The published code of DCGAN for 28 pixels; see its labels in the sheet.

  Args:
    width: channels of the widest picture.
    fc: width of the dense layers.
    d_norm: of D, None, 'batch' or 'layer'.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (dcgan.generator28(spec.shapes['x'], width, fc, out=output(spec),
                            dtype=dtype),
          dcgan.discriminator28(width, fc, norm=d_norm, dtype=dtype))


def radford(spec: Spec, classes: int, *, width: int = 128,
            d_width: int | None = None, d_norm: str | None = 'batch',
            spectral: bool = False, dtype: str = 'float32') -> Pair:
  """DCGAN for 8, 16, 32, ... or 12, 24, 48, 96, ... pixels.

  Args:
    width: of G, channels before its last layer.
    d_width: of D, channels after its first layer; half of `width` by default.
    d_norm: of D, None, 'batch' or 'layer'; not 'batch' with a penalty.
    spectral: spectral normalisation of D.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (dcgan.Generator(spec.shapes['x'], width, out=output(spec),
                          dtype=dtype),
          dcgan.Discriminator(d_width or max(width // 2, 1), norm=d_norm,
                              spectral=spectral, dtype=dtype))


def resnets(spec: Spec, classes: int, *, width: int | Sequence[int] = 256,
            d_width: int | Sequence[int] = 128, d_downs: int | None = None,
            d_norm: str | None = None, spectral: bool = False,
            g_spectral: bool = False, attention: int | None = None,
            dtype: str = 'float32') -> Pair:
  """The ResNets of SN-GAN and WGAN-GP for 32 pixels ("SN32"), and above.

  Args:
    width: of G, one or one a picture size.
    d_width: of D, one or one a block.
    d_downs: blocks of D that halve the picture; None: see the net.
    d_norm: of D, None or 'layer'.
    spectral: spectral normalisation of D.
    g_spectral: spectral normalisation of G.
    attention: size of the picture at which both attend to all of it.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  each = lambda w: w if isinstance(w, int) else tuple(w)
  return (resnet.Generator(spec.shapes['x'], each(width), out=output(spec),
                           spectral=g_spectral, attention=attention,
                           dtype=dtype),
          resnet.Discriminator(each(d_width), d_downs, norm=d_norm,
                               spectral=spectral, attention=attention,
                               dtype=dtype))
