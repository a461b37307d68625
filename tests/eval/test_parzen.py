import json
import math

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators
from gans_jax.eval.measures import parzen


def test_windows_around_few_samples_are_the_mixture():
  rng = np.random.default_rng(0)
  s, x = rng.normal(3, 1, (5, 4)), rng.normal(3, 1, (7, 4))
  for sigma, got in zip((.2, .9), parzen.log_likelihoods(s, x, (.2, .9)),
                        strict=True):
    density = np.mean(np.prod(np.exp(
        -(x[:, None] - s) ** 2 / 2 / sigma ** 2) / sigma / math.sqrt(
            2 * math.pi), -1), 1)
    np.testing.assert_allclose(got, np.log(density), rtol=2e-5)
  # Far away exp underflows; its logarithm does not.
  got = parzen.log_likelihoods(np.zeros((2, 1)), np.full((1, 1), 100.), [.1])
  want = -100 ** 2 / .02 - math.log(.1 * math.sqrt(2 * math.pi))
  assert got[0, 0] == pytest.approx(want)


def test_a_gaussian_has_its_closed_form():
  """Windows around N(0, 1) make N(0, 1 + sigma^2)."""
  rng = np.random.default_rng(0)
  s, x = rng.normal(size=(8000, 1)), rng.normal(size=(1000, 1))
  for sigma in (.2, 1.):
    v = 1 + sigma ** 2
    got = parzen.log_likelihoods(s, x, [sigma])[0].mean()
    want = -.5 * math.log(2 * math.pi * v) - np.mean(x ** 2) / 2 / v
    assert got == pytest.approx(want, abs=.01)


def test_the_bandwidth_is_the_likeliest():
  """Many samples bear narrow windows; few need wide ones."""
  rng = np.random.default_rng(0)
  s, x = rng.normal(size=(5000, 1)), rng.normal(size=(500, 1))
  grid = (.03, .1, .3, 1., 3.)
  assert parzen.bandwidth(s, x, grid) <= .3
  assert parzen.bandwidth(s[:10], x, grid) >= .3
  # One sample at 0: the sigma of the data itself.
  assert parzen.bandwidth(np.zeros((1, 1)), x, grid) == 1.
  with pytest.raises(ValueError, match='above 0'):
    parzen.log_likelihoods(s, x, [0.])
  with pytest.raises(ValueError, match='dimensions'):
    parzen.log_likelihoods(s, np.zeros((3, 2)), [1.])


def test_digits_and_points():
  source = data.make('digits')
  evaluator = evaluators.make('parzen', source, n=600, n_validation=100)
  train = source.batch(np.arange(600))
  good = evaluator(lambda n: train)
  assert good['log_likelihood'] == pytest.approx(
      good['log_likelihood_real'], abs=3)
  assert good['sigma'] == good['sigma_real'] < .3
  noise = evaluator(lambda n: dict(
      x=np.random.default_rng(0).uniform(-1, 1, (n, 8, 8, 1))))
  assert noise['log_likelihood'] < good['log_likelihood'] - 20
  # Pictures as 0..1, whatever the range of the data.
  other = evaluators.make('parzen', data.make('digits', range=(0, 1)), n=600,
                          n_validation=100)
  same = other(lambda n: dict(x=(train['x'] + 1) / 2))
  assert same['log_likelihood'] == pytest.approx(
      good['log_likelihood'], abs=1e-3)
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=600, n_real=600, n_validation=100, n_test=400,
              heldout='digits:test').items() <= protocol.items()

  line = data.make('gauss1', n=5000)
  found = evaluators.make('parzen', line, n=5000, n_test=1000)(
      lambda n: line.batch(np.arange(n)))
  # Entropy of the data, .5 log 2 pi e, less what the window costs.
  assert found['log_likelihood'] == pytest.approx(-1.419, abs=.05)


def test_mistakes():
  digits = data.make('digits')
  with pytest.raises(errors.ConfigError, match='sigmas'):
    evaluators.make('parzen', digits, sigmas=())
  with pytest.raises(errors.ConfigError, match='sigmas'):
    evaluators.make('parzen', digits, sigmas=(0., 1.))
  with pytest.raises(errors.ConfigError, match='2 samples'):
    evaluators.make('parzen', digits, n=1)
  with pytest.raises(errors.ConfigError, match='no held-out'):
    evaluators.make('parzen', data.arrays(np.zeros((9, 4, 4, 1), np.float32)))
