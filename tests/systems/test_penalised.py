"""Systems of a penalty, a norm or a margin, on a D that is linear."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import terms
from gans_jax.losses import adversarial, boundary, classification
from gans_jax.nets.layers import spectral
from gans_jax.systems import (
    dragan, f_gan, geometric_gan, lsgan, r1_gan, sagan, sngan)
from tests.nets.filled import quick
from tests.systems.test_exact import LINEAR, batches, start, with_d

STILL = dict(name='sgd', lr=0.)
STILLS = dict(g_optim=STILL, d_optim=STILL)
W = [3., 4.]    # a slope of 5


def rounds_of(module, w=W, bias=0., rounds=1, **options):
  """Metrics of the rounds of a D that says <w, x> + bias, and stays."""
  source, logs = data.make('ring8', n=1000), []
  game = module.build(source.spec, **{**dict(nets=LINEAR, z=2), **STILLS,
                                      **options})
  state = with_d(start(game, source), w, bias)
  play = jax.jit(functools.partial(G.play, game))
  for i in range(rounds):
    state, found = play(state, batches(source, game, step=i))
    logs.append(found)
  return logs


def played(module, w=W, bias=0., **options):
  return rounds_of(module, w, bias, **options)[0]


@pytest.mark.parametrize('points', ['around_real', 'around_real_centred'])
def test_dragan_s_penalty(points):
  """lambda (|w| - 1)^2, next to the loss of GAN."""
  found = played(dragan, points=points, weight=3.)
  plain = played(dragan, points=points, weight=0.)
  np.testing.assert_allclose(found['d/gradient_norm'], 5., rtol=1e-5)
  np.testing.assert_allclose(found['d/penalty'], 3 * 16., rtol=1e-5)
  np.testing.assert_allclose(found['d/d_loss'] - plain['d/d_loss'], 48.,
                             rtol=1e-4)


def test_r1_and_r2_are_halves_of_squared_slopes():
  found = played(r1_gan, r1=2., r2=.4)
  np.testing.assert_allclose(found['d/r1'], 25., rtol=1e-5)
  np.testing.assert_allclose(found['d/r2'], 5., rtol=1e-5)
  assert 'd/r2' not in played(r1_gan, r1=2.)


def test_lazy_r1_is_rarer_and_as_many_times_as_strong():
  """Every third round, three times 25, and nothing in between."""
  values = [found['d/lazy_r1'] for found in rounds_of(
      r1_gan, r1=2., every=3, rounds=4)]
  np.testing.assert_allclose([values[0], values[3]], 75., rtol=1e-5)
  assert np.isnan(values[1]) and np.isnan(values[2])
  for options in (dict(r1=-1.), dict(r1=0.), dict(every=0)):
    with pytest.raises(errors.ConfigError, match='weights are 0 or more'):
      played(r1_gan, **options)


@pytest.mark.parametrize('targets, d, g', [
    ((0., 1., 1.), .5, .5), ((-1., 1., 0.), 1., 0.), ((.5, 2., 1.), 2.125, .5)])
def test_lsgan_at_zero(targets, d, g):
  found = played(lsgan, [0., 0.], targets=targets)
  np.testing.assert_allclose(
      [found['d/d_loss'], found['g/g_loss']], [d, g], rtol=1e-6)


def test_lsgan_s_targets():
  for targets in ((1., 1., 0.), (0., 1.)):
    with pytest.raises(errors.ConfigError, match='a != b'):
      played(lsgan, targets=targets)


def test_geometric_gan_s_loss_by_hand():
  """|w|^2 / (2 B C) and the two hinges; G's loss has none."""
  found = played(geometric_gan, bias=-.5, c=.5)
  np.testing.assert_allclose(found['d/margin'], 25. / (2 * 64 * .5), rtol=1e-5)
  far = played(geometric_gan, [0., 0.], bias=-9.)     # beyond both hinges
  np.testing.assert_allclose(far['d/d_loss'], 10., rtol=1e-6)
  np.testing.assert_allclose(far['g/g_loss'], 9., rtol=1e-6)
  with pytest.raises(errors.ConfigError, match='above 0'):
    played(geometric_gan, c=0.)


def test_geometric_gan_finds_the_hard_margin():
  """Real +2, fake -2 on the line: w = 1/2, b = 0, no hinge, L_D = .125.

  With B = C = 1, as the loss's subgradients say: at (1/2, 0) both samples lie
  on the margin, and every step of w or b costs more than it saves.
  """
  def loss(w, b):
    class Turn:
      params, n = dict(d=dict(Dense_0=dict(kernel=w[None, None]))), 1
    return terms.margin(1.)(Turn, None) + adversarial.hinge.d(
        2. * w[None] + b, -2. * w[None] + b)
  w, b = np.meshgrid(np.linspace(.3, .7, 81), np.linspace(-.2, .2, 81))
  values = quick(jax.vmap(loss), w.ravel(), b.ravel())
  least = values.argmin()
  np.testing.assert_allclose([w.ravel()[least], b.ravel()[least]], [.5, 0.],
                             atol=1e-6)
  np.testing.assert_allclose(values[least], .125, rtol=1e-6)


