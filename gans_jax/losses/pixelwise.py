"""Losses of a discriminator that judges the picture and each of its pixels.

Its logits are [B, 1 + H W]: that of the picture, then those of its pixels, row
by row (gans_jax.nets.unet).
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import optax

from gans_jax import errors
from gans_jax.losses.adversarial import Pair

Array = jax.Array


def split(logits: Array, shape: Sequence[int]) -> tuple[Array, Array]:
  """Logits of pictures [B], and of pixels [B, H, W, 1].

  Args:
    logits: [B, 1 + H W].
    shape: [H, W, ...] of a picture.

  Raises:
    errors.ConfigError: D has another number of logits.
  """
  height, width = shape[:2]
  if logits.ndim != 2 or logits.shape[1] != 1 + height * width:
    raise errors.ConfigError(
        f'D must judge a picture of {height} x {width} pixels and each of '
        f'them, with logits [B, {1 + height * width}]; its are '
        f'{list(logits.shape)}: choose nets=dict(name="unet")')
  return logits[:, 0], logits[:, 1:].reshape(-1, height, width, 1)


def both(pair: Pair, shape: Sequence[int]) -> Pair:
  """Half the pair's loss of pictures, and half its loss of pixels.

  Schonfeld et al. 2020 (arXiv:2002.12655), eqs. 3 to 5, with the halves of the
  authors' code. The mean is over all pixels of all pictures.

  Args:
    pair: of logits of any shape.
    shape: [H, W, ...] of a picture.

  Returns:
    The pair of logits [B, 1 + H W]; it raises what `split` does.
  """
  return Pair(
      d=lambda real, fake: sum(map(
          pair.d, split(real, shape), split(fake, shape))) / 2,
      g=lambda fake: sum(map(pair.g, split(fake, shape))) / 2)


def mixed(picture: Array, pixels: Array, mask: Array) -> Array:
  """Cross entropy of a mixed picture: it is a fake, and pixels are the mask.

  Args:
    picture: [B] logits.
    pixels: [B, H, W, 1] logits.
    mask: [B, H, W, 1], 1 where a pixel is real.
  """
  return (jnp.mean(jax.nn.softplus(picture)) + jnp.mean(
      optax.sigmoid_binary_cross_entropy(pixels, mask)))


def consistency(pixels: Array, of_real: Array, of_fake: Array, mask: Array
                ) -> Array:
  """`E (s(mix(x, G(z))) - mix(s(x), s(G(z))))^2` of logits, over all pixels.

  Schonfeld et al. 2020 (arXiv:2002.12655), eq. 6. The gradient flows through
  all three, as in the authors' code. 0 for a D that judges each pixel alone.

  Args:
    pixels: [B, H, W, 1] logits of the mixed picture.
    of_real: [B, H, W, 1], of the real one.
    of_fake: [B, H, W, 1], of the fake one.
    mask: [B, H, W, 1], 1 where a pixel is real.
  """
  return jnp.mean(jnp.square(
      pixels - (mask * of_real + (1 - mask) * of_fake)))


def overlap(pixels: Array, mask: Array) -> Array:
  """Intersection over union of what is taken for real and what is.

  Of all pixels of the batch; 1 if neither has any.
  """
  said, true = pixels > 0, mask > 0.5
  union = jnp.sum(said | true)
  return jnp.where(union == 0, 1., jnp.sum(said & true)
                   / jnp.maximum(union, 1))
