"""The InfoGAN nets ("DC28"), of 28 x 28 pictures and their like.

Chen et al. 2016 (arXiv:1606.03657), appendix C.1, with LeakyReLU of slope .2;
Lucic et al. 2018 (arXiv:1711.10337) trained every GAN of theirs on them. With
5x5 kernels and labels they are the conditional MNIST nets of DCGAN:
`dcgan.generator28` and `dcgan.discriminator28`.

They take square pictures of any channels whose size is a multiple of 4.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.conv import Conv, ConvTranspose
from gans_jax.nets.layers.noise import GaussianNoise
from gans_jax.nets.layers.norm import norm
from gans_jax.nets.layers.spectral import SpectralNorm

Array = jax.Array

NORMAL = nn.initializers.normal(.02)
ONES = nn.initializers.ones_init()


def _quarter(shape: Sequence[int]) -> int:
  """The size of a picture [H, W, ...] after two halvings."""
  height, width = shape[:2]
  if height != width or height % 4:
    raise ConfigError(
        f'the DC28 nets cannot take pictures of {height} x {width} pixels. '
        'They take square ones of 28, 32 or any other multiple of 4')
  return height // 4


class Generator(nn.Module):
  """z through two dense and two transposed convolutional layers.

  Labels are appended to the input of every layer.

  Attributes:
    shape: [H, W, C] of a picture.
    width: channels of the last hidden layer; the one before has twice as many.
    fc: width of the first layer.
    kernel: size of the kernels.
    norm: after every hidden layer: 'batch' or None.
    activation: after it.
    out: 'tanh', 'sigmoid' or None.
    gain_init: initialiser of BatchNorm's gain.
    dtype: what to compute in.
  """

  shape: Sequence[int] = (28, 28, 1)
  width: int = 64
  fc: int = 1024
  kernel: int = 4
  norm: str | None = 'batch'
  activation: Callable[[Array], Array] = nn.relu
  out: str | None = 'tanh'
  gain_init: ends.Init = ONES
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C]."""
    small = _quarter(self.shape)
    bias = self.norm is None
    dense = lambda width: nn.Dense(
        width, use_bias=bias, kernel_init=NORMAL, dtype=self.dtype)
    up = lambda width, bias: ConvTranspose(
        width, (self.kernel,) * 2, use_bias=bias, kernel_init=NORMAL,
        dtype=self.dtype)
    act = lambda h: self.activation(norm(
        self.norm, h, train, dtype=self.dtype, scale_init=self.gain_init))
    with_y = lambda h: ends.append_labels(h, y)

    h = act(dense(self.fc)(with_y(z)))
    h = act(dense(small * small * 2 * self.width)(with_y(h)))
    h = h.reshape(-1, small, small, 2 * self.width)
    h = act(up(self.width, bias)(with_y(h)))              # [B, H/2, W/2, .]
    h = up(self.shape[-1], True)(with_y(h))               # [B, H, W, C]
    return ends.squashed(h, self.out)


class Discriminator(nn.Module):
  """Two convolutional and two dense layers; the mirror of `Generator`.

  Labels are appended to the input of every layer.

  Attributes:
    width: channels of the first layer; the second has twice as many.
    fc: width of the third layer.
    kernel: size of the kernels.
    norm: after the second and third layers: 'batch', 'layer' or None. A critic
      with a gradient penalty has no 'batch'.
    spectral: whether all kernels are spectrally normalised.
    activation: after it.
    gain_init: initialiser of the normalisation's gain.
    input_noise: standard deviation of noise on the input, in training.
    noise: of that before every other layer.
    mix: a module [B, F] -> [B, F'], before the last layer: minibatch
      discrimination.
    outputs: None, or how many logits: [B, outputs], of a class head.
    dtype: what to compute in.
  """

  width: int = 64
  fc: int = 1024
  kernel: int = 4
  norm: str | None = 'batch'
  spectral: bool = False
  activation: Callable[[Array], Array] = ends.lrelu
  gain_init: ends.Init = ONES
  input_noise: float = 0.
  noise: float = 0.
  mix: nn.Module | None = None
  outputs: int | None = None
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, H, W, C] and one-hot [B, K] or None -> logits [B].

    `update_u` False keeps the spectral vectors as they are: see
    `SpectralNorm`. `features` True gives (logits, input of the last layer).
    """
    _quarter(x.shape[1:])
    bias = self.norm is None

    def run(layer, h, noise=self.noise):
      h = ends.append_labels(GaussianNoise(noise)(h, train=train), y)
      if self.spectral:
        return SpectralNorm(layer)(h, update=train and update_u)
      return layer(h)

    dense = lambda width, bias: nn.Dense(
        width, use_bias=bias, kernel_init=NORMAL, dtype=self.dtype)
    down = lambda width, bias: Conv(
        width, (self.kernel,) * 2, strides=2, use_bias=bias,
        kernel_init=NORMAL, dtype=self.dtype)
    act = lambda h: self.activation(norm(
        self.norm, h, train, dtype=self.dtype, scale_init=self.gain_init))

    h = self.activation(run(
        down(self.width, True), x, self.input_noise))     # [B, H/2, W/2, .]
    h = act(run(down(2 * self.width, bias), h))           # [B, H/4, W/4, .]
    h = act(run(dense(self.fc, bias), h.reshape(h.shape[0], -1)))
    last = lambda width, h: run(dense(width, True), h)
    return ends.logits(h, last, self.mix, self.outputs, features)
