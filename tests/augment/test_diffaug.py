"""DiffAugment against the same changes written out in NumPy.

Where the authors' PyTorch file draws a number, the test has it given: numbers
are drawn by the functions' own keys, and what is done with them is redone.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.augment import diffaug
from tests.nets.filled import draw, quick

KEY = jax.random.key(3)
POLICY = 'color,translation,cutout'


def uniform(key, n, low, high):
  return np.asarray(jax.random.uniform(key, (n, 1, 1, 1), jnp.float32, low,
                                       high))


@pytest.mark.parametrize('step, low, high, mean', [
    (diffaug.brightness, -.5, .5, None),
    (diffaug.saturation, 0., 2., (3,)),
    (diffaug.contrast, .5, 1.5, (1, 2, 3))])
def test_colours_as_the_authors_have_them(step, low, high, mean):
  x = draw(64, 5, 4, 3)
  found = quick(step, KEY, x)
  u = uniform(KEY, 64, low, high)
  assert low <= u.min() < low + .1 * (high - low)
  assert high - .1 * (high - low) < u.max() <= high
  m = 0. if mean is None else x.mean(mean, keepdims=True)
  expected = x + u if mean is None else (x - m) * u + m
  np.testing.assert_allclose(found, expected, atol=2e-6)


@pytest.mark.parametrize('side, ratio, reach', [
    (32, .125, 4), (28, .125, 4), (8, .125, 1), (32, .2, 6), (8, .2, 2),
    (3, .125, 0), (4, .125, 1)])
def test_translation_is_by_pad_and_crop(side, ratio, reach):
  """Each picture is itself, moved by at most the reach; all moves occur."""
  assert diffaug.share_of(side, ratio) == reach
  x = draw(600 if reach < 3 else 400, side, side, 1) + 10.    # zeros are new
  found = quick(functools.partial(diffaug.translation, ratio=ratio), KEY, x)
  wide = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
  moves, span = set(), range(2 * reach + 1)
  for before, after in zip(wide, found):
    # Where the first row and column of the picture went.
    rows, columns = (np.nonzero(np.abs(after[..., 0]).sum(a))[0]
                     for a in (1, 0))
    row = reach - rows[0] if rows[0] else reach + side - 1 - rows[-1]
    column = (reach - columns[0] if columns[0]
              else reach + side - 1 - columns[-1])
    np.testing.assert_array_equal(
        after, before[row:row + side, column:column + side])
    moves.add((row, column))
  assert {m[0] for m in moves} == {m[1] for m in moves} == set(span)
  assert len(moves) > .8 * len(span) ** 2


@pytest.mark.parametrize('height, width, ratio', [
    (8, 8, .5), (9, 6, .5), (6, 10, .2), (7, 7, .5)])
def test_cutout_box_by_box(height, width, ratio):
  """All boxes of the authors' clamped index arithmetic, and no other."""
  def mask(row, column):
    out = np.ones((height, width), bool)
    index = [np.clip(np.arange(s) + o - s // 2, 0, n - 1) for s, o, n in (
        (int(height * ratio + .5), row, height),
        (int(width * ratio + .5), column, width))]
    out[np.ix_(*index)] = False
    return out
  offsets = lambda n: range(n + 1 - int(n * ratio + .5) % 2)
  allowed = {mask(r, c).tobytes() for r in offsets(height)
             for c in offsets(width)}
  x = np.ones((2500, height, width, 2), np.float32)
  found = quick(functools.partial(diffaug.cutout, ratio=ratio), KEY, x)
  np.testing.assert_array_equal(found[..., 0], found[..., 1])
  boxes = {one.tobytes() for one in found[..., 0] != 0}
  assert boxes == allowed


def test_cutout_by_chance():
  x = np.ones((2000, 8, 8, 1), np.float32)
  found = quick(functools.partial(diffaug.cutout, chance=.3), KEY, x)
  share = (found.min((1, 2, 3)) == 0).mean()
  assert abs(share - .3) < 4 * np.sqrt(.3 * .7 / 2000)


def test_order_is_that_of_the_policy():
  """Brightness moves what cutout has made 0 only if it comes after it."""
  x = np.full((16, 8, 8, 3), 5., np.float32)
  first = diffaug.make('color,cutout', x.shape[1:])
  last = diffaug.make('cutout,color', x.shape[1:])
  a, b = quick(lambda x: (first(KEY, x), last(KEY, x)), x)
  assert (a == 0).any((1, 2, 3)).all() and not (b == 0).any()


