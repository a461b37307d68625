"""Generators, encoders and joint discriminators by the name in a config.

A triple is a function of the data's spec, of the dimensions of z, of how many
outputs E has (see gans_jax.families.encoders) and of arguments of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs import biggan as biggans
from gans_jax.families.pairs import dense as denses
from gans_jax.families.pairs.common import DTYPES, output
from gans_jax.nets import ali, bigan, bigbigan, mlp

Triple = tuple[nn.Module, nn.Module, nn.Module]


def dense(spec: Spec, z: int, outputs: int, *,
          hidden: Sequence[int] = (128, 128),
          e_hidden: Sequence[int] | None = None,
          d_hidden: Sequence[int] | None = None, norm: str | None = None,
          e_norm: str | None = None, spectral: bool = False,
          dtype: str = 'float32') -> Triple:
  """Dense layers: G with ReLU, E and D with LeakyReLU(.2), D of x beside z.

  Args:
    hidden: widths of G.
    e_hidden: of E; those of G by default.
    d_hidden: of D; those of G by default.
    norm: of G, None or 'batch'.
    e_norm: of E, likewise.
    spectral: spectral normalisation of D.
    dtype: to compute in.
  """
  g, d = denses.mlps(spec, 0, hidden=hidden, d_hidden=d_hidden, norm=norm,
                     spectral=spectral, dtype=dtype)
  e = mlp.Discriminator(tuple(e_hidden or hidden), norm=e_norm,
                        outputs=outputs, dtype=g.dtype)
  return g, e, d


def towers(spec: Spec, z: int, outputs: int, *,
           hidden: Sequence[int] = (128, 128), e_norm: str | None = None,
           d_hidden: Sequence[int] | None = None, norm: str | None = None,
           width: int = 128, blocks: int = 1, unary: bool = True,
           dtype: str = 'float32') -> Triple:
  """Those, but D as BigBiGAN has it, all of dense layers.

  Args:
    hidden: widths of G and E.
    e_norm: of E, None or 'batch'.
    d_hidden: of F; those of G by default.
    norm: of G, None or 'batch'.
    width: of H and J.
    blocks: of H and J.
    unary: whether x and z have scores of their own.
    dtype: to compute in.
  """
  g, e, f = dense(spec, z, outputs, hidden=hidden, d_hidden=d_hidden,
                  norm=norm, e_norm=e_norm, spectral=True, dtype=dtype)
  return g, e, bigbigan.Towers(f, width, blocks, unary, dtype=g.dtype)


def maxout(spec: Spec, z: int, outputs: int, *,
           hidden: Sequence[int] = (400,) * 4,
           e_hidden: Sequence[int] = (400, 400), units: int = 200,
           pieces: int = 5, layers: int = 3, std: float = .02) -> Triple:
  """ALI's for a mixture (published code): BatchNorm in G and E, D of maxout.

  Args:
    hidden: widths of G.
    e_hidden: of E, with ReLU.
    units: of each of D's layers.
    pieces: of each unit.
    layers: of D.
    std: all weights begin as N(0, std^2).
  """
  g, d = denses.maxout(spec, 0, hidden=hidden, units=units, pieces=pieces,
                       layers=layers, norm='batch', dropout=False, std=std)
  return g, mlp.Discriminator(
      tuple(e_hidden), nn.relu, 'batch', outputs=outputs,
      kernel_init=nn.initializers.normal(std)), d


def donahue(spec: Spec, z: int, outputs: int, *, width: int = 1024) -> Triple:
  """BiGAN's for MNIST.

  Args:
    width: of all hidden layers.
  """
  return (bigan.Generator(spec.shapes['x'], width, output(spec)),
          bigan.Discriminator(width, outputs), bigan.Discriminator(width))


def dumoulin(spec: Spec, z: int, outputs: int, *, width: int = 32,
             dtype: str = 'float32') -> Triple:
  """ALI's for CIFAR-10: 32 pixels.

  Args:
    width: filters of the layers that have fewest.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (ali.Generator(spec.shapes['x'], width, output(spec), dtype),
          ali.Encoder(outputs, width, dtype),
          ali.Discriminator(width, dtype=dtype))


def donahue_simonyan(spec: Spec, z: int, outputs: int, *,
                     width: int | Sequence[int] = 96,
                     d_width: int | Sequence[int] | None = None,
                     attention: int | None = None, tower: int = 2048,
                     blocks: int = 4, unary: bool = True, e_width: int = 64,
                     depths: Sequence[int] = (3, 4, 6, 3), head: int = 4096,
                     dtype: str = 'float32') -> Triple:
  """BigBiGAN's: BigGAN's G and D, two MLPs beside it, a ResNet-50 for E.

  Args:
    width: of G, as of the pair 'biggan'.
    d_width: of D, likewise.
    attention: size of the picture at which both attend to all of it.
    tower: width of H and J.
    blocks: of H and J.
    unary: whether x and z have scores of their own.
    e_width: of E's first stage.
    depths: blocks of E's stages.
    head: width of E's MLP.
    dtype: to compute in; params are float32.
  """
  g, f = biggans.shallow(spec, 0, width=width, d_width=d_width, shared=0,
                         attention=attention, dtype=dtype)
  return (g, bigbigan.Encoder(outputs, e_width, tuple(depths), head,
                              dtype=g.dtype),
          bigbigan.Towers(f, tower, blocks, unary, kernel_init=f.kernel_init,
                          eps=f.eps, dtype=g.dtype))


TRIPLES: Mapping[str, Callable[..., Triple]] = dict(
    ali=dumoulin, bigan=donahue, bigbigan=donahue_simonyan, dense=dense,
    maxout=maxout, towers=towers)


def make(spec: Spec, *, z: int, outputs: int, name: str, **options: Any
         ) -> Triple:
  """(G, E, D) for the data.

  Args:
    spec: of the data.
    z: dimensions of z.
    outputs: of E.
    name: of TRIPLES.
    **options: of the named triple.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  return errors.call(f'nets {name!r}', errors.choose('nets', name, TRIPLES),
                     spec, z, outputs, **options)
