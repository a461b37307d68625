"""Games over pairs (x, z), against closed forms."""

import dataclasses
import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import bidirectional, encoders
from gans_jax.losses import joint
from gans_jax.nets import bigbigan as nets
from gans_jax.nets import mlp
from gans_jax.systems import ali, bigan

SGD = dict(name='sgd', lr=0.1)
K = 6
DENSE = dict(name='dense', hidden=(8,))


class Turned(nn.Module):
  """One-hot rows, moved on by `by` places; a bijection with one weight."""

  by: int

  @nn.compact
  def __call__(self, x, *, train, features=False):
    weight = self.param('weight', nn.initializers.ones_init(), ())
    return weight * jnp.roll(x, self.by, -1)


class Table(nn.Module):
  """A logit for every pair of one-hot rows: every D there is."""

  @nn.compact
  def __call__(self, x, z, *, train):
    init = nn.initializers.normal(1.)
    return jnp.einsum('bi,ij,bj->b', x, self.param('s', init, (K, K)), z)


def scan(game, state, batches, n):
  """State after n rounds on one batch, and D's losses."""
  def body(state, _):
    state, logged = G.play(game, state, batches)
    return state, logged['d/d_loss']
  return jax.jit(lambda s: jax.lax.scan(body, s, None, n))(state)


def best_d_loss(back):
  """Least loss of D where E moves by 1 and G back by `back` of K places."""
  everything = jnp.eye(K)
  game = bidirectional.bidirectional(
      Turned(-back), Turned(1), Table(), joint.non_saturating,
      lambda t: everything, encoders.deterministic(), g_tx=optax.sgd(0.),
      d_tx=optax.sgd(3.))
  batches = dict(x=everything[None])
  state = G.init(game, jax.random.key(0), dict(x=everything))
  return scan(game, state, batches, 300)[1]


def test_where_g_is_the_inverse_of_e_the_best_d_says_a_half():
  """Both joints are then one, on a finite set: theorem 2 of the paper."""
  losses = best_d_loss(1)
  assert losses[0] > np.log(4) + .1
  assert (losses > np.log(4) - 1e-6).all()
  np.testing.assert_allclose(losses[-1], np.log(4), atol=1e-5)


def test_where_it_is_not_d_tells_them_apart():
  assert best_d_loss(2)[-1] < .1


def digits():
  return data.make('digits')


def begin(game, source):
  first = source.batch(np.arange(16))
  state = jax.jit(functools.partial(G.init, game))(jax.random.key(0), first)
  # NumPy, since every operation on a JAX array would be compiled in turn.
  return state.replace(**{
      f: jax.device_get(getattr(state, f)) for f in ('params', 'stats', 'opt')})


def played(game, source, state, rounds=3):
  """The state after some rounds, and what was logged."""
  loader = data.Loader(source, 16, 0, batches=game.batches, rounds=rounds)
  batches = loader.batch(0)
  run = lambda s, b: jax.lax.scan(lambda s, b: G.play(game, s, b), s, b)
  after, logged = jax.jit(run)(state, batches)
  return jax.device_get((after.replace(key=0), logged))


