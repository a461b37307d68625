import numpy as np
import pytest

from gans_jax.eval.measures import prd


def normals(seed, n=500, centres=((0, 0), (20, 0), (0, 20), (20, 20))):
  rng = np.random.default_rng(seed)
  centres = np.asarray(centres, float)
  return centres[rng.integers(len(centres), size=n)] + rng.normal(size=(n, 2))


def test_equal_distributions_reach_one_and_one():
  p = np.array([.2, .5, .3])
  found = prd.curve(p, p)
  assert found.f_beta(8) == pytest.approx(1, abs=1e-9)
  assert found.f_beta(1 / 8) == pytest.approx(1, abs=1e-9)
  assert found.precision.max() == pytest.approx(1)
  assert found.recall.max() == pytest.approx(1)


def test_disjoint_distributions_have_nothing():
  found = prd.curve(np.array([.5, .5, 0]), np.array([0, 0, 1.]))
  assert found.precision.max() == found.recall.max() == 0
  assert found.f_beta(8) == found.f_beta(1 / 8) == 0


def test_a_missing_mode_costs_recall_and_an_invented_one_precision():
  half, whole = np.array([1., 0]), np.array([.5, .5])
  missing, invented = prd.curve(whole, half), prd.curve(half, whole)
  assert missing.precision.max() == pytest.approx(1)
  assert missing.recall.max() == pytest.approx(.5)
  assert invented.precision.max() == pytest.approx(.5)
  assert invented.recall.max() == pytest.approx(1)
  # At the corner (p, r) = (1, 1/2): (1 + b^2) r / (b^2 + r).
  for beta in (8., 1 / 8):
    corner = (1 + beta ** 2) * .5 / (beta ** 2 + .5)
    assert missing.f_beta(beta) == pytest.approx(corner, rel=1e-3)
  assert missing.f_beta(8) < .51 < .98 < missing.f_beta(1 / 8)
  assert invented.f_beta(1 / 8) < .51 < .98 < invented.f_beta(8)


def test_points_of_the_curve_are_those_of_the_definition():
  p, q = np.array([.1, .6, .3]), np.array([.4, .4, .2])
  found = prd.curve(p, q)
  middle = prd.ANGLES // 2    # slope 1: both are 1 - total variation
  assert found.precision[middle] == pytest.approx(.7)
  assert found.recall[middle] == pytest.approx(.7)
  # Exchanged distributions exchange the axes.
  back = prd.curve(q, p)
  np.testing.assert_allclose(back.precision, found.recall[::-1], atol=1e-9)


def test_clusters_find_a_missing_mode():
  real = normals(0)
  same = prd.prd(real, normals(1))
  missing = prd.prd(real, normals(2, centres=((0, 0), (20, 0), (0, 20))))
  assert same.f_beta(8) > .95 and same.f_beta(1 / 8) > .95
  assert missing.f_beta(8) == pytest.approx(
      65 * .75 / (64 + .75), abs=.05)
  assert missing.f_beta(1 / 8) > .93
  apart = prd.prd(real, normals(3) + 1000)
  assert apart.f_beta(8) == 0


def test_the_same_samples_and_the_same_seed():
  real = normals(4)
  assert prd.prd(real, real, runs=2).f_beta(8) == pytest.approx(1, abs=1e-6)
  a, b = (prd.prd(real, normals(5), runs=2, seed=7) for _ in '12')
  np.testing.assert_array_equal(a.precision, b.precision)


def test_kmeans_finds_modes_far_apart():
  x = normals(6).astype(np.float32)
  labels = prd.kmeans(x, 4, np.random.default_rng(0))
  modes = (x[:, 0] > 10) * 2 + (x[:, 1] > 10)
  pairs = set(zip(labels, modes))
  assert len(pairs) == 4    # one to one


def test_kmeans_of_equal_points():
  labels = prd.kmeans(np.ones((30, 2), np.float32), 5,
                      np.random.default_rng(0))
  assert len(set(labels)) == 1


def test_bad_input():
  x = normals(7, 30)
  with pytest.raises(ValueError, match='as many are needed'):
    prd.prd(x, x[:25])
  with pytest.raises(ValueError, match='at least 20'):
    prd.prd(x[:19], x[:19])
  for bad in (x[:, :1], x * np.nan, x[0]):
    with pytest.raises(ValueError):
      prd.prd(x, bad)
