"""Bayesian GAN: losses by hand, priors, the bank, predictions over it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import checkpoint, data, errors
from gans_jax import game as G
from gans_jax.families import chains
from gans_jax.losses import posterior
from gans_jax.systems import bayesian_gan
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)
CHAIN = dict(name='sghmc', lr=.05, alpha=.1, burn_in=2, burn_lr=1e-2)
SOURCE = data.make('ring8', n=1000)
PARAMS = dict(a=jnp.array([[1., -2.], [3., 4.]]), b=jnp.array([[.5], [2.]]))


def build(source=SOURCE, **options):
  return bayesian_gan.build(source.spec, **{**dict(
      nets=dict(name='mlp', hidden=(3,)), z=2, generators=3, chains=1,
      prior='normal', g_optim=STILL, d_optim=STILL), **options})


def test_the_prior_pulls_by_theta_over_its_variance():
  pull = jax.grad(posterior.prior)(PARAMS, .5)
  jax.tree.map(lambda g, x: np.testing.assert_allclose(g, x / .25), pull,
               PARAMS)


def test_the_prior_of_the_code_is_of_means():
  got = posterior.prior_of_means(PARAMS, 2.)
  np.testing.assert_allclose(got, [(1 + 4) / 2 / 4 + .25 / 4,
                                   (9 + 16) / 2 / 4 + 4 / 4])


def test_linear_noise_is_noise_of_the_gradient():
  wide = dict(a=jnp.zeros((100, 100)), b=jnp.zeros(5000))
  noise = jax.grad(lambda p: posterior.linear_noise(
      jax.random.key(0), p, 3.))(wide)
  for x in noise.values():
    np.testing.assert_allclose([x.mean(), x.std()], [0., 3.], atol=.15)
  assert abs(np.corrcoef(noise['a'].ravel()[:5000], noise['b'])[0, 1]) < .05


def by_hand(game, state, batch, move, keys=0):
  """Logits of real [D, n], of fakes [G, D, n], and z, in the first round.

  Before z is drawn, `keys` have been given to other noise.
  """
  key = state.key
  for i in (0, list(game.round).index(move), 0):
    key = jax.random.fold_in(key, i)

  @jax.jit
  def logits(state, batch):
    turn = G.Turn(game, state, batch, key)
    for _ in range(keys):
      turn.key()
    judge = lambda x: turn.apply('d', x, alike=True)
    real = judge(batch['x']) if move.player == 'd' else jnp.zeros(())
    z = jnp.stack([turn.normal(2) for _ in range(game.nets['g'].size)])
    fake = turn.apply('g', z)
    return real, jnp.stack([judge(x) for x in fake]), z
  return jax.device_get(logits(state, batch))


def squares(tree):
  return sum(float(jnp.sum(x ** 2)) for x in jax.tree.leaves(tree))


def test_losses_are_the_posteriors_over_n():
  game = build(discriminators=2, sigma=.7)
  state, batch = start(game, SOURCE), batches(SOURCE, game)
  one = {k: v[0] for k, v in batch.items()}
  _, logged = jax.jit(functools.partial(G.play, game))(state, batch)
  sp = lambda s: np.log1p(np.exp(s)).mean(-1)
  real, fake, z = by_hand(game, state, one, game.round[0])
  assert real.shape == (2, 64) and fake.shape == (3, 2, 64)
  assert np.abs(z[0] - z[1]).min() > 0, 'each generator has noise of its own'
  prior = lambda net: squares(state.params[net]) / (2 * .7 ** 2) / 1000
  np.testing.assert_allclose(
      logged['d/d_loss'],
      sum(sp(-real)) + sum(sp(fake).mean(0)) + prior('d'), rtol=1e-5)
  _, fake, _ = by_hand(game, state, one, game.round[1])
  np.testing.assert_allclose(
      logged['g/g_loss'], sum(sp(-fake).mean(1)) + prior('g'), rtol=1e-5)


def test_losses_of_the_code():
  game = build(discriminators=2, generators=3, form='code', alpha=.5, eta=4.,
               sigma=2.)
  state, batch = start(game, SOURCE), batches(SOURCE, game)
  one = {k: v[0] for k, v in batch.items()}
  _, logged = jax.jit(functools.partial(G.play, game))(state, batch)
  sp = lambda s: np.log1p(np.exp(s)).mean(-1)
  lse = lambda x: np.log(np.exp(x).sum(-1))
  real, fake, _ = by_hand(game, state, one, game.round[0], keys=1)
  own = np.asarray(posterior.prior_of_means(state.params['d'], 2.)) / 1000
  want = lse(3 * sp(-real)[:, None] + sp(fake).T + own[:, None]).sum()
  # Beside the noise, whose scale is 2 |theta| / N.
  slack = 8 * squares(state.params['d']) ** .5 / 1000
  assert abs(logged['d/d_loss'] - want) < slack < .1
  _, fake, _ = by_hand(game, state, one, game.round[1], keys=1)
  own = np.asarray(posterior.prior_of_means(state.params['g'], 2.)) / 1000
  want = lse(sp(-fake) + own[:, None]).sum()
  assert abs(logged['g/g_loss'] - want) < 8 * squares(
      state.params['g']) ** .5 / 1000


def test_features_are_matched_on_request():
  plain, matched = build(), build(matching=2.)
  state, batch = start(plain, SOURCE), batches(SOURCE, plain)
  found = [jax.jit(functools.partial(G.play, game))(
      state, batch)[1]['g/g_loss'] for game in (plain, matched)]
  one = {k: v[0] for k, v in batch.items()}
  _, _, z = by_hand(plain, state, one, plain.round[1])

  @jax.jit
  def distance(params, x, z):
    features = lambda x: plain.nets['d'].apply(
        dict(params=params['d']), x, alike=True, train=True,
        features=True)[1][0]
    fake = plain.nets['g'].apply(dict(params=params['g']), z, train=True)
    return sum(jnp.mean(optax.huber_loss(features(f), features(x)))
               for f in fake)
  far = distance(state.params, one['x'], z)
  np.testing.assert_allclose(found[1] - found[0], 2 * far, rtol=1e-3)


@functools.cache
def digits():
  """A round with few labels, and its chains; D's last bias says class 4."""
  source = data.make('digits', labelled=100)
  game = build(source, labels=True, discriminators=2, banked=2, every=1)
  state, batch = start(game, source), batches(source, game)
  params = dict(state.params, d=jax.tree.map(jnp.zeros_like,
                                             state.params['d']))
  bias = params['d']['base']['Dense_1']['bias']
  params['d']['base']['Dense_1']['bias'] = bias.at[0, 4].set(2.).at[
      1, 7].set(1.)
  return game, state.replace(params=params), batch


