"""Rotations: exact turns, which loss sees them, and the head on D's trunk."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, optim
from gans_jax import game as G
from gans_jax.augment.rotation import quarter_turns
from gans_jax.eval import evaluators, onepass
from gans_jax.families import pairs, priors, rotation, terms, two_player
from gans_jax.losses import adversarial
from gans_jax.nets.layers.head import Head
from gans_jax.systems import ssgan
from tests.nets.filled import KEYS, draw, quick

KEPT = (2, 3, 4, 5, 7)
N = 8
SGD = dict(name='sgd', lr=1e-2)
KEY = jax.random.key(7)


def source():
  return data.make('digits', only=KEPT)


def build(share=.25, classes=0, d_terms=(), **nets):
  """SS-GAN's game with another share, or with labels, or more terms."""
  src = source()
  g, d = pairs.make(src.spec, classes=classes, **{
      'name': 'mlp', 'hidden': (6,), **nets})
  game = two_player.two_player(
      g, d, adversarial.hinge, priors.make('normal', 4),
      g_tx=optim.make(**SGD), d_tx=optim.make(**SGD), classes=classes,
      heads=rotation.heads(bool(nets.get('spectral'))),
      d_terms=(rotation.term(1., share=share), *d_terms),
      g_terms=(rotation.term(.2, 'fake', share),))
  batch = {k: jnp.asarray(v) for k, v in src.batch(np.arange(N)).items()}
  state = quick(lambda b: G.init(game, KEY, b).replace(key=0), batch)
  return game, state, batch


def played(game, move, state, batch):
  """(scalars logged by a move, its player's gradient)."""
  item = next(m for m in game.round if m.loss.__name__ == move)

  def loss(own, state, batch):
    turn = G.Turn(game, state, batch, KEY, params={**state.params, **own})
    return item.loss(turn), turn.metrics

  own = {n: state.params[n] for n in game.players[item.player].nets}
  (value, logged), gradient = quick(
      jax.value_and_grad(loss, has_aux=True), own, state, batch)
  return value, logged, gradient


