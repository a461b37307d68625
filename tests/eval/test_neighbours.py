import numpy as np
import pytest

from gans_jax import data
from gans_jax.eval import neighbours


def source(n=60, seed=0):
  x = np.random.default_rng(seed).uniform(-1, 1, (n, 4, 4, 1))
  return data.arrays(x, range=(-1., 1.))


def test_equals_brute_force_over_chunks(monkeypatch):
  monkeypatch.setattr(neighbours, 'CHUNK', 7)
  real = source()
  fake = np.random.default_rng(1).uniform(-1, 1, (5, 4, 4, 1))
  x = real.batch(np.arange(60))['x'].astype(np.float64)
  gap = np.sqrt(np.sum((fake[:, None] - x[None]) ** 2, (2, 3, 4)))
  index, distance = neighbours.nearest(fake, real, k=3)
  np.testing.assert_array_equal(index, np.argsort(gap, 1)[:, :3])
  np.testing.assert_allclose(distance, np.sort(gap, 1)[:, :3], rtol=1e-12)


def test_a_copy_is_found_at_distance_0(monkeypatch):
  monkeypatch.setattr(neighbours, 'CHUNK', 16)
  real = source()
  copied = np.array([59, 3, 16])
  index, distance = neighbours.nearest(real.batch(copied)['x'], real)
  np.testing.assert_array_equal(index[:, 0], copied)
  np.testing.assert_array_equal(distance, 0)


def test_of_equal_ones_the_first():
  real = data.arrays(np.ones((9, 2)), range=(0., 1.))
  index, _ = neighbours.nearest(np.zeros((1, 2)), real, k=3)
  np.testing.assert_array_equal(index, [[0, 1, 2]])


def test_picture_shows_each_beside_its_nearest():
  real = source()
  fake = real.batch(np.array([5, 8]))['x']
  out = neighbours.nearest_picture(fake, real, (-1., 1.), k=2)
  assert out.shape == (2 * 4 + 2, 3 * 4 + 2 * 2, 3)
  # The first column is the second: both are the same training example.
  np.testing.assert_array_equal(out[:, :4], out[:, 6:10])
  assert (out[:, :4] != out[:, 12:]).any()
  few = neighbours.nearest_picture(fake, source(n=3), (-1., 1.), k=7)
  assert few.shape[1] == 4 * 4 + 3 * 2


def test_what_cannot_be_compared_is_refused():
  with pytest.raises(ValueError, match='shape'):
    neighbours.nearest(np.zeros((2, 5, 5, 1)), source())
  with pytest.raises(ValueError, match='61 neighbours'):
    neighbours.nearest(np.zeros((2, 4, 4, 1)), source(), k=61)