def test_one_step_after_the_other_with_keys_of_their_own():
  x = draw(6, 8, 8, 3)
  view = diffaug.make(POLICY, x.shape[1:])
  def by_hand(x):
    steps = (*diffaug.COLOR, diffaug.translation, diffaug.cutout)
    for i, step in enumerate(steps):
      x = step(jax.random.fold_in(KEY, i), x)
    return x
  a, b, c = quick(lambda x: (view(KEY, x), by_hand(x),
                             view(jax.random.key(4), x)), x)
  np.testing.assert_array_equal(a, b)
  assert np.abs(a - c).reshape(6, -1).max(1).min() > 0


def test_each_sample_by_itself():
  """Equal pictures part; a picture does not matter to the others."""
  x = np.repeat(draw(1, 8, 8, 3), 12, 0)
  view = functools.partial(diffaug.make(POLICY, x.shape[1:]), KEY)
  other = x.copy()
  other[0] = 0.
  a, b = quick(lambda x, y: (view(x), view(y)), x, other)
  np.testing.assert_array_equal(a[1:], b[1:])
  flat = a.reshape(12, -1)
  gaps = np.abs(flat[:, None] - flat[None]).max(-1) + np.eye(12)
  assert gaps.min() > 1e-3


@pytest.mark.parametrize('level', [-.4, .2, .9])
def test_grey_pictures_are_all_treated_alike(level):
  """Flat: color adds U(-.5, .5), the rest makes zeros, as often for each."""
  n = 4000
  x = np.full((n, 8, 8, 1), level, np.float32)
  colour = quick(functools.partial(diffaug.make('color', (8, 8, 1)), KEY), x)
  shift = colour[:, 0, 0, 0] - level
  np.testing.assert_allclose(colour - level, shift[:, None, None, None] + 0 * x,
                             atol=1e-6)
  # The distance of Kolmogorov and Smirnov to the uniform distribution.
  gap = np.abs(np.sort(shift) + .5 - (np.arange(n) + .5) / n).max()
  assert gap < 1.95 / np.sqrt(n)
  zero = quick(functools.partial(
      diffaug.make('translation,cutout', (8, 8, 1)), KEY), x) == 0
  share = zero.mean(0)[..., 0]
  # By symmetry alike in all four corners; the middle is hit by cutout alone,
  # by 4 of the 9 places of a box, along either axis.
  corners = share[[0, 0, -1, -1], [0, -1, 0, -1]]
  assert np.ptp(corners) < 5 * np.sqrt(.5 / n)
  middle = share[3:5, 3:5]
  assert np.abs(middle - (4 / 9) ** 2).max() < 5 * np.sqrt(.16 / n)


def test_gradient_flows_to_what_is_seen():
  x = draw(3, 6, 6, 2)
  view = functools.partial(diffaug.make(POLICY, x.shape[1:]), KEY)
  slope = lambda x: jax.grad(lambda x: jnp.sum(jnp.sin(view(x))))(x)
  penalty = lambda x: jnp.sum(jnp.square(slope(x)))
  found, second, tangent = quick(
      lambda x, v: (slope(x), jax.grad(penalty)(x),
                    jax.jvp(lambda x: jnp.sum(jnp.sin(view(x))), (x,), (v,))[1]
                    ), x, draw(3, 6, 6, 2, seed=5))
  assert (np.abs(found).reshape(3, -1).max(1) > 0).all()
  np.testing.assert_allclose(
      tangent, (found * draw(3, 6, 6, 2, seed=5)).sum(), rtol=1e-4)
  assert np.isfinite(second).all() and np.abs(second).max() > 0
  # Of zeros that a box makes nothing flows back.
  cut = functools.partial(diffaug.cutout, KEY)
  out, back = quick(lambda x: (cut(x), jax.grad(
      lambda x: cut(x).sum())(x)), x)
  np.testing.assert_array_equal(back, (out != 0).astype(np.float32))


def test_half_precision_and_no_policy():
  x = draw(2, 4, 4, 3).astype(jnp.bfloat16)
  out = quick(functools.partial(diffaug.make(POLICY, (4, 4, 3)), KEY), x)
  assert out.dtype == jnp.bfloat16 and out.shape == x.shape
  assert diffaug.make('', (4, 4, 3))(KEY, x) is x


@pytest.mark.parametrize('given, message', [
    (dict(policy='colour', shape=(8, 8, 3)), "Did you mean 'color'"),
    (dict(policy='cutout', shape=(2,)), r'pictures \[H, W, C\]'),
    (dict(policy='cutout', shape=(8, 8, 3), cut=1.5), 'cut=1.5'),
    (dict(policy='cutout', shape=(8, 8, 3), chance=-1), 'chance=-1')])
def test_mistakes(given, message):
  with pytest.raises(errors.ConfigError, match=message):
    diffaug.make(**given)
