"""Generators and discriminators by the name a config gives them.

A pair is a function of the data's spec and of arguments of its own; what
follows from the data (shape, range, channels) is not asked for again.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flax.linen as nn
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.losses import reconstruction
from gans_jax.nets import (
    autoencoder, began, dc28, dcgan, mlp, resnet, salimans)
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.minibatch import MinibatchDiscrimination
from gans_jax.nets.layers.virtual_norm import (
    VirtualBatchNorm, WithReference)

Pair = tuple[nn.Module, nn.Module]

DTYPES: Mapping[str, Any] = dict(float32=jnp.float32, bfloat16=jnp.bfloat16)


def output(spec: Spec) -> str | None:
  """G's last activation, which must match the range of the data."""
  if len(spec.shapes['x']) < 3:
    return None      # points
  squash = {(-1., 1.): 'tanh', (0., 1.): 'sigmoid'}
  return squash.get(tuple(map(float, spec.range)))


def mlps(spec: Spec, classes: int, *, hidden: Sequence[int] = (512, 512),
         d_hidden: Sequence[int] | None = None, norm: str | None = None,
         d_norm: str | None = None, spectral: bool = False,
         projection: bool = False, dtype: str = 'float32') -> Pair:
  """Dense layers: G with ReLU, D with LeakyReLU(0.2).

  Args:
    hidden: widths of G.
    d_hidden: widths of D; those of G by default.
    norm: of G, None or 'batch'.
    d_norm: of D, None, 'batch' or 'layer'.
    spectral: spectral normalisation of D.
    projection: D's logit projects the label, in place of a joint input.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), norm=norm,
                        out=output(spec), dtype=dtype),
          mlp.Discriminator(tuple(d_hidden or hidden), norm=d_norm,
                            spectral=spectral, projection=projection,
                            dtype=dtype))


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
           units: int = 240, pieces: int = 5) -> Pair:
  """Goodfellow et al. 2014 for MNIST: ReLU G, maxout D with dropout.

  Args:
    hidden: widths of G.
    units: of each of D's two maxout layers.
    pieces: of each unit.
  """
  return (mlp.Generator(spec.shapes['x'], tuple(hidden), out=output(spec),
                        kernel_init=ends.symmetric_uniform(.05)),
          mlp.MaxoutDiscriminator(((units, pieces),) * 2))


def cgan(spec: Spec, classes: int) -> Pair:
  """Mirza & Osindero 2014 for MNIST; both nets see the label."""
  return (mlp.ConditionalGenerator(spec.shapes['x'], out=output(spec)),
          mlp.MaxoutDiscriminator(((240, 5), (240, 4)), labels=(50, 5)))


def infogan(spec: Spec, classes: int, *, width: int = 64, fc: int = 1024,
            d_norm: str | None = 'batch', spectral: bool = False,
            dtype: str = 'float32') -> Pair:
  """The nets of InfoGAN and of Lucic et al. 2018 ("DC28"): 28 or 32 pixels.

  Args:
    width: channels of the widest picture; half as many as of the next.
    fc: width of the dense layers.
    d_norm: of D, None, 'batch' or 'layer'.
    spectral: spectral normalisation of D.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  shape = spec.shapes['x']
  return (dc28.Generator(shape, width, fc, out=output(spec), dtype=dtype),
          dc28.Discriminator(width, fc, norm=d_norm, spectral=spectral,
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
  """DCGAN for 8, 16, 32, 64, 128, ... pixels.

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


PAIRS: Mapping[str, Callable[..., Pair]] = dict(
    affine=affine, autoencoder=autoencoders, began=berthelot, cgan=cgan,
    dc28=infogan, dcgan=radford, dcgan28=dcgan28, ebgan=ebgan,
    improved=improved, maxout=maxout, mlp=mlps, resnet=resnets)


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
