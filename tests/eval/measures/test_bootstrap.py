import numpy as np
import pytest

from gans_jax.eval.measures import bootstrap


def test_intervals_cover_the_true_mean_as_often_as_they_say():
  rng = np.random.default_rng(0)
  for level in (.8, .95):
    hits = 0
    for i in range(400):
      found = bootstrap.mean(rng.exponential(2., 60), level, 200, seed=i)
      hits += found.low <= 2. <= found.high
    # Percentile intervals of a skewed mean run a few percent short at n = 60.
    assert level - .07 < hits / 400 < level + .04


def test_width_is_that_of_the_normal_interval():
  x = np.random.default_rng(1).normal(3, 2, 4000)
  found = bootstrap.mean(x)
  assert found.value == pytest.approx(x.mean())
  assert found.high - found.low == pytest.approx(
      2 * 1.96 * x.std() / np.sqrt(4000), rel=.1)
  assert found.low < found.value < found.high


def test_any_statistic_of_indices():
  x = np.random.default_rng(2).normal(0, 3, 1000)
  found = bootstrap.statistic(lambda rows: x[rows].var(), 1000, resamples=300)
  assert found.value == pytest.approx(x.var())
  # The variance of a variance of normals is 2 s^4 / n.
  assert found.high - found.low == pytest.approx(
      2 * 1.96 * 9 * np.sqrt(2 / 1000), rel=.2)


def test_the_same_seed_gives_the_same():
  x = np.arange(50.)
  assert bootstrap.mean(x, seed=3) == bootstrap.mean(x, seed=3)
  assert bootstrap.mean(x, seed=3) != bootstrap.mean(x, seed=4)
  assert bootstrap.mean(np.ones(9)) == (1., 1., 1.)


@pytest.mark.parametrize('values, level', (
    ([1.], .95), ([1., np.nan], .95), ([1., 2.], 1.), ([[1.], [2.]], .9)))
def test_bad_input(values, level):
  with pytest.raises(ValueError):
    bootstrap.mean(values, level)