def test_labels_enter_as_cross_entropy():
  game, state, batch = digits()
  after, logged = jax.jit(functools.partial(G.play, game))(state, batch)
  y, w = (np.asarray(batch[k][0]) for k in ('y', 'labelled'))
  want = squares(state.params['d']) / 2 / len(data.make('digits'))
  for k, value in ((4, 2.), (7, 1.)):
    logits = value * (np.arange(10) == k)
    s = np.log(np.exp(logits).sum())
    sp = lambda s: np.log1p(np.exp(s))
    want += sp(-s) + sp(s) + np.average(s - logits[y], weights=w)
  np.testing.assert_allclose(logged['d/d_loss'], want, rtol=1e-5)
  x = dict(x=batch['x'][0])
  said = jax.jit(lambda s: game.critic(G.Turn(
      game, s, x, jax.random.key(0), train=False)))(after)
  p = np.stack([np.exp(v * (np.arange(10) == k)) for k, v in
                ((4, 2.), (7, 1.))])
  want = np.log((p / p.sum(1, keepdims=True)).mean(0))
  np.testing.assert_allclose(said, np.tile(want, (64, 1)), rtol=1e-5)


def test_mean_odds():
  s = np.array([[2., 0.], [-1., 0.]])
  p = (1 / (1 + np.exp(-s))).mean(0)
  np.testing.assert_allclose(chains.predictive_odds(jnp.asarray(s)),
                             np.log(p / (1 - p)), rtol=1e-5, atol=1e-6)


