import numpy as np
import pytest

from gans_jax.eval.measures import memorise


def draw(seed, n=400, d=4):
  return np.random.default_rng(seed).normal(size=(n, d))


def test_nearest():
  x, y = draw(0, 30), draw(1, 40)
  d = ((x[:, None] - y[None]) ** 2).sum(-1)
  index, least = memorise.nearest(x.astype(np.float32), y.astype(np.float32))
  assert (index == d.argmin(1)).all()
  np.testing.assert_allclose(least, d.min(1), rtol=1e-4)
  index, _ = memorise.nearest(x.astype(np.float32), x.astype(np.float32), True)
  assert (index != np.arange(30)).all()


def test_authenticity_is_a_half_of_the_same_distribution():
  values = [memorise.authenticity(draw(i), draw(i + 100)) for i in range(20)]
  assert np.mean(values) == pytest.approx(.5, abs=.03)


def test_authenticity_of_copies_and_of_strangers():
  train = draw(2)
  noise = draw(3) * 1e-3
  assert memorise.authenticity(train, train) == 0
  assert memorise.authenticity(train, train + noise) == 0
  assert memorise.authenticity(train, train + 50) == 1
  half = np.concatenate([train[:200], train[200:] + 50])
  assert memorise.authenticity(train, half) == .5


def test_copying_z_is_standard_normal_without_copies():
  z = np.array([memorise.copying(draw(i, 200), draw(i + 500, 60),
                                 draw(i + 900, 80)).z for i in range(200)])
  assert abs(z.mean()) < 3 / np.sqrt(200)
  # Test and fake share one training set, which adds a little.
  assert .85 < z.std() < 1.25


def test_copying_tells_copies_from_underfitting():
  train, test = draw(4), draw(5)
  copied = memorise.copying(train, test, train + draw(6) * .01)
  off = memorise.copying(train, test, draw(7) * 3)
  assert copied.z < -10 and copied.share < .01
  assert off.z > 10 and off.share > .9


def test_copying_counts_ties_half():
  # Distances to training: held-out 1, 1; fake 1, 2 (squared 1, 4).
  train = np.array([[0.], [10.]])
  test, fake = np.array([[1.], [-1.]]), np.array([[11.], [12.]])
  found = memorise.copying(train, test, fake)
  assert found.share == pytest.approx((2 * .5 + 2) / 4)
  assert found.z == pytest.approx((3 - 2) / np.sqrt(2 * 2 * 5 / 12))


def test_copying_equals_scipy():
  stats = pytest.importorskip('scipy.stats')
  train, test, fake = draw(8), draw(9, 70), draw(10, 90) * 1.1
  found = memorise.copying(train, test, fake)
  near = lambda x: memorise.nearest(
      x.astype(np.float32), train.astype(np.float32))[1]
  want = stats.mannwhitneyu(near(fake), near(test), method='asymptotic',
                            use_continuity=False, alternative='less')
  assert stats.norm.cdf(found.z) == pytest.approx(want.pvalue, rel=1e-4)


def test_bad_input():
  x = draw(11)
  for bad in (x[:1], x[:, :2], x * np.nan, x[0]):
    with pytest.raises(ValueError):
      memorise.authenticity(x, bad)
    with pytest.raises(ValueError):
      memorise.copying(x, x, bad)
