"""EBGAN, BEGAN and VEEGAN against what can be computed by hand."""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.losses import reconstruction
from gans_jax.nets import autoencoder, began as began_nets
from gans_jax.systems import began, ebgan, veegan
from tests.nets.filled import count, draw, quick
from tests.systems.test_exact import LINEAR, batches, start

STILL = dict(name='sgd', lr=0.)
STILLS = dict(g_optim=STILL, d_optim=STILL)


def zeros(tree):
  return jax.tree.map(jnp.zeros_like, tree)


def silent(module, error, bias=(0., 0.), memory=None, **options):
  """One round of a D that reconstructs nothing and a G that makes `bias`."""
  source = data.make('ring8', n=1000)
  game = module.build(
      source.spec, nets=dict(name='autoencoder', hidden=(), d_hidden=(4,),
                             code=3, error=error), z=2, **STILLS, **options)
  state = start(game, source)
  params = zeros(state.params)
  params['g']['Dense_0']['bias'] = jnp.asarray(bias)
  state = state.replace(params=params, memory={
      k: jnp.float32(v) for k, v in (memory or dict(state.memory)).items()})
  batch = batches(source, game)
  state, logged = jax.jit(functools.partial(G.play, game))(state, batch)
  return state, logged, np.asarray(batch['x'][-1])


@pytest.mark.parametrize('bias, hinge', [
    ((0., 0.), .5), ((.6, .8), 0.), ((.6, 0.), .5 - .18)])
def test_ebgan_of_a_silent_autoencoder(bias, hinge):
  """D(x) = mean x^2; a fake above the margin costs D nothing."""
  _, found, x = silent(ebgan, 'mean_square', bias, margin=.5)
  np.testing.assert_allclose(
      found['d/d_loss'], np.mean(x ** 2) + hinge, rtol=1e-5)
  np.testing.assert_allclose(
      found['g/g_loss'], np.mean(np.square(bias)), atol=1e-6)
  assert found['g/cosine'] == 0       # codes of zeros
  with pytest.raises(errors.ConfigError, match='margin'):
    silent(ebgan, 'mean_square', margin=0.)


def test_the_energy_s_slope_is_of_what_is_made_and_of_what_is_compared():
  """A x is made of x: the slope of |x - A x|^2 is 2 (I - A)^T (I - A) x."""
  a, x = draw(3, 3), draw(4, 3, seed=2)
  class Linear(nn.Module):
    @nn.compact
    def __call__(self, x, *, train):
      return x @ a.T, x
  net = autoencoder.Energy(Linear(), reconstruction.sum_square)
  found = quick(jax.grad(lambda x: jnp.sum(net.apply({}, x, train=True))), x)
  rest = np.eye(3) - a
  np.testing.assert_allclose(found, 2 * x @ (rest.T @ rest).T, rtol=1e-4,
                             atol=1e-5)


def test_ebgan_pulls_the_codes_of_fakes_apart():
  """Fakes that are all alike have cosines of 1, weighed by w."""
  source = data.make('ring8', n=1000)
  game = ebgan.build(source.spec, nets=dict(
      name='autoencoder', hidden=(), d_hidden=(4,), code=3), z=2, pull=.3,
      **STILLS)
  state = start(game, source)
  g = zeros(state.params['g'])
  g['Dense_0']['bias'] = jnp.array([1., .5])
  state = state.replace(params={**state.params, 'g': g})
  _, found = jax.jit(functools.partial(G.play, game))(
      state, batches(source, game))
  np.testing.assert_allclose(found['g/cosine'], 1., rtol=1e-4)
  np.testing.assert_allclose(found['g/pulling_away'], .3, rtol=1e-4)
  assert 'cosine' not in ''.join(silent(
      ebgan, 'mean_square', pull=0.)[1])


def test_began_s_balance_and_measure():
  """L(x) = mean |x| and L(G) = .4: both losses, k and M as printed."""
  state, found, x = silent(
      began, 'mean_absolute', (.5, -.3), memory=dict(k=.3, real=0.),
      gamma=.5, rate=.01)
  real = np.mean(np.abs(x))
  np.testing.assert_allclose(found['d/d_loss'], real - .3 * .4, rtol=1e-5)
  np.testing.assert_allclose(found['g/g_loss'], .4, rtol=1e-5)
  np.testing.assert_allclose(
      state.memory['k'], .3 + .01 * (.5 * real - .4), rtol=1e-5)
  np.testing.assert_allclose(
      found['g/convergence'], real + abs(.5 * real - .4), rtol=1e-5)
  np.testing.assert_allclose(
      found['g/imbalance'], abs(.5 * real - .4) / real, rtol=1e-4)
  assert found['g/k'] == np.float32(.3)     # that of this round's losses


def test_began_s_k_begins_at_zero_and_stays_in_bounds():
  assert silent(began, 'mean_absolute')[1]['g/k'] == 0
  state, *_ = silent(began, 'mean_absolute', (9., 9.), rate=1.)
  assert state.memory['k'] == 0
  state, *_ = silent(began, 'mean_absolute', (0., 0.), rate=9.)
  assert state.memory['k'] == 1


