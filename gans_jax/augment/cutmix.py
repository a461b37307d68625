"""CutMix: a box of one picture in another, and where the box is.

Yun et al. 2019 (arXiv:1905.04899), section 3.1, with one box a picture, as the
code of U-Net GAN has it (Schonfeld et al. 2020, arXiv:2002.12655).
"""

import jax
import jax.numpy as jnp

Array = jax.Array


def masks(key: Array, n: int, height: int, width: int) -> Array:
  """Masks of n pictures, each of its own: 1 keeps a pixel, 0 replaces it.

  With l ~ Beta(1, 1), the uniform distribution, a box has floor(H sqrt(1 - l))
  by floor(W sqrt(1 - l)) pixels, rounded down to even sizes, around a pixel
  drawn evenly; what sticks out is cut off. It is 0 inside and 1 outside, or,
  in half of the masks, the other way around.

  Args:
    key: of the draw.
    n: how many.
    height: H, pixels.
    width: W.

  Returns:
    [n, H, W, 1] float32, of zeros and ones.
  """
  keys = jax.random.split(key, 4)
  side = jnp.sqrt(1 - jax.random.uniform(keys[0], (n,)))

  def inside(key, size):
    half = jnp.floor(size * side).astype(jnp.int32) // 2
    centre = jax.random.randint(key, (n,), 0, size)
    place = jnp.arange(size)
    return ((place >= (centre - half)[:, None])
            & (place < (centre + half)[:, None]))            # [n, size]

  box = inside(keys[1], height)[:, :, None] & inside(
      keys[2], width)[:, None, :]
  flipped = jax.random.bernoulli(keys[3], 0.5, (n, 1, 1))
  return (box == flipped)[..., None].astype(jnp.float32)


def mix(mask: Array, a: Array, b: Array) -> Array:
  """`M a + (1 - M) b`: pixels of `a` where the mask is 1."""
  return mask * a + (1 - mask) * b
