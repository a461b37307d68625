"""Self-attention over the places of a picture."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.spectral import EPSILON, SpectralNorm

Array = jax.Array


class SelfAttention(nn.Module):
  """`x + gain o`, o a mean of values by how places match: gain begins at 0.

  Zhang et al. 2019 (SAGAN, arXiv:1805.08318), section 3. With queries f,
  keys g and values h, 1x1 convolutions of x to C / 8, C / 8 and C channels,
  o_i = sum_j beta_ij h_j, beta_i the softmax over places j of <f_i, g_j>, which
  isn't scaled. `pool` is BigGAN's form: keys and values are max-pooled by 2,
  values have C / 2 channels, and a fourth convolution brings them back to C.

  Attributes:
    spectral: whether the kernels are spectrally normalised.
    pool: BigGAN's form.
    kernel_init: of the kernels.
    eps: of the spectral normalisation.
    dtype: what to compute in.
  """

  spectral: bool = True
  pool: bool = False
  kernel_init: Init = nn.initializers.glorot_uniform()
  eps: float = EPSILON
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, *, train: bool, update_u: bool = True,
               weights: bool = False):
    """[B, H, W, C] -> the same; with `weights` (that, beta [B, HW, HW'])."""
    channels, (height, width) = x.shape[-1], x.shape[1:3]

    def conv(width, h, name):
      layer = Conv(width, (1, 1), use_bias=False, dtype=self.dtype, name=name,
                   kernel_init=self.kernel_init)
      if self.spectral:
        return SpectralNorm(layer, self.eps)(h, update=train and update_u)
      return layer(h)

    def places(h, pooled=False):
      if pooled:
        h = nn.max_pool(h, (2, 2), (2, 2))
      return h.reshape(h.shape[0], -1, h.shape[-1])         # [B, HW, C]

    inner = max(channels // 8, 1)
    query = places(conv(inner, x, 'query'))
    key = places(conv(inner, x, 'key'), self.pool)
    value = places(conv(max(channels // 2, 1) if self.pool else channels, x,
                        'value'), self.pool)
    scores = jnp.einsum('bic,bjc->bij', query, key)
    wide = jnp.promote_types(scores.dtype, jnp.float32)
    beta = jax.nn.softmax(scores.astype(wide), -1)          # over places j
    out = jnp.einsum('bij,bjc->bic', beta.astype(value.dtype), value)
    out = out.reshape(-1, height, width, out.shape[-1])
    if self.pool:
      out = conv(channels, out, 'out')
    gain = self.param('gain', nn.initializers.zeros_init(), ())
    out = x + gain.astype(x.dtype) * out
    return (out, beta) if weights else out
