"""Triple-GAN at known logits, and who learns from what."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import data
from gans_jax import game as G
from gans_jax.systems import triple_gan
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)
MLP = dict(name='mlp', hidden=(8,))


def play(labels=(), start_at=0, threes=0., **options):
  """A round of D with logit .7 of all pairs and C with logit 2 of class 3.

  `threes` is added to the logit of pairs whose label is 3.
  """
  source = data.make('digits', labelled=100, **dict(labels))
  game = triple_gan.build(
      source.spec, nets=MLP, c_nets=MLP, z=3, start=start_at, g_optim=STILL,
      d_optim=STILL, c_optim=STILL, **options)
  state = start(game, source)
  params = jax.tree.map(jnp.zeros_like, dict(state.params))
  params['d']['Dense_1']['bias'] += .7
  params['c']['Dense_1']['bias'] = jnp.zeros(10).at[3].set(2.)
  params['d']['Dense_0']['kernel'] = (    # digits come first, then the label
      params['d']['Dense_0']['kernel'].at[64 + 3, 0].set(1.))
  params['d']['Dense_1']['kernel'] = (
      params['d']['Dense_1']['kernel'].at[0, 0].set(threes))
  batch = batches(source, game)
  _, found = jax.jit(functools.partial(G.play, game))(
      state.replace(params=params), batch)
  return found, {k: np.asarray(v[-1]) for k, v in batch.items()}


def sp(s):
  return np.log1p(np.exp(s))


LOG_P = 2. * (np.arange(10) == 3) - np.log(9 + np.exp(2.))


def test_losses_at_known_logits():
  found, batch = play(share=.25, pseudo=0., sure=.3, used=.01)
  np.testing.assert_allclose(found['d/d_loss'], sp(-.7) + sp(.7), rtol=1e-5)
  np.testing.assert_allclose(found['g/g_loss'], .75 * sp(-.7), rtol=1e-5)
  learnt = np.average(-LOG_P[batch['y']], weights=batch['labelled'])
  entropy = -np.sum(np.exp(LOG_P) * LOG_P)
  np.testing.assert_allclose(found['c/labels'], learnt, rtol=1e-5)
  np.testing.assert_allclose(
      found['c/reward'], np.exp(LOG_P[3]) * sp(-.7), rtol=1e-5)
  np.testing.assert_allclose(
      found['c/c_loss'], .25 * np.exp(LOG_P[3]) * sp(-.7) + learnt
      + (.3 - .01) * entropy, rtol=1e-5)


def test_half_of_what_is_true_is_what_c_believes():
  """C says 3 of all, so D sees 1.7 there, and 1.7 or .7 of true labels."""
  found, batch = play(threes=1., believed=.4, share=1.)
  real = np.average(sp(-np.where(batch['y'] == 3, 1.7, .7)),
                    weights=batch['labelled'])
  np.testing.assert_allclose(
      found['d/d_loss'], .6 * real + .4 * sp(-1.7) + sp(1.7), rtol=1e-5)


def test_samples_teach_from_a_round_on():
  early, batch = play(dict(beside=True), 1, pseudo=5., sure=0., used=0.)
  late, _ = play(dict(beside=True), 0, pseudo=5., sure=0., used=0.)
  np.testing.assert_allclose(
      late['c/c_loss'] - early['c/c_loss'], 5 * late['c/generated'], rtol=1e-4)
  assert late['c/generated'] > 1
  np.testing.assert_allclose(
      early['c/labels'], -LOG_P[batch['y_labelled']].mean(), rtol=1e-5)


def test_a_guess_that_d_rejects_is_made_less_likely():
  """C's gradient by the reward: p_3 falls if s is low, hardly if s is high."""
  source = data.make('digits', labelled=100)
  slopes = []
  for bias in (-3., 3.):
    game = triple_gan.build(
        source.spec, nets=MLP, c_nets=MLP, z=3, pseudo=0., sure=0., used=0.,
        share=1., g_optim=STILL, d_optim=STILL, c_optim=dict(
            name='sgd', lr=1.))
    state = start(game, source)
    params = jax.tree.map(jnp.zeros_like, dict(state.params))
    params['d']['Dense_1']['bias'] += bias
    params['c']['Dense_1']['bias'] = jnp.zeros(10).at[3].set(2.)
    batch = {k: v[-1] for k, v in batches(source, game).items()}
    batch['labelled'] = 0 * batch['labelled']     # the reward alone
    after, _ = jax.jit(lambda s, b, g=game: G.simultaneous(
        g, [g.round[2]], s, b, jax.random.key(0)))(
            state.replace(params=params), batch)
    slopes.append(after.params['c']['Dense_1']['bias'][3] - 2.)
  p = np.exp(LOG_P[3])
  np.testing.assert_allclose(
      slopes, [-p * (1 - p) * sp(3.), -p * (1 - p) * sp(-3.)], rtol=1e-4)
