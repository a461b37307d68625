"""The pair of U-Net GAN."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.biggan import INITS
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import biggan, unet


def unets(spec: Spec, classes: int, *, width: int | Sequence[int] = 64,
          d_width: int | Sequence[int] = 64, shared: int = 128,
          attention: int | None = None, spectral: bool = True,
          init: str = 'orthogonal', eps: float = biggan.EPSILON,
          dtype: str = 'float32') -> Pair:
  """BigGAN's G, and a D that also judges pixels: [n, 1 + H W] logits.

  Args:
    width: of G, ch, or one width a picture size, from the smallest.
    d_width: of D, ch, or its encoder's widths after each halving.
    shared: width of the labels' embedding in G; 0: none, a table a BatchNorm.
    attention: size of the picture at which both attend to all of it.
    spectral: spectral normalisation of both.
    init: of all kernels, of pairs.biggan.INITS.
    eps: of the spectral normalisation.
    dtype: to compute in; params are float32.
  """
  shape = spec.shapes['x']
  each = lambda w: w if isinstance(w, int) else tuple(w)
  common = dict(attention=attention, spectral=spectral, eps=eps,
                kernel_init=errors.choose('init', init, INITS),
                dtype=errors.choose('dtype', dtype, DTYPES))
  g = (biggan.Generator(shape, each(width), shared, out=output(spec), **common)
       if classes else
       unet.Generator(shape, each(width), out=output(spec), **common))
  return g, unet.Discriminator(each(d_width), **common)
