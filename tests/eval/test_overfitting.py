import dataclasses
import json
import math

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, game
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.measures import overfitting
from gans_jax.systems import cgan


class Identity(nn.Module):

  @nn.compact
  def __call__(self, z, train=True):
    return z + self.param('shift', nn.initializers.constant(5.), (2,))


class Memory(nn.Module):
  """Logit 2 for what it was trained on, -1 else: all of it overfitted."""

  known: tuple

  @nn.compact
  def __call__(self, x, train=True):
    one = self.param('one', nn.initializers.ones, ())
    gap = jnp.abs(x[:, None] - jnp.asarray(self.known)).max(-1).min(1)
    return one * jnp.where(gap < 1e-6, 2., -1.)


def memory_game(x, critic=True):
  d_loss = lambda t: (t.apply('d', t.apply('g', t.normal(2))).mean()
                      + t.apply('d', t.batch['x']).mean())
  return game.Game(
      nets=dict(g=Identity(), d=Memory(tuple(map(tuple, x.tolist())))),
      players=dict(d=game.Player(('d',), optax.sgd(0.)),
                   g=game.Player(('g',), optax.sgd(0.))),
      round=[game.Move('d', d_loss)],
      sample=lambda t: dict(x=t.apply('g', t.normal(2))),
      critic=(lambda t: t.apply('d', t.batch['x'])) if critic else None)


def probe_of(g, source):
  state = game.init(g, jax.random.key(0), source.spec.zeros(4))
  return onepass.Probe(g, state, source, jax.random.key(1))


def test_measures_of_known_logits():
  found = overfitting.overfitting(
      np.array([3., 1., -1.]), np.array([[1.], [-1.]]), np.array([-1., -3.]))
  assert found == (1., 0., -2., 1 / 3, 1 / 3, 2 / 3, .5, 1.)
  # Held-out examples as training ones: 0. As fakes: 1.
  a, c = np.array([2., 4.]), np.array([-1.])
  assert overfitting.overfitting(a, a, c).r_v == 0
  assert overfitting.overfitting(a, c, c).r_v == 1
  assert math.isnan(overfitting.overfitting(a, a, a).r_v)
  with pytest.raises(ValueError, match='nan'):
    overfitting.overfitting(a, a, np.array([np.nan]))
  with pytest.raises(ValueError, match='missing'):
    overfitting.overfitting(a, a[:0], c)


def test_a_discriminator_that_remembers():
  source = data.make('ring8', n=100)
  x = source.batch(np.arange(100))['x']
  evaluator = evaluators.make('overfitting', source, n=150)
  found = onepass.run({'d': evaluator}, None,
                      probe=probe_of(memory_game(x), source))['d']
  assert found == dict(train=2, heldout=-1, fake=-1, r_v=1, r_t=1,
                       accuracy_train=1, accuracy_heldout=0, accuracy_fake=1)
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert (protocol['n_real'], protocol['n_heldout']) == (100, 150)
  assert protocol['heldout'] == 'ring8:test'


@pytest.mark.parametrize('one_hot', [False, True])
def test_a_conditional_game_of_pictures(one_hot):
  """Held-out pictures come from the test split, with labels as D takes them."""
  source = data.make('digits', one_hot=one_hot)
  take = lambda t: t.batch['y'].argmax(1) if one_hot else t.batch['y']
  g = cgan.build(data.make('digits').spec, nets=dict(name='mlp', hidden=(8,)))
  state = game.init(g, jax.random.key(0), data.make('digits').spec.zeros(4))
  g = dataclasses.replace(
      g, sample=lambda t: dict(x=jnp.tanh(t.normal(8, 8, 1)), y=t.batch['y']),
      critic=lambda t: t.apply('d', t.batch['x'], jax.nn.one_hot(take(t), 10)))
  evaluator = evaluators.make('overfitting', source, n=600)
  found = evaluator.probe(onepass.Probe(g, state, source, jax.random.key(1)))
  # An untrained D can't tell held-out digits from others.
  assert abs(found['train'] - found['heldout']) < .1
  assert evaluator.protocol['n_heldout'] == 500
  assert evaluator.protocol['heldout'] == 'digits:test'


def test_mistakes():
  source = data.make('ring8', n=50)
  x = source.batch(np.arange(50))['x']
  evaluator = evaluators.make('overfitting', source, n=20)
  with pytest.raises(errors.ConfigError, match='critic='):
    evaluator.probe(probe_of(memory_game(x, critic=False), source))
  with pytest.raises(errors.ConfigError, match='needs the game'):
    evaluator(lambda n: dict(x=x))
  own = data.arrays(np.zeros((9, 4, 4, 1), np.float32))
  with pytest.raises(errors.ConfigError, match='no held-out'):
    evaluators.make('overfitting', own, n=5)
  with pytest.raises(errors.ConfigError, match='options of the data'):
    evaluators.make('overfitting', own, n=5, heldout=dict(name='digits'))
