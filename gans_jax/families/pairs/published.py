"""Pairs of single papers, for pictures of the size they had."""

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import (
    dcgan, gulrajani, lsgan, mescheder, mlp, resnet, salimans)
from gans_jax.nets.layers import ends


def mescheders(spec: Spec, classes: int, *, width: int = 64,
               widest: int = 1024, dtype: str = 'float32') -> Pair:
  """Mescheder et al. 2018: ResNets without normalisation; 8, 16, 32, ... px.

  Args:
    width: channels of the largest picture, twice as many with each halving.
    widest: but no more than this.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (mescheder.Generator(spec.shapes['x'], width, widest,
                              out=output(spec), dtype=dtype),
          mescheder.Discriminator(width, widest, dtype=dtype))


def mao(spec: Spec, classes: int, *, width: int = 64, dtype: str = 'float32'
        ) -> Pair:
  """Mao et al. 2017 (LSGAN) for scenes of 112 pixels; D is DCGAN's.

  Args:
    width: channels of the largest picture.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (lsgan.Generator(spec.shapes['x'], width, out=output(spec),
                          dtype=dtype),
          dcgan.Discriminator(width, dtype=dtype))


def gulrajanis(spec: Spec, classes: int, *, width: int = 64,
               dtype: str = 'float32') -> Pair:
  """Gulrajani et al. 2017 (WGAN-GP) for 64 pixels, with layer norm in D.

  Args:
    width: channels of the largest picture.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  widths = tuple(width * k for k in (8, 8, 4, 2, 1))
  return (resnet.Generator(spec.shapes['x'], widths, out=output(spec),
                           dtype=dtype),
          gulrajani.Critic(width, dtype=dtype))


def nowozin(spec: Spec, classes: int) -> Pair:
  """Nowozin et al. 2016 (f-GAN) for MNIST: BatchNorm in G, ELU in D."""
  init = ends.symmetric_uniform(.05)
  return (mlp.Generator(spec.shapes['x'], (1200, 1200), norm='batch',
                        out=output(spec), kernel_init=init),
          mlp.Discriminator((240, 240), activation=nn.elu, kernel_init=init))


def salimans_conv(spec: Spec, classes: int, *, width: int = 128,
                  d_width: int = 96) -> Pair:
  """Salimans et al. 2016 for CIFAR-10 (d_width 96) and SVHN (64).

  G is DCGAN's: 4x4x512, 8x8x256, 16x16x128. Its last layer is not weight
  normalised, as theirs is.

  Args:
    width: of G, channels before its last layer.
    d_width: of D, channels before its first halving.
  """
  return (dcgan.Generator(spec.shapes['x'], width, out=output(spec)),
          salimans.Convolutional(d_width))