def test_ali_with_a_deterministic_encoder_is_bigan():
  source = digits()
  options = dict(nets=DENSE, z=3, prior='normal', g_optim=SGD, d_optim=SGD)
  a_game = ali.build(source.spec, **options)
  start = begin(a_game, source)
  last = start.params['e']['Dense_1']

  def narrow(change):
    """E whose second half of outputs, log sigma, are constants."""
    e = {**start.params['e'], 'Dense_1': change}
    return start.replace(params={**start.params, 'e': e})

  # exp(-100) is 0 beside any mean.
  flat = lambda x, value: np.where(np.arange(6) < 3, x, np.float32(value))
  a = narrow(dict(kernel=flat(last['kernel'], 0.),
                  bias=flat(last['bias'], -100.)))
  b = narrow(dict(kernel=last['kernel'][:, :3], bias=last['bias'][:3]))
  a, a_logged = played(a_game, source, a)
  b, b_logged = played(bigan.build(source.spec, **options), source, b)
  for name in a_logged:
    np.testing.assert_allclose(a_logged[name], b_logged[name], rtol=1e-5)
  cut = jax.tree.map(lambda x: x, a.params)
  cut['e']['Dense_1'] = jax.tree.map(
      lambda x: x[..., :3], cut['e']['Dense_1'])
  jax.tree.map(lambda x, y: np.testing.assert_allclose(x, y, atol=1e-6),
               cut, b.params)
  moved = jax.tree.map(lambda x, y: np.abs(x - y).max(),
                       a.params, narrow(last).params)
  assert all(max(jax.tree.leaves(moved[net])) > 1e-3 for net in 'dge')


class Noisy(nn.Module):
  """x = z + s n: a likelihood."""

  s: float

  @nn.compact
  def __call__(self, z, *, train):
    weight = self.param('weight', nn.initializers.ones_init(), ())
    noise = jax.random.normal(self.make_rng('noise'), z.shape)
    return weight * z + self.s * noise


class Linear(nn.Module):
  """Mean and log sigma of z given x: the posterior of `Noisy`, at first."""

  s: float

  @nn.compact
  def __call__(self, x, *, train):
    share = self.param('share', nn.initializers.constant(1 / (1 + self.s ** 2)),
                       ())
    log_sigma = jnp.full_like(x, .5 * np.log(self.s ** 2 / (1 + self.s ** 2)))
    return jnp.concatenate([share * x, log_sigma], -1)


def test_ali_at_the_posterior_of_a_linear_gaussian_model():
  """D's loss is log 4 there, and less for another q(z | x)."""
  s, n = .7, 2048
  game = bidirectional.bidirectional(
      Noisy(s), Linear(s), mlp.Discriminator((16, 16)), joint.non_saturating,
      lambda t: t.normal(1), encoders.gaussian(), g_tx=optax.sgd(0.),
      d_tx=optax.adam(1e-2))

  def losses(share):
    state = G.init(game, jax.random.key(0), dict(x=jnp.zeros((4, 1))))
    state = state.replace(params={**state.params, 'e': dict(share=share)})
    def body(state, key):
      z, noise = jax.random.normal(key, (2, n, 1))
      state, logged = G.play(game, state, dict(x=(z + s * noise)[None]))
      return state, logged['d/d_loss']
    return jax.lax.scan(
        body, state, jax.random.split(jax.random.key(1), 200))[1]

  right, wrong = jax.jit(jax.vmap(losses))(
      np.float32([1 / (1 + s ** 2), 1.]))
  np.testing.assert_allclose(np.mean(right[-50:]), 1.386, atol=.01)
  assert np.mean(wrong[-50:]) < 1.36


def test_bigbigan_losses_at_known_scores():
  zero = jnp.zeros((5, 3))
  assert joint.hinge.d(zero, zero) == 6. and joint.hinge.g(zero, zero) == 0.
  two = zero + 2.
  assert joint.hinge.d(two, -two) == 0. and joint.hinge.g(two, -two) == 12.
  # No hinge bounds what E and G gain.
  assert joint.hinge.g(10 * two, -10 * two) == 120.


def test_each_pair_of_losses_at_zero_and_far_out():
  zero, far = jnp.zeros(4), jnp.full(4, 50.)
  for name in ('minimax', 'non_saturating'):
    np.testing.assert_allclose(joint.JOINTS[name].d(zero, zero), np.log(4),
                               rtol=1e-6)
  np.testing.assert_allclose(joint.minimax.g(zero, zero), -np.log(4), rtol=1e-6)
  for pair in joint.JOINTS.values():
    for s, t in ((far, -far), (-far, far)):
      for f in pair:
        value, slopes = jax.value_and_grad(f, (0, 1))(s, t)
        assert np.isfinite(value) and np.isfinite(slopes).all()
    # E and G lower the scores of encoded pairs, and raise those of generated.
    d = jax.grad(pair.d, (0, 1))(zero, zero)
    g = jax.grad(pair.g, (0, 1))(zero, zero)
    assert (d[0] < 0).all() and (d[1] > 0).all()
    assert (g[0] > 0).all() and (g[1] < 0).all()


