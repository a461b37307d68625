import json
import math

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators
from gans_jax.eval.measures import birthday, collapse


def test_interval_of_a_poisson_mean():
  """Garwood's table, 95%: 0, 1 and 10 events."""
  for count, want in ((0, (0, 3.689)), (1, (.0253, 5.572)),
                      (10, (4.795, 18.390))):
    assert birthday.poisson_interval(count) == pytest.approx(want, abs=1e-3)
  low, high = birthday.poisson_interval(2000)
  assert low == pytest.approx(2000 - 1.96 * 2000 ** .5, rel=.002)
  assert high == pytest.approx(2000 + 1.96 * 2000 ** .5, rel=.002)


def test_the_size_of_a_known_support():
  rng, inside = np.random.default_rng(0), 0
  for support in (500, 5000, 50_000):
    for _ in range(10):
      batches = rng.integers(support, size=(25, 200))
      pairs = [sum(c * (c - 1) // 2 for c in np.unique(
          b, return_counts=True)[1]) for b in batches]
      found = birthday.support(np.array(pairs), 200)
      inside += found.low <= support <= found.high
    assert found.low < found.size < found.high
  assert inside >= 26    # 28.5 of 30 are expected
  # Half the batches collide at s^2 / (2 ln 2).
  s = 100
  batches = rng.integers(round(s ** 2 / (2 * math.log(2))), size=(3000, s))
  rate = np.mean([len(np.unique(b)) < s for b in batches])
  assert rate == pytest.approx(.5, abs=.04)
  none = birthday.support(np.zeros(10), 100)
  assert none.size == none.high == math.inf
  assert none.low == pytest.approx(10 * 100 * 99 / 2 / 3.689, rel=1e-3)
  with pytest.raises(ValueError, match='0 batches'):
    birthday.support(np.array([]), 10)


def test_nearest_pairs_by_brute_force():
  x = np.random.default_rng(0).normal(100, 1, (60, 5))
  x[41] = x[7] + 1e-3
  d = np.linalg.norm(x[:, None] - x[None], axis=-1)
  i, j = np.triu_indices(60, 1)
  order = np.argsort(d[i, j])
  found = birthday.nearest_pairs(x, 8)
  assert (found.first[0], found.second[0]) == (7, 41)
  np.testing.assert_array_equal(found.first, i[order][:8])
  np.testing.assert_array_equal(found.second, j[order][:8])
  np.testing.assert_allclose(found.distance, d[i, j][order][:8], rtol=1e-3)
  radius = np.sort(d[i, j])[9] * (1 + 1e-4)
  assert birthday.duplicates(x, radius) == 10
  assert len(birthday.nearest_pairs(x[:3]).first) == 3    # there are no more
  # The same pairs make the neighbours.
  within = (d <= radius) & ~np.eye(60, dtype=bool)
  got = collapse.neighbours(x, radius)
  assert got.worst == within.sum(1).max() / 59
  assert got.mean == pytest.approx(20 / 60 / 59)
  assert within.sum(1)[got.anchor] == within.sum(1).max()
  assert collapse.radius_of(x, 10 / 1770 + 1e-9) == pytest.approx(
      np.sort(d[i, j])[9], rel=1e-3)
  with pytest.raises(ValueError, match='less than one'):
    collapse.radius_of(x, 1e-5)


def noise(rng, n):
  return rng.integers(0, 256, (n, 6, 6, 1)).astype(np.uint8)


@pytest.fixture
def source():
  return data.arrays(noise(np.random.default_rng(0), 600), range=(0., 255.))


def test_a_small_support_is_found(source):
  rng = np.random.default_rng(1)
  evaluator = evaluators.make('birthday', source, n=1000, size=50)
  wide = evaluator(lambda n: dict(x=noise(rng, n)))
  assert wide['collision_rate'] <= .25    # 5% are expected
  assert wide['support'] > 5000
  assert wide['nearest'] == pytest.approx(wide['nearest_real'], rel=.1)
  few = noise(rng, 300)
  found = evaluator(lambda n: dict(x=few[rng.integers(300, size=n)]))
  assert found['support_low'] < 300 < found['support_high'] < 500
  assert found['nearest'] < .1 * found['nearest_real']
  assert found['threshold'] == wide['threshold']
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=1000, n_real=600, batch_size=50, space='pixels',
              threshold='of the data').items() <= protocol.items()


def test_collapse_around_one_picture(source):
  rng = np.random.default_rng(1)
  evaluator = evaluators.make('intra_collapse', source, n=500)
  good = evaluator(lambda n: dict(x=noise(rng, n)))
  assert good['mean'] == pytest.approx(1e-3, rel=.5)
  assert good['ratio'] < 3
  def draw(n):
    x = noise(rng, n)
    x[:n // 10] = np.clip(x[0] + rng.normal(0, 4, (n // 10, 6, 6, 1)), 0, 255)
    return dict(x=x)
  found = evaluator(draw)
  assert found['worst'] == pytest.approx(49 / 499, abs=.003)
  assert found['ratio'] > 5
  assert evaluator.protocol['share'] == 1e-3


def test_mistakes(source):
  make = evaluators.make
  with pytest.raises(errors.ConfigError, match='700 samples'):
    make('birthday', source, n=500, size=700)
  with pytest.raises(errors.ConfigError, match='600 examples'):
    make('birthday', source, n=900, size=700)
  with pytest.raises(errors.ConfigError, match='2 samples'):
    make('birthday', source, size=1)
  with pytest.raises(errors.ConfigError, match='pictures'):
    make('birthday', data.make('ring8', n=500))
  with pytest.raises(errors.ConfigError, match='incepton.*inception'):
    make('intra_collapse', source, space='incepton')
  with pytest.raises(errors.ConfigError, match='one pair'):
    make('intra_collapse', source, n=20)
  twice = data.arrays(np.repeat(noise(np.random.default_rng(0), 30), 2, 0),
                      range=(0., 255.))
  with pytest.raises(errors.ConfigError, match='duplicates itself'):
    make('birthday', twice, n=40, size=40)(
        lambda n: twice.batch(np.arange(n)))