@functools.cache
def chained(steps=12):
  game = build(banked=3, every=2, start=4, g_optim=CHAIN, d_optim=CHAIN)
  play = jax.jit(functools.partial(G.play, game))
  states, batch = [start(game, SOURCE)], batches(SOURCE, game)
  for _ in range(steps):
    states.append(play(states[-1], batch)[0])
  return game, play, states, batch


def test_the_bank_holds_the_last_times():
  """Of rounds 4, 6, 8 and 10 it has room for three."""
  _, _, states, _ = chained()
  assert [int(s.memory['banked']) for s in states] == [
      0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
  for slot, step in ((0, 11), (1, 7), (2, 9)):
    for net in 'gd':
      jax.tree.map(
          lambda kept, now, slot=slot: np.testing.assert_array_equal(
              kept[slot], now),
          states[12].memory['bank'][net]['params'], states[step].params[net])


def test_samples_are_of_every_generator_in_the_bank_alike():
  game, _, states, _ = chained()
  state = states[12]
  bank = jax.tree.map(jnp.zeros_like, state.memory['bank'])
  last = bank['g']['params']['base']['Dense_1']
  last['bias'] += jnp.arange(9.).reshape(3, 3, 1)
  sample = jax.jit(lambda s, b: G.sample(game, s, b, jax.random.key(0))['x'])
  def shares(count, n):
    now = state.replace(memory=dict(bank=bank, banked=jnp.int32(count)))
    x = np.asarray(sample(now, dict(x=jnp.zeros((n, 2)))))
    return np.bincount(np.round(x[:, 0]).astype(int), minlength=9)
  np.testing.assert_array_equal(shares(3, 90), np.full(9, 10))
  np.testing.assert_array_equal(shares(1, 90), [30] * 3 + [0] * 6)
  few = shares(7, 5)
  assert few.sum() == 5 and few.max() == 1


def test_before_the_bank_has_any_samples_are_of_the_chains():
  game, _, states, _ = chained()
  sample = jax.jit(lambda s: G.sample(
      game, s, dict(x=jnp.zeros((9, 2))), jax.random.key(0))['x'])
  a, b = sample(states[0]), sample(states[1])
  assert np.abs(a - b).max() > 0 and np.ptp(a, axis=0).min() > 0


def test_chains_go_on_bit_by_bit(tmp_path):
  """With the noise, the momenta, Adam's moments and the bank."""
  _, play, states, batch = chained()
  for killed in (1, 7):
    with checkpoint.Checkpointer(tmp_path / str(killed)) as saved:
      saved.save(killed, states[killed], {})
      _, state, _ = saved.restore(states[0])
    for _ in range(killed, 12):
      state, _ = play(state, batch)
    def same(a, b):
      if jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
        a, b = jax.random.key_data(a), jax.random.key_data(b)
      np.testing.assert_array_equal(a, b)
    jax.tree.map(same, state, states[12])


def test_the_temperature_is_one_over_n():
  """Nothing pulls, no friction: steps are the noise of 2 alpha lr / N."""
  tx = chains.optimizer(dict(name='sghmc', lr=.5, alpha=1.), 50)
  wide = jnp.zeros(100_000)
  step, _ = tx.update(wide, tx.init(wide), wide)
  np.testing.assert_allclose(step.std(), (2 * .5 / 50) ** .5, rtol=.02)


@pytest.mark.parametrize('wrong, message', [
    (dict(form='cod'), "Did you mean 'code'"),
    (dict(labels=True), 'needs labels')])
def test_mistakes(wrong, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(**wrong)