@pytest.mark.parametrize('unary, loss', [(True, 6.), (False, 2.)])
def test_scores_of_x_and_of_z_alone_can_be_left_out(unary, loss):
  d = nets.Towers(mlp.Discriminator((8,)), 8, 1, unary, spectral=False)
  x, z = jnp.ones((4, 5)), jnp.ones((4, 3))
  def run(x, z):
    variables = d.init(jax.random.key(0), x, z, train=True)
    zero = jax.tree.map(jnp.zeros_like, variables)
    return [d.apply(v, x, z, train=True) for v in (variables, zero)]
  scores, zero = jax.jit(run)(x, z)
  assert scores.shape == (4, 3 if unary else 1)
  assert joint.hinge.d(zero, zero) == loss and joint.hinge.g(zero, zero) == 0.


def test_calling_the_other_pair_real_changes_only_the_sign_of_d():
  """Where D is linear: its scores are then those of the other, negated."""
  source, params = digits(), []
  plain = bigan.build(source.spec, nets=DENSE, z=3, prior='normal',
                      g_optim=SGD, d_optim=SGD)
  for flipped in (False, True):
    game = bidirectional.bidirectional(
        plain.nets['g'], plain.nets['e'], mlp.Discriminator(()),
        joint.non_saturating, plain.latents['z'].draw,
        encoders.deterministic(), g_tx=optax.sgd(.1), d_tx=optax.sgd(.1),
        flipped=flipped)
    state = begin(game, source)
    turned = lambda p: {**p, 'd': jax.tree.map(
        lambda x: -x if flipped else x, p['d'])}
    state = state.replace(params=turned(state.params))
    params.append(turned(played(game, source, state)[0].params))
  jax.tree.map(lambda x, y: np.testing.assert_allclose(x, y, atol=1e-6),
               *params)


def test_all_three_move_from_one_forward_pass():
  """D, E and G see the same z and codes: their losses mirror each other."""
  source = digits()
  game = ali.build(source.spec, nets=DENSE, z=3, g_optim=SGD, d_optim=SGD)
  objective = dict(d=[], g=[])
  def record(side):
    def loss(encoded, generated):
      objective[side] = [encoded, generated]
      return jnp.mean(encoded) - jnp.mean(generated)
    return loss
  game = bidirectional.bidirectional(
      *(game.nets[k] for k in 'ged'), joint.Joint(record('d'), record('g')),
      game.latents['z'].draw, encoders.gaussian(), g_tx=optax.sgd(1.),
      d_tx=optax.sgd(1.))
  _, logged = played(game, source, begin(game, source), rounds=2)
  np.testing.assert_array_equal(logged['d/d_loss'], logged['g/eg_loss'])
  assert objective['d'] and len(game.round) == 1 and game.batches == 1


def test_the_regressor_fits_z_and_d_never_sees_it():
  source = digits()
  options = dict(nets=dict(name='bigan', width=8), z=3, g_optim=SGD,
                 d_optim=SGD)
  game = bigan.build(source.spec, **options, regressor=dict(weight=2.))
  joint_game = bigan.build(source.spec, **options)
  start = begin(game, source)
  _, logged = played(game, source, start, rounds=2)
  assert len(jax.tree.leaves(start.params['d'])) == 3
  other = jax.eval_shape(functools.partial(G.init, joint_game),
                         jax.random.key(0), source.spec.zeros(4))
  assert len(jax.tree.leaves(other.params['d'])) == 4    # z's weights, too
  # E's loss is that of codes, of U(-1, 1): 2 (1/3 + E E(x)^2), E(x) near 0.
  np.testing.assert_allclose(logged['e/e_loss'][0], 2 / 3, atol=.25)
  with pytest.raises(errors.ConfigError, match="'weigth'.*'weight'"):
    bigan.build(source.spec, **options, regressor=dict(weigth=2.))


