"""Generators and discriminators by the name a config gives them.

A pair is a function of the data's spec and of arguments of its own; what
follows from the data (shape, range, channels) is not asked for again.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs import (
    biggan, classifiers, convolutional, dense, energies, published, r3gan,
    science, unet)
from gans_jax.families.pairs import transformers
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.virtual_norm import (
    VirtualBatchNorm, WithReference)

__all__ = ['DTYPES', 'PAIRS', 'Pair', 'make', 'output']

PAIRS: Mapping[str, Callable[..., Pair]] = dict(
    acgan=classifiers.odena,
    affine=dense.affine,
    artgan=classifiers.tan,
    artgan_mlp=classifiers.tan_mlp,
    autoencoder=energies.autoencoders,
    began=energies.berthelot,
    biggan=biggan.shallow,
    biggan_deep=biggan.deep,
    calogan=science.paganini,
    ccgan=classifiers.denton,
    ccgan_mlp=classifiers.denton_mlp,
    cgan=dense.cgan,
    dc28=convolutional.infogan,
    dcgan=convolutional.radford,
    dcgan28=convolutional.dcgan28,
    dna=science.killoran,
    ebgan=energies.ebgan,
    f_gan=published.nowozin,
    gulrajani=published.gulrajanis,
    improved=dense.improved,
    improved_conv=published.salimans_conv,
    lagan=science.oliveira,
    lsgan=published.mao,
    maxout=dense.maxout,
    mescheder=published.mescheders,
    mlp=dense.mlps,
    r3gan=r3gan.residual,
    resnet=convolutional.resnets,
    transgan=transformers.jiang,
    unet=unet.unets,
)


def make(spec: Spec, *, classes: int = 0, name: str,
         minibatch: Mapping[str, int] | None = None, virtual: int = 0,
         **options: Any) -> Pair:
  """(G, D) for the data.

  Args:
    spec: of the data.
    classes: of the labels that both see; 0 for none.
    name: of PAIRS.
    minibatch: None, or dict(kernels=..., dims=...): D ends by minibatch
      discrimination.
    virtual: if not 0, G's BatchNorm is virtual, by a reference batch of as
      many.
    **options: of the named pair.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  g, d = errors.call(f'nets {name!r}', errors.choose('nets', name, PAIRS),
                     spec, classes, **options)
  if minibatch is not None:
    d = d.clone(mix=errors.call(
        'minibatch discrimination', MinibatchDiscrimination, **minibatch))
  if virtual:
    if getattr(g, 'norm', None) != 'batch':
      raise errors.ConfigError(
          f"virtual={virtual} takes the place of G's BatchNorm, and the G of "
          f"nets {name!r} has norm={getattr(g, 'norm', None)!r}")
    g = WithReference(
        g.clone(norm=functools.partial(VirtualBatchNorm, virtual)), virtual)
  return g, d
