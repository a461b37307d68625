"""Normalisation of activations, by name."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax

from gans_jax.errors import ConfigError
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.spectral import EPSILON, SpectralNorm

Array = jax.Array

ONES = nn.initializers.ones_init()
ZEROS = nn.initializers.zeros_init()


def norm(kind: str | Callable[..., nn.Module] | None, h: Array, train: bool, *,
         dtype: Any = None, scale_init: Init = ONES) -> Array:
  """Normalises h, inside a compact module.

  Args:
    kind: 'batch': over all axes but the channels (Ioffe and Szegedy 2015,
      arXiv:1502.03167), by running averages (momentum .9) where `train` is
      False. 'layer': over all axes but the batch, with one gain and one bias
      a channel, as critics with a gradient penalty have it (Gulrajani et al.
      2017, arXiv:1704.00028, section 4). None: not at all. Or what makes a
      module [B, ..., C] -> the same: `partial(VirtualBatchNorm, 64)`.
    h: [B, ..., C].
    train: whether statistics are those of this batch.
    dtype: what to return; statistics are float32.
    scale_init: initialiser of the gain.

  Returns:
    As h.

  Raises:
    ConfigError: if the kind is unknown.
  """
  if kind is None:
    return h
  if callable(kind):
    return kind(dtype=dtype, scale_init=scale_init)(h)
  if kind == 'batch':
    return nn.BatchNorm(use_running_average=not train, momentum=.9,
                        epsilon=1e-5, dtype=dtype, scale_init=scale_init)(h)
  if kind == 'layer':
    return nn.LayerNorm(reduction_axes=tuple(range(1, h.ndim)),
                        feature_axes=-1, epsilon=1e-5, dtype=dtype,
                        scale_init=scale_init)(h)
  raise ConfigError(f"norm is 'batch', 'layer' or None, not {kind!r}")


class ConditionalBatchNorm(nn.Module):
  """BatchNorm whose gain and bias are looked up by label, or follow a code.

  Dumoulin et al. 2017 (arXiv:1610.07629); Miyato and Koyama 2018
  (arXiv:1802.05637), section 5. Gains begin at 1 and biases at 0.

  With a `kernel_init` it is that of BigGAN (Brock et al. 2019,
  arXiv:1809.11096, appendix B): y is any code, the gain 1 + W y and the bias
  V y. The 1 is not a matter of taste: with W of a spectral norm of 1 and no 1
  gains would be small and of both signs.

  Attributes:
    kernel_init: None, or initialiser of W and V.
    spectral: whether W and V are spectrally normalised.
    eps: of the spectral normalisation.
    dtype: what to return; statistics are float32.
  """

  kernel_init: Init | None = None
  spectral: bool = False
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, h: Array, y: Array, *, train: bool) -> Array:
    """h [B, *S, C] and one-hot y, or a code, [B, K] -> [B, *S, C]."""
    h = nn.BatchNorm(use_running_average=not train, momentum=.9, epsilon=1e-5,
                     use_bias=False, use_scale=False, dtype=self.dtype)(h)
    shape = (h.shape[0], *(1,) * (h.ndim - 2), h.shape[-1])

    def look_up(name, init):
      layer = nn.Dense(h.shape[-1], use_bias=False, dtype=self.dtype, name=name,
                       kernel_init=self.kernel_init or init)
      row = (SpectralNorm(layer, self.eps)(y, update=train) if self.spectral
             else layer(y))
      return row.reshape(shape)

    gain = look_up('scale', ONES)
    if self.kernel_init is not None:
      gain = 1 + gain
    return h * gain + look_up('bias', ZEROS)