def test_the_margin_is_of_the_last_layer_alone():
  deep = dict(Dense_0=dict(kernel=jnp.ones((2, 3)), bias=jnp.ones(3)),
              Dense_1=dict(kernel=jnp.full((3, 1), 2.), bias=jnp.ones(1)))
  np.testing.assert_array_equal(terms.last_kernel(deep), 2.)
  with pytest.raises(errors.ConfigError, match='2 such layers'):
    terms.last_kernel(dict(deep, Dense_2=deep['Dense_1']))


@pytest.mark.parametrize('module', [sngan, sagan])
def test_spectral_vectors_move_once_a_step_of_d(module):
  """By one power iteration, however many passes D's and G's losses make."""
  source = data.make('ring8', n=1000)
  game = module.build(
      source.spec, nets=dict(name='mlp', hidden=(16,), spectral=True), z=2,
      conditional=False, **STILLS)
  state = start(game, source)
  before = state.stats['d']['spectral']['SpectralNorm_0']
  kernel = state.params['d']['Dense_0']['kernel']
  batch = {k: v[-1] for k, v in batches(source, game).items()}
  d_move, g_move = (m for item in game.round for m in item.moves)
  step = jax.jit(lambda s, m: G.simultaneous(
      game, [m], s, batch, jax.random.key(0))[0].stats['d']['spectral'][
          'SpectralNorm_0'], static_argnums=1)
  u, v = quick(spectral.power_iteration, kernel, before['u'])
  moved = step(state, d_move)
  np.testing.assert_allclose(moved['u'], u, atol=1e-6)
  np.testing.assert_allclose(moved['v'], v, atol=1e-6)
  jax.tree.map(np.testing.assert_array_equal, step(state, g_move), before)


def test_hinge_of_equal_nets_is_two_by_any_small_score():
  for w in ([0., 0.], [.1, -.1]):
    found = played(sagan, w, conditional=False)
    assert abs(found['d/d_loss'] - 2. + found['d/gap']) < 1e-5


@pytest.mark.parametrize('name', sorted(boundary.BOUNDARIES))
def test_boundary_losses_are_finite_far_out(name):
  pair = boundary.BOUNDARIES[name]
  found = quick(jax.vmap(lambda r, f: (
      jax.value_and_grad(pair.d, (0, 1))(r, f),
      jax.value_and_grad(pair.g)(f))),
      np.float32([-50, -50, 50, 50]), np.float32([-50, 50, -50, 50]))
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(found))


def test_class_losses_are_finite_far_out():
  """Ten logits of +-50 in all signs of the first three."""
  signs = np.float32([[a, b, c] + [1.] * 7 for a in (-1, 1) for b in (-1, 1)
                      for c in (-1, 1)])
  def everything(l):
    s = classification.real_logit(l)
    return (classification.cross_entropy(l, jnp.zeros(len(l), jnp.int32)),
            adversarial.minimax.d(s, s), adversarial.minimax.g(s))
  found = quick(lambda l: (everything(l), jax.jacobian(everything)(l)),
                50 * signs)
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(found))


def test_f_gan_s_own_loss_and_the_alternative_differ():
  """-E f*(g(v)) saturates where -E g(v) does not: GAN's row at v = -8."""
  found = [played(f_gan, [0., 0.], bias=-8., divergence=dict(name='gan'),
                  alternative=other)['g/g_loss'] for other in (False, True)]
  np.testing.assert_allclose(found, [-np.log1p(np.exp(-8)),
                                     np.log1p(np.exp(8))], rtol=1e-4)


def test_every_kernel_of_a_labelled_d_is_normalised():
  """The projection's, too."""
  source = data.make('digits')
  for nets in (dict(name='mlp', hidden=(6,), spectral=True, projection=True),
               dict(name='resnet', width=4, d_width=(4,), d_downs=0,
                    spectral=True)):
    game = sngan.build(source.spec, nets=nets, z=2, conditional=True)
    state = jax.eval_shape(functools.partial(G.init, game), jax.random.key(0),
                           {k: v[-1] for k, v in batches(
                               source, game, 4).items()})
    named = lambda tree, name: [
        path for path, _ in jax.tree_util.tree_leaves_with_path(tree)
        if path[-1].key == name]
    kernels = named(state.params['d'], 'kernel')
    assert any(path[0].key == 'projection' for path in kernels)
    assert len(named(state.stats['d']['spectral'], 'u')) == len(kernels)