def test_began_s_nets():
  """Figure 1 by its layers, n = 64, 32 pixels, h = 64."""
  conv = lambda a, b: 9 * a * b + b
  n, h = 64, 64
  decoder = h * 64 * n + 64 * n + 6 * conv(n, n) + conv(n, 3)
  x, z = np.zeros((2, 32, 32, 3)), np.zeros((2, h))
  assert count(began_nets.Generator((32, 32, 3), n), z) == decoder
  encoder = (conv(3, n) + 2 * conv(n, n) + conv(n, n)            # 32 px
             + conv(n, 2 * n) + 2 * conv(2 * n, 2 * n)           # 16 px
             + conv(2 * n, 3 * n) + conv(3 * n, 3 * n)           # 8 px
             + 64 * 3 * n * h + h)
  net = began_nets.Autoencoder(n, h)
  assert count(net, x) == encoder + decoder
  made, codes = jax.eval_shape(
      lambda: net.init_with_output(jax.random.key(0), x)[0])
  assert made.shape == x.shape and codes.shape == (2, h)
  with pytest.raises(errors.ConfigError, match='8, 16, 32'):
    jax.eval_shape(lambda: net.init(jax.random.key(0), x[:, :24, :24]))


def test_convolutional_autoencoder():
  """(64)4c2s-(128)4c2s-(256)4c2s-(128)4c2s-(64)4c2s-(3)4c2s."""
  net = autoencoder.Convolutional()
  x = np.zeros((2, 64, 64, 3))
  widths = (3, 64, 128, 256, 128, 64, 3)
  kernels = 16 * sum(a * b for a, b in zip(widths, widths[1:]))
  norms = 2 * (128 + 256 + 128 + 64)
  assert count(net, x) == kernels + norms + 64 + 3
  made, codes = jax.eval_shape(lambda: net.init_with_output(
      jax.random.key(0), x, train=True)[0])
  assert made.shape == x.shape and codes.shape == (2, 8 * 8 * 256)
  with pytest.raises(errors.ConfigError, match='halvings'):
    jax.eval_shape(lambda: net.init(
        jax.random.key(0), x[:, :36, :36], train=True))


def vee(d_kernel, std=.1, lr=0., weight=1., ema=0.):
  """Linear nets: G and F make zeros, D is s = k . (x, z)."""
  source = data.make('ring8', n=1000)
  step = dict(name='sgd', lr=lr)
  game = veegan.build(source.spec, nets=LINEAR, z=3, std=std, weight=weight,
                      g_optim=step, d_optim=step, f_optim=STILL, ema=ema)
  state = start(game, source)
  params = zeros(state.params)
  params['d']['Dense_0']['kernel'] = jnp.asarray(d_kernel)[:, None]
  return game, state.replace(params=params), batches(source, game)


@pytest.mark.parametrize('weight', [1., .5])
def test_veegan_of_silent_nets(weight):
  """E |z - F|^2 = E |z|^2 + 3 std^2; F and G of zeros, D of zeros."""
  game, state, batch = vee(np.zeros(5), std=2., weight=weight)
  _, found = jax.jit(functools.partial(G.play, game))(state, batch)
  np.testing.assert_allclose(found['d/d_loss'], np.log(4), rtol=1e-6)
  assert abs(found['f/f_loss'] / weight - 3 - 12) < 1.
  np.testing.assert_allclose(found['g/g_loss'], found['g/reconstruction'])


def test_veegan_may_weigh_reconstruction_by_the_step():
  game, state, batch = vee(np.zeros(5), std=2., weight=dict(
      start=1., end=0., steps=4))
  _, half = G.play(game, state.replace(step=state.step + 2), batch)
  _, none = G.play(game, state.replace(step=state.step + 4), batch)
  assert abs(2 * half['f/f_loss'] - 3 - 12) < 1. and none['f/f_loss'] == 0


def test_veegan_samples_with_an_average_of_g():
  game, state, batch = vee([1., 0., 0., 0., 0.], lr=.1, ema=.75)
  state = state.replace(ema=dict(g=zeros(state.ema['g'])))
  after, _ = G.play(game, state, batch)
  assert set(after.ema) == {'g'}
  np.testing.assert_allclose(
      after.ema['g']['Dense_0']['bias'],
      .25 * after.params['g']['Dense_0']['bias'], rtol=1e-6)


def test_veegan_judges_pairs_and_tells_which_is_which():
  """D sees x before z: real pairs have the data, fake ones G(z) = 0."""
  game, state, batch = vee([1., 0., 0., 0., 0.], lr=.1)
  after, found = jax.jit(functools.partial(G.play, game))(state, batch)
  np.testing.assert_allclose(
      found['d/real'], batch['x'][0, :, 0].mean(), rtol=1e-4)
  assert found['d/fake'] == 0
  # s is log q/p: up for G's pairs. A step of D raises the bias by what it
  # says of fakes less what it says of real ones.
  gap = np.mean(1 / (1 + np.exp(-np.asarray(batch['x'][0, :, 0]))))
  np.testing.assert_allclose(
      after.params['d']['Dense_0']['bias'], .1 * (.5 - gap), atol=1e-5)
  # G lowers s, D's slope of x being about 1, and F is zero.
  assert after.params['g']['Dense_0']['bias'][0] < -.05
