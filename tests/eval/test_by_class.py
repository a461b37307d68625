"""Evaluators class by class, on samples that are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.eval import evaluators
from gans_jax.eval.evaluators import by_class
from gans_jax.eval.onepass import Probe


def test_spread_is_within_classes():
  """Two classes far apart, std 1 and 3: (1 + 3) / 2, whatever lies between."""
  x = np.array([[0.], [2.], [100.], [106.]])
  assert by_class.spread(x, np.array([0, 0, 1, 1])) == 2.
  assert by_class.spread(x, np.zeros(4, int)) > 40


def score(evaluator, samples):
  found = evaluator.start()
  found.add(samples)
  return found.result()


def test_class_spread_of_real_digits_and_of_their_means():
  source = data.make('digits')
  evaluator = evaluators.make('class_spread', source, n=len(source))
  rows = source.batch(np.arange(len(source)))
  assert score(evaluator, rows)['ratio'] == pytest.approx(1.)
  means = np.stack([rows['x'][rows['y'] == k].mean(0) for k in range(10)])
  collapsed = dict(x=means[rows['y']], y=rows['y'])
  assert score(evaluator, collapsed)['ratio'] < 1e-6
  with pytest.raises(errors.ConfigError, match='conditional'):
    score(evaluator, dict(x=rows['x']))


def test_majority_by_hand():
  codes, labels = np.array([3, 3, 3, 1, 1, 0]), np.array([5, 5, 2, 2, 2, 9])
  assert by_class.majority(codes, labels) == pytest.approx(5 / 6)


def test_clusters_of_a_critic_that_is_known():
  """Digits from 5 on share a code; every code has a dark and a light half."""
  source = data.make('digits')
  evaluator = evaluators.make('clusters', source)

  def critic(t):
    odd = jnp.mean(t.batch['x'], (1, 2, 3)) > -.4
    code = jnp.where(t.batch['y'] < 5, t.batch['y'], 5) + 10 * odd
    return jnp.eye(20)[code]

  game = G.Game(nets={}, players={}, round=(), sample=lambda t: {},
                critic=critic)
  state = G.State(step=jnp.zeros((), jnp.int32), key=jax.random.key(0),
                  params={}, stats={}, opt={}, ema={}, memory={})
  found = evaluator.probe(Probe(game, state, source, jax.random.key(0)))
  test = data.make('digits', split='test')
  y = test.batch(np.arange(len(test)))['y']
  assert (y < 5).mean() + (y >= 5).mean() / 5 <= found['accuracy'] < .75
  assert found['used'] == 12
