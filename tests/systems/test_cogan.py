"""CoGAN: shared leaves, sums over domains, agreement by construction."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.data import domains
from gans_jax.eval.evaluators import generators
from gans_jax.families import coupled
from gans_jax.systems import cogan
from tests.systems.test_exact import batches, start

SOURCE = data.make('digits', domains='negative', labels=True)
SMALL = dict(name='local', hidden=(6,), maps=2, kernel=1, d_hidden=(4,))


def build(source=SOURCE, **options):
  rate = dict(name='adam', lr=1e-2)
  return cogan.build(source.spec, **{**dict(
      nets=SMALL, z=3, g_optim=rate, d_optim=rate), **options})


def test_shared_layers_are_one_leaf():
  """So after any number of steps there is nothing that could have drifted."""
  game = build()
  state = start(game, SOURCE, 8)
  shapes = {net: {part: jax.tree.map(jnp.shape, tree)
                  for part, tree in state.params[net].items()}
            for net in 'gd'}
  kernel = lambda tree, name: tree[name]['kernel']
  g, d = shapes['g'], shapes['d']
  assert kernel(g['before']['Layers_0'], 'Dense_0') == (3, 6)
  assert kernel(g['before']['Layers_0'], 'Dense_1') == (6, 8 * 8 * 2)
  assert kernel(g['base'], 'Conv_0') == (2, 1, 1, 2, 1)
  assert kernel(d['base'], 'Conv_0') == (2, 1, 1, 1, 2)
  assert kernel(d['after'], 'Dense_0') == (8 * 8 * 2, 4)
  assert kernel(d['after'], 'Dense_1') == (4, 1)


def one_domain(state, i):
  """The nets of a domain alone, in numpy."""
  g, d = (jax.tree.map(np.asarray, state.params[net]) for net in 'gd')
  apply = lambda layer, h: h @ layer['kernel'] + layer['bias']
  own = lambda net, h: apply(dict(    # a convolution of 1 x 1
      kernel=net['base']['Conv_0']['kernel'][i, 0, 0],
      bias=net['base']['Conv_0']['bias'][i]), h)
  relu, lrelu = lambda h: np.maximum(h, 0), lambda h: np.where(h > 0, h, .2 * h)

  def make(z):
    h = relu(apply(g['before']['Layers_0']['Dense_0'], z))
    h = relu(apply(g['before']['Layers_0']['Dense_1'], h))
    h = h.reshape(-1, 8, 8, 2)
    return np.tanh(own(g, h))

  def judge(x):
    h = lrelu(own(d, x)).reshape(len(x), -1)
    h = lrelu(apply(d['after']['Dense_0'], h))
    return apply(d['after']['Dense_1'], h)[:, 0], h
  return make, judge


def test_losses_are_sums_over_domains_with_one_z():
  game = build(match=.5, class_weight=10.)
  state = start(game, SOURCE, 8)
  batch = {k: v[-1] for k, v in batches(SOURCE, game, 8).items()}

  @jax.jit
  def found(state):
    turn = lambda: G.Turn(game, state, batch, jax.random.key(1))
    return (game.round[0].loss(turn()), game.round[1].loss(turn()),
            turn().normal(3))

  d_loss, g_loss, z = map(np.asarray, found(state))
  sp = lambda s: np.logaddexp(0, s).mean()
  real, fake, seen, of_fake = [], [], [], []
  for i, key in enumerate('ab'):
    make, judge = one_domain(state, i)
    for logits, features, x in ((real, seen, np.asarray(batch[key])),
                                (fake, of_fake, make(z))):
      s, h = judge(x)
      logits.append(s)
      features.append(h)
  c = state.params['c']['Dense_0']
  log_p = jax.nn.log_softmax(seen[0] @ c['kernel'] + c['bias'])
  labels = -np.asarray(log_p)[np.arange(8), np.asarray(batch['y'])].mean()
  apart = np.square(of_fake[0] - of_fake[1]).sum(-1).mean()
  np.testing.assert_allclose(g_loss, sum(sp(-s) for s in fake), rtol=1e-4)
  np.testing.assert_allclose(
      d_loss, sum(sp(-s) for s in real) + sum(map(sp, fake))
      + .5 * apart + 10 * labels, rtol=1e-4)


def test_all_but_the_sign_shared_is_agreement():
  game = build()
  state = start(game, SOURCE, 8)
  g = dict(state.params['g'])
  g['base'] = jax.tree.map(lambda x: jnp.stack([x[0], -x[0]]), g['base'])
  state = state.replace(params={**state.params, 'g': g})
  made = jax.jit(lambda s: G.sample(
      game, s, dict(a=jnp.zeros((64, 8, 8, 1))), jax.random.key(0)))(state)
  evaluator = generators.coupling(generators.Reference(SOURCE), n=64)
  assert evaluator(lambda n: jax.tree.map(np.asarray, made))['pixels'] == 1
  turned = {'a': made['a'], 'b': -made['b']}
  assert evaluator(lambda n: jax.tree.map(np.asarray, turned))['pixels'] < 1


def test_coupling_and_adaptation_of_real_pictures():
  """Pairs that are right agree; shuffled ones as often as digits do."""
  x = SOURCE.a.batch(np.arange(500))['x']
  pairs = dict(a=x, b=domains.negative(x, (-1., 1.)))
  evaluator = generators.coupling(generators.Reference(SOURCE), n=500)
  right = evaluator(lambda n: pairs)
  assert right['pixels'] == 1 and right['labels'] > .95
  assert 2.25 < right['entropy_a'] <= np.log(10)
  wrong = evaluator(lambda n: dict(pairs, b=np.roll(pairs['b'], 1, 0)))
  assert wrong['pixels'] < .8 and wrong['labels'] < .2


def test_a_classifier_of_a_is_asked_about_b():
  game = build(class_weight=1.)
  state = start(game, SOURCE, 8)
  held = SOURCE.held_out()
  from gans_jax.eval.onepass import Probe
  found = generators.adaptation(generators.Reference(SOURCE)).probe(
      Probe(game, state, SOURCE, jax.random.key(0)))
  for i, key in enumerate('ab'):
    part = getattr(held, key).batch(np.arange(250))
    _, h = one_domain(state, i)[1](part['x'])
    c = state.params['c']['Dense_0']
    guess = (h @ c['kernel'] + c['bias']).argmax(1)
    np.testing.assert_allclose(
        found[f'error_{key}'], np.mean(np.asarray(guess) != part['y']),
        atol=1e-6)


def test_published_nets():
  spec = data.make('mnist5k', domains='negative', range=(0, 1)).spec
  g, d = coupled.make(spec, name='cogan')
  count = lambda net, x, **o: {
      part: sum(p.size for p in jax.tree.leaves(tree))
      for part, tree in jax.eval_shape(functools.partial(
          net.init, train=True, **o), jax.random.key(0), x)['params'].items()}
  z, x = jnp.zeros((2, 100)), jnp.zeros((2, 2, 28, 28, 1))
  stem = (100 * 1024 * 16 + 1024 + 1024 * 512 * 9 + 512 + 512 * 256 * 9 + 256
          + 256 * 128 * 9 + 128 + 4)
  assert count(g, z, alike=True) == dict(before=stem, base=2 * (128 * 36 + 1))
  assert count(d, x) == dict(
      base=2 * (25 * 20 + 20),
      after=25 * 20 * 50 + 50 + 16 * 50 * 500 + 500 + 1 + 500 + 1)
  made = jax.eval_shape(lambda z: g.init_with_output(
      jax.random.key(0), z, alike=True, train=True)[0], z)
  assert made.shape == (2, 2, 28, 28, 1)


@pytest.mark.parametrize('options, message', [
    (dict(nets=dict(name='cogan')), 'size=28'),
    (dict(nets=dict(name='cogn')), "Did you mean 'cogan'"),
    (dict(objective='hing'), "Did you mean 'hinge'")])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(**options)


def test_data_that_is_missing():
  with pytest.raises(errors.ConfigError, match="domains='negative'"):
    build(data.make('digits'))
  with pytest.raises(errors.ConfigError, match='labels=True'):
    build(data.make('digits', domains='edge'), class_weight=1.)
