import numpy as np
import pytest

from gans_jax.eval import distances
from gans_jax.eval.measures.extrapolate import extrapolate


def test_a_line_is_found_exactly():
  fit = extrapolate(lambda rows: 3. + 70. / len(rows), 1000)
  assert fit.value == pytest.approx(3., rel=1e-10)
  assert fit.error < 1e-8


def test_subsets_are_of_distinct_samples_and_spread_from_least_to_all():
  seen = []
  extrapolate(lambda rows: seen.append(rows) or 0., 500, points=5)
  assert [len(r) for r in seen] == [50, 162, 275, 387, 500]
  assert all(len(set(r)) == len(r) and max(r) < 500 for r in seen)


def test_frechet_at_infinity_is_unbiased_where_the_plain_one_is_not():
  # Both of N(0, I) but for a step of the mean: the true distance is 1. The
  # plain one is above it by about D (D + 5) / 4n a side.
  d, n, plain, infinite, errors = 16, 1000, [], [], []
  step = np.full(d, d ** -.5)
  for seed in range(20):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) + step
    score = lambda rows: distances.frechet(
        np.zeros(d), np.eye(d), x[rows].mean(0), np.cov(x[rows].T))
    fit = extrapolate(score, n, seed=seed)
    plain.append(score(np.arange(n)))
    infinite.append(fit.value)
    errors.append(fit.error)
  spread = np.std(infinite, ddof=1) / np.sqrt(20)
  assert np.mean(plain) - 1 > .05
  assert abs(np.mean(infinite) - 1) < 3 * spread + .01
  assert spread < .02
  # The fit's error is that of the line, not of the samples it was drawn from.
  assert 0 < np.mean(errors) < 3 * np.std(infinite)


@pytest.mark.parametrize('n, least, points', ((10, 6, 15), (3, None, 15),
                                              (100, 10, 2)))
def test_too_few_for_a_line(n, least, points):
  with pytest.raises(ValueError, match='line'):
    extrapolate(lambda rows: 0., n, least, points)
