"""Pairs whose D is the error of an autoencoder."""

from collections.abc import Sequence

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import Pair, output
from gans_jax.losses import reconstruction
from gans_jax.nets import autoencoder, began, dcgan, mlp


def _energy(net: nn.Module, error: str) -> nn.Module:
  return autoencoder.Energy(
      net, errors.choose('error', error, reconstruction.ERRORS))


def autoencoders(spec: Spec, classes: int, *,
                 hidden: Sequence[int] = (128, 128),
                 d_hidden: Sequence[int] = (64,), code: int = 16,
                 error: str = 'mean_square') -> Pair:
  """Dense layers; D is the error of an autoencoder.

  Args:
    hidden: widths of G.
    d_hidden: widths of D's encoder.
    code: width of its code.
    error: of losses.reconstruction.ERRORS.
  """
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), out=output(spec)),
          _energy(autoencoder.MLP(tuple(d_hidden), code), error))


def ebgan(spec: Spec, classes: int, *, width: int = 128,
          d_widths: Sequence[int] = (64, 128, 256), error: str = 'norm'
          ) -> Pair:
  """Zhao et al. 2017: DCGAN's G, D a convolutional autoencoder's error.

  Args:
    width: of G, channels before its last layer.
    d_widths: of D, channels after each halving.
    error: of losses.reconstruction.ERRORS.
  """
  return (dcgan.Generator(spec.shapes['x'], width, out=output(spec)),
          _energy(autoencoder.Convolutional(tuple(d_widths)), error))


def berthelot(spec: Spec, classes: int, *, width: int = 128, code: int = 64
              ) -> Pair:
  """Berthelot et al. 2017 (BEGAN): D decodes by a net like G.

  Args:
    width: n, channels of the blocks.
    code: width of D's code.
  """
  return (began.Generator(spec.shapes['x'], width),
          _energy(began.Autoencoder(width, code), 'mean_absolute'))
