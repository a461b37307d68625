import numpy as np
import pytest

from gans_jax.eval import distances
from gans_jax.eval.measures.intra import intra_frechet


def test_each_class_has_the_distance_of_its_own_samples():
  rng = np.random.default_rng(0)
  y = rng.integers(3, size=300)
  real, fake = rng.normal(size=(2, 300, 4)) + y[None, :, None]
  mean, by = intra_frechet(real, y, fake, y)
  assert set(by) == {0, 1, 2}
  for k in by:
    assert by[k] == pytest.approx(distances.frechet_of(
        distances.Moments(real[y == k]), distances.Moments(fake[y == k])))
  assert mean == pytest.approx(np.mean(list(by.values())))


def test_sees_swapped_labels_that_the_whole_does_not():
  rng = np.random.default_rng(1)
  y = np.repeat([0, 1], 500)
  x = rng.normal(0, .1, (1000, 3)) + 4 * y[:, None]
  whole = distances.frechet_of(distances.Moments(x), distances.Moments(x))
  mean, by = intra_frechet(x, y, x, 1 - y)
  assert whole < 1e-10
  assert mean == pytest.approx(3 * 16, rel=.02)    # the step between classes
  assert intra_frechet(x, y, x, y)[0] < 1e-10
  assert by[0] == pytest.approx(by[1])


def test_bad_input():
  x, y = np.random.default_rng(2).normal(size=(20, 2)), np.arange(20) // 10
  with pytest.raises(ValueError, match='class 1 has 10 real and 0 fake'):
    intra_frechet(x, y, x, y * 0)
  with pytest.raises(ValueError, match='class 0 has 10 real and 10 fake'):
    intra_frechet(x, y, x, y, least=11)
  with pytest.raises(ValueError, match='20 samples with 19 labels'):
    intra_frechet(x, y[:-1], x, y)
  with pytest.raises(ValueError, match='nan'):
    intra_frechet(x, y, x * np.nan, y)
  with pytest.raises(ValueError, match='dimensions'):
    intra_frechet(x, y, x[:, :1], y)
  with pytest.raises(ValueError, match='no real'):
    intra_frechet(x[:0], y[:0], x, y)
