"""Pairs of dense layers."""

from collections.abc import Sequence

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair, output
from gans_jax.nets import mlp, salimans
from gans_jax.nets.layers import ends


def mlps(spec: Spec, classes: int, *, hidden: Sequence[int] = (512, 512),
         d_hidden: Sequence[int] | None = None, norm: str | None = None,
         d_norm: str | None = None, spectral: bool = False,
         projection: bool = False, std: float = 0.,
         dtype: str = 'float32') -> Pair:
  """Dense layers: G with ReLU, D with LeakyReLU(0.2).

  Args:
    hidden: widths of G.
    d_hidden: widths of D; those of G by default.
    norm: of G, None or 'batch'.
    d_norm: of D, None, 'batch' or 'layer'.
    spectral: spectral normalisation of D.
    projection: D's logit projects the label, in place of a joint input.
    std: all weights begin as N(0, std^2); 0: as N(0, 1 / inputs), truncated.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  init = nn.initializers.normal(std) if std else mlp.INIT
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), norm=norm,
                        out=output(spec), kernel_init=init, dtype=dtype),
          mlp.Discriminator(tuple(d_hidden or hidden), norm=d_norm,
                            spectral=spectral, projection=projection,
                            kernel_init=init, dtype=dtype))


def affine(spec: Spec, classes: int, *, mean: float = 0., std: float = 1.,
           d_hidden: Sequence[int] = (64, 64)) -> Pair:
  """G(z) = mean + std z on the line, both learnt: a Gaussian, if z is one.

  Args:
    mean: to begin with.
    std: to begin with.
    d_hidden: widths of D, of dense layers.
  """
  constant = nn.initializers.constant
  return (mlp.Generator(spec.shapes['x'], (), kernel_init=constant(std),
                        out_bias_init=constant(mean)),
          mlp.Discriminator(tuple(d_hidden)))


def maxout(spec: Spec, classes: int, *, hidden: Sequence[int] = (1200, 1200),
           units: int = 240, pieces: int = 5, layers: int = 2,
           norm: str | None = None, dropout: bool = True, std: float = 0.
           ) -> Pair:
  """ReLU G, maxout D: Goodfellow et al. 2014 for MNIST.

  Those of ALI (Dumoulin et al. 2017) and PacGAN for mixtures in the plane are
  hidden (400,) * 4, units 200, layers 3, norm 'batch', no dropout, std .02.

  Args:
    hidden: widths of G.
    units: of each of D's maxout layers.
    pieces: of each unit.
    layers: of D.
    norm: of G, None or 'batch'.
    dropout: in D, of a fifth of the input and half of the units.
    std: all weights begin as N(0, std^2); 0: uniform, up to .05 in G and .005
      in D.
  """
  init = lambda limit: (nn.initializers.normal(std) if std
                        else ends.symmetric_uniform(limit))
  off = {} if dropout else dict(input_dropout=0., hidden_dropout=0.)
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), norm=norm,
                        out=output(spec), kernel_init=init(.05)),
          mlp.MaxoutDiscriminator(((units, pieces),) * layers,
                                  kernel_init=init(.005), **off))


def cgan(spec: Spec, classes: int) -> Pair:
  """Mirza & Osindero 2014 for MNIST; both nets see the label."""
  return (mlp.ConditionalGenerator(spec.shapes['x'], out=output(spec)),
          mlp.MaxoutDiscriminator(((240, 5), (240, 4)), labels=(50, 5)))


def improved(spec: Spec, classes: int, *, hidden: Sequence[int] = (500, 500),
             d_hidden: Sequence[int] = (1000, 500, 250, 250, 250),
             input_noise: float = .3, noise: float = .5) -> Pair:
  """Salimans et al. 2016 for MNIST: softplus G, D with noise and weight norm.

  Args:
    hidden: widths of G.
    d_hidden: widths of D.
    input_noise: standard deviation of the noise at D's input.
    noise: of that before its other layers.
  """
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), norm='batch',
                        activation=nn.softplus, out=output(spec)),
          salimans.Discriminator(tuple(d_hidden), input_noise, noise))