def test_encoders_draw_while_training_and_not_for_reconstructions():
  x = jnp.asarray(np.random.default_rng(0).normal(size=(4, 2)), jnp.float32)

  class Net(nn.Module):
    @nn.compact
    def __call__(self, *parts, train, features=False):
      h = jnp.concatenate(parts, -1)
      return (h, 2 * h) if features else h

  game = G.Game(nets=dict(e=Net()), players={}, round=(), sample=lambda t: x)
  state = G.State(0, jax.random.key(0), dict(e={}), dict(e={}), {}, {}, {})
  turn = lambda seed=1: G.Turn(game, state, dict(x=x), jax.random.key(seed))
  plain = encoders.make('deterministic')
  np.testing.assert_array_equal(plain.encode(turn(), x), x)
  np.testing.assert_array_equal(plain.features(turn(), x), 2 * x)

  noise = encoders.make('noise', dims=3)
  drawn = noise.encode(turn(), x)
  assert drawn.shape == (4, 5) and (drawn[:, 2:] != 0).all()
  np.testing.assert_array_equal(noise.encode(turn(), x, drawn=False)[:, 2:], 0)

  wide = jnp.concatenate([x, jnp.full((4, 2), 3.)], -1)
  for scale, sigma in (('exp', np.exp(3.)), ('softplus', np.log1p(np.exp(3.)))):
    gaussian = encoders.make('gaussian', scale=scale)
    assert gaussian.outputs == 2
    mean = gaussian.encode(turn(), wide, drawn=False)
    np.testing.assert_array_equal(mean, x)
    gap = [(gaussian.encode(turn(i), wide) - mean) for i in range(400)]
    np.testing.assert_allclose(np.std(gap), sigma, rtol=.05)
  with pytest.raises(errors.ConfigError, match="'softplus'"):
    encoders.make('gaussian', scale='soft')


def small(d, n_critic=1, e_tx=None):
  """A game of small dense nets with this D."""
  source = digits()
  plain = bigan.build(source.spec, nets=DENSE, z=3, g_optim=SGD, d_optim=SGD)
  return source, bidirectional.bidirectional(
      plain.nets['g'], plain.nets['e'], d, joint.hinge,
      plain.latents['z'].draw, encoders.deterministic(), g_tx=optax.sgd(.1),
      d_tx=optax.sgd(.1), e_tx=e_tx, n_critic=n_critic)


def same(a, b):
  return jax.tree.all(jax.tree.map(lambda x, y: bool((x == y).all()), a, b))


def test_e_may_have_a_rate_of_its_own_and_d_more_steps():
  source, game = small(mlp.Discriminator((8,)), n_critic=2, e_tx=optax.sgd(0.))
  assert [m.player for m in game.round] == ['d', 'g'] and game.batches == 2
  before = begin(game, source)
  after, _ = played(game, source, before, rounds=1)
  assert [same(before.params[n], after.params[n]) for n in 'dge'] == [
      False, False, True]


def test_spectral_vectors_move_once_a_step_of_d():
  """E's and G's move, which sees the same pass, leaves them."""
  source, game = small(mlp.Discriminator((8,), spectral=True))
  start, moved = begin(game, source), []
  for moves in (game.round[0].moves[:1], game.round[0].moves):
    part = dataclasses.replace(game, round=(G.Together(moves, shared=True),))
    moved.append(played(part, source, start, rounds=1)[0].stats['d'])
  assert same(*moved) and not same(moved[0], start.stats['d'])
