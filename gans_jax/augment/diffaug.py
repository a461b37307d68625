"""DiffAugment: D sees every picture through a random, differentiable change.

Zhao, Liu, Lin, Zhu, Han. "Differentiable augmentation for data-efficient GAN
training". NeurIPS 2020 (arXiv:2006.10738); ranges and order are those of the
authors' PyTorch file. Real and generated pictures are changed in both players'
passes, G's gradient flows through the change, and each picture is changed by
itself. Of a policy 'color,translation,cutout', in the order it has there:

    color         x + U(-.5, .5); then (x - m) U(0, 2) + m, m the mean over a
                  pixel's channels; then (x - m) U(.5, 1.5) + m, m the picture's
    translation   by whole pixels, up to floor(side / 8 + .5) either way; zeros
                  come in
    cutout        zeros in a box of half the sides, its centre anywhere in the
                  picture, cut off at the border

    view = diffaug.make('translation,cutout', shape)    # (key, x) -> x

Zero is the middle of the range that pictures should have, [-1, 1].
"""

import functools
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from gans_jax import errors

Array = jax.Array
Augment = Callable[[Array, Array], Array]


def _each(key: Array, x: Array, low: float, high: float) -> Array:
  """One number of U(low, high) for each picture, [B, 1, 1, 1]."""
  return jax.random.uniform(key, (len(x), 1, 1, 1), x.dtype, low, high)


def brightness(key: Array, x: Array) -> Array:
  """`x + U(-.5, .5)`."""
  return x + _each(key, x, -.5, .5)


def saturation(key: Array, x: Array) -> Array:
  """`(x - m) U(0, 2) + m`, m [B, H, W, 1] a mean of channels: none if grey."""
  mean = jnp.mean(x, -1, keepdims=True)
  return (x - mean) * _each(key, x, 0., 2.) + mean


def contrast(key: Array, x: Array) -> Array:
  """`(x - m) U(.5, 1.5) + m`, m [B, 1, 1, 1] the mean of a picture."""
  mean = jnp.mean(x, (1, 2, 3), keepdims=True)
  return (x - mean) * _each(key, x, .5, 1.5) + mean


def share_of(side: int, ratio: float) -> int:
  """Whole pixels: `floor(ratio side + .5)`, as the authors round."""
  return int(ratio * side + .5)


def translation(key: Array, x: Array, ratio: float = .125) -> Array:
  """Moves each picture by whole pixels, up to `ratio` of a side; zeros enter.

  Rows and columns that leave are lost, and have no gradient.
  """
  reach = [share_of(side, ratio) for side in x.shape[1:3]]
  wide = jnp.pad(x, ((0, 0), *((r, r) for r in reach), (0, 0)))
  starts = [jax.random.randint(k, (len(x),), 0, 2 * r + 1)
            for k, r in zip(jax.random.split(key), reach)]
  cut = lambda one, row, column: jax.lax.dynamic_slice(
      one, (row, column, 0), x.shape[1:])
  return jax.vmap(cut)(wide, *starts)


def cutout(key: Array, x: Array, ratio: float = .5, chance: float = 1.
           ) -> Array:
  """Zeros in a box of `ratio` of the sides.

  The middle of the box is a pixel of the picture, or, where its size is even, a
  corner between pixels or on the border.

  Args:
    key: of the boxes.
    x: [B, H, W, C].
    ratio: of the box to the picture.
    chance: probability that a picture has a box.

  Returns:
    As x.
  """
  inside = jax.random.bernoulli(jax.random.fold_in(key, 2), chance,
                                (len(x), 1, 1, 1))
  for axis, k in zip((1, 2), jax.random.split(key)):
    side = x.shape[axis]
    size = share_of(side, ratio)
    middle = jax.random.randint(
        k, (len(x), 1, 1, 1), 0, side + (1 - size % 2))
    place = jax.lax.broadcasted_iota(
        jnp.int32, [side if a == axis else 1 for a in range(4)], axis)
    start = middle - size // 2
    inside &= (start <= place) & (place < start + size)
  return jnp.where(inside, 0, x)


COLOR = (brightness, saturation, contrast)


def make(policy: str, shape: Sequence[int], *, translate: float = .125,
         cut: float = .5, chance: float = 1.) -> Augment:
  """A view of `families.two_player`: (key, x [B, H, W, C]) -> the same.

  Args:
    policy: of 'color', 'translation', 'cutout', with commas, in the order in
      which they are done. The paper has 'color,translation,cutout' where data
      is scarce and 'translation,cutout' where not.
    shape: of one sample.
    translate: ratio of `translation`.
    cut: ratio of `cutout`.
    chance: of `cutout`.

  Raises:
    errors.ConfigError: an unknown policy, samples that are no pictures, or a
      ratio or chance outside [0, 1].
  """
  if len(shape) != 3:
    raise errors.ConfigError(
        'DiffAugment is of pictures [H, W, C], and samples have shape '
        f"{list(shape)}: leave it out, policy=''")
  for name, value in dict(translate=translate, cut=cut, chance=chance).items():
    if not 0 <= value <= 1:
      raise errors.ConfigError(
          f'DiffAugment: {name}={value} is a share, 0 to 1')
  known = dict(
      color=COLOR,
      translation=(functools.partial(translation, ratio=translate),),
      cutout=(functools.partial(cutout, ratio=cut, chance=chance),))
  steps = [step for name in filter(None, policy.split(','))
           for step in errors.choose('policy', name.strip(), known)]

  def view(key: Array, x: Array) -> Array:
    for i, step in enumerate(steps):
      x = step(jax.random.fold_in(key, i), x)
    return x
  return view