def test_turns():
  x = draw(3, 4, 4, 2)
  turned, labels = quick(quarter_turns, x)
  np.testing.assert_array_equal(labels, [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3)
  np.testing.assert_array_equal(turned[:3], x)        # upright ones: label 0
  for k in range(4):
    np.testing.assert_array_equal(
        turned[3 * k:3 * k + 3], np.rot90(x, k, (1, 2)))
  four = quick(lambda x: jnp.rot90(jnp.rot90(x, 3, (1, 2)), 1, (1, 2)), x)
  np.testing.assert_array_equal(four, x)
  # The corner at the top left goes down the left side, against the clock.
  assert (turned[3:6, -1, 0] == x[:, 0, 0]).all()
  with pytest.raises(errors.ConfigError, match='square'):
    quarter_turns(np.zeros((1, 4, 6, 1)))


def test_a_head_that_knows_nothing_costs_log_4():
  game, state, batch = build()
  state.params['rotation'] = jax.tree.map(
      np.zeros_like, state.params['rotation'])
  _, d, _ = played(game, 'd_loss', state, batch)
  _, g, _ = played(game, 'g_loss', state, batch)
  np.testing.assert_allclose(d['rotation'], 1.386294, rtol=1e-6)
  np.testing.assert_allclose(g['rotation'], .2 * 1.386294, rtol=1e-6)


def test_the_adversarial_loss_sees_upright_pictures_only():
  """It stays as it is, whichever pictures are rotated."""
  values, rotations = [], []
  for share in (.25, .5, 1.):
    game, state, batch = build(share)
    for move in ('d_loss', 'g_loss'):
      value, logged, _ = played(game, move, state, batch)
      values.append(value - logged['rotation'])
      rotations.append(float(logged['rotation']))
  np.testing.assert_allclose(values[2:], values[:2] * 2, rtol=1e-6)
  assert len(set(rotations)) == 6

  turn = G.Turn(game, state, batch, KEY)
  fake = turn.apply('g', turn.normal(4))
  on = lambda x: turn.pure('d')(x)
  by_hand = (np.maximum(1 - on(batch['x']), 0).mean()
             + np.maximum(1 + on(fake), 0).mean())
  np.testing.assert_allclose(values[0], by_hand, rtol=1e-5)


def test_d_learns_rotations_of_real_pictures_g_of_rotated_fakes():
  game, state, batch = build(share=.5)
  _, before, d_gradient = played(game, 'd_loss', state, batch)
  other = state.replace(params={
      **state.params, 'g': jax.tree.map(lambda w: w + 1, state.params['g'])})
  _, after, _ = played(game, 'd_loss', other, batch)
  assert before['rotation'] == after['rotation']      # D's: no fake in it
  assert before['fake'] != after['fake']
  _, g, g_gradient = played(game, 'g_loss', state, batch)
  _, again, _ = played(game, 'g_loss', state, {**batch, 'x': -batch['x']})
  assert g['rotation'] == again['rotation']           # G's: no real in it
  turn = G.Turn(game, state, batch, KEY)
  fake = turn.apply('g', turn.normal(4))[-N // 2:]
  turned, turns = quarter_turns(fake)
  logits = turn.apply('rotation', turn.apply('d', turned, features=True)[1])
  loss = optax.softmax_cross_entropy_with_integer_labels(logits, turns).mean()
  np.testing.assert_allclose(g['rotation'], .2 * loss, rtol=1e-5)
  np.testing.assert_allclose(
      g['rotation_accuracy'], (logits.argmax(-1) == turns).mean())
  size = lambda tree: max(np.abs(x).max() for x in jax.tree.leaves(tree))
  assert size(d_gradient['rotation']) > 0 and size(g_gradient['g']) > 0
  assert game.players['d'].nets == ('d', 'rotation')


def test_the_trunk_is_shared_and_the_last_layer_is_not():
  game, state, batch = build()
  term = rotation.term(1.)

  def loss(params):
    turn = G.Turn(game, state, batch, KEY, params=params)
    d = turn.pure('d')
    scene = two_player.Scene(
        batch['x'], batch['x'], None, (),
        lambda x, **options: d(x, **options), None)
    return term(turn, scene)

  gradient = quick(jax.grad(loss), state.params)['d']
  first, last = sorted(gradient)
  assert np.abs(gradient[first]['kernel']).max() > 0
  assert np.abs(gradient[last]['kernel']).max() == 0


def test_rotated_pictures_keep_their_labels():
  """D joins labels to its input: those of the pictures that are rotated."""
  game, state, batch = build(classes=5)
  _, logged, _ = played(game, 'd_loss', state, batch)
  turn = G.Turn(game, state, batch, KEY)
  turned, turns = quarter_turns(batch['x'][-2:])
  y = jax.nn.one_hot(jnp.tile(batch['y'][-2:], 4), 5)
  logits = turn.apply('rotation', turn.apply(
      'd', turned, y, features=True)[1])
  np.testing.assert_allclose(
      logged['rotation'], optax.softmax_cross_entropy_with_integer_labels(
          logits, turns).mean(), rtol=1e-5)


def test_beside_other_parts_and_spectral_vectors():
  """The head's vectors move in D's steps, and not in G's."""
  game, state, batch = build(
      spectral=True, d_terms=(terms.gradient_penalty(),))
  d, g = (quick(lambda s, b, m=m: G.simultaneous(game, [m], s, b, KEY),
                state, batch) for m in game.round)
  assert {'d/rotation', 'd/penalty', 'd/gap'} <= d[1].keys()
  moved = lambda after: [
      bool((a != b).any()) for a, b in zip(
          jax.tree.leaves(after[0].stats['rotation']),
          jax.tree.leaves(state.stats['rotation']))]
  assert all(moved(d)) and not any(moved(g)) and len(moved(g)) == 2


def test_the_head():
  h = draw(5, 7)
  for spectral in (False, True):
    net = Head(4, spectral)
    variables = net.init(KEYS, h, train=True)
    out, _ = net.apply(variables, h, train=True, update_u=False,
                       mutable=['spectral'])
    layer = variables['params']['Dense_0']
    kernel = np.asarray(layer['kernel'])
    if spectral:
      kernel = kernel / np.linalg.norm(kernel, 2)
    np.testing.assert_allclose(out, h @ kernel, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('options, message', [
    (dict(of='fakes'), "of is 'real' or 'fake'"), (dict(share=0), 'share'),
    (dict(share=2), 'share')])
def test_mistakes_in_a_term(options, message):
  with pytest.raises(ValueError, match=message):
    rotation.term(1., **options)


def test_data_that_cannot_be_rotated():
  with pytest.raises(errors.ConfigError, match='square pictures'):
    ssgan.build(data.make('ring8', n=10).spec)
  with pytest.raises(errors.ConfigError, match='square pictures'):
    ssgan.build(data.make('digits', size=(8, 6)).spec)
  with pytest.raises(errors.ConfigError, match="Did you mean 'hinge'"):
    ssgan.build(source().spec, objective='hing')


# --- its evaluator -----------------------------------------------------------

def corners(shift=0, head=True):
  """A game on pictures with one bright corner; its head looks for it."""
  x = np.zeros((70, 6, 6, 1), np.float32)
  x[:, 0, 0] = 1
  src = data.arrays(x)
  look = lambda t: jnp.stack([t.batch['x'][:, i, j, 0] for i, j in (
      (0, 0), (-1, 0), (-1, -1), (0, -1))], -1)
  player = dict(d=G.Player((), optax.sgd(0.)))
  game = G.Game(
      nets={}, players=player, round=[G.Move('d', lambda t: jnp.zeros(()))],
      sample=lambda t: dict(x=jnp.roll(
          jnp.asarray(x[:1]).repeat(t.n, 0), shift, 2)),
      heads=dict(rotation=look) if head else {})
  state = G.init(game, jax.random.key(0), src.spec.zeros(4))
  return src, onepass.Probe(game, state, src, jax.random.key(1))


def test_evaluator_of_known_turns(monkeypatch):
  from gans_jax.eval.evaluators import probing
  for shift, expected in ((0, 1.), (-1, 0.)):
    src, probe = corners(shift)
    monkeypatch.setattr(probing, 'heldout', lambda *a, src=src: src)
    judge = evaluators.make('rotation', src, n=70)
    found = onepass.run({'r': judge}, None, probe=probe)['r']
    assert found == dict(heldout=1., fake=expected)
    assert judge.protocol['n_heldout'] == 70
  src, probe = corners(head=False)
  with pytest.raises(errors.ConfigError, match="no head 'rotation'"):
    onepass.run({'r': evaluators.make('rotation', src)}, None, probe=probe)


def test_evaluator_of_other_data():
  with pytest.raises(errors.ConfigError, match='square'):
    evaluators.make('rotation', data.make('ring8', n=10))
  with pytest.raises(errors.ConfigError, match='held-out'):
    evaluators.make('rotation', source())
