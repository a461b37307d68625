"""VAE/GAN, CVAE-GAN and IAN: closed forms, and who learns of which loss."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors, optim
from gans_jax import game as G
from gans_jax.losses import classification
from gans_jax.losses import variational
from gans_jax.systems import cvae_gan, ian, vae_gan
from tests.systems.test_exact import batches, start

RATE = .5
SGD = dict(name='sgd', lr=RATE)
STILL = dict(name='sgd', lr=0.)
DENSE = dict(name='dense', hidden=(7,))
INTRO = dict(name='ian_dense', hidden=(7, 6), e_hidden=(5,))
KL = .818147             # of N(1, .25) from N(0, 1)
LOG_VARIANCE = np.log(.25)


@functools.cache
def digits():
  return data.make('digits')


def built(module, rate=SGD, **options):
  nets = INTRO if module is ian else DENSE
  optims = {f'{p}_optim': rate for p in ('egdc' if module is cvae_gan
                                         else 'egd')}
  game = module.build(digits().spec, **{
      'nets': nets, 'z': 3, **optims, **options})
  return game, start(game, digits(), 16)


def played(game, state):
  return jax.jit(functools.partial(G.play, game))(
      state, batches(digits(), game, 16))


def zeroed(state, net, bias=None):
  """With a last layer of `net` that gives its bias, 0 by default."""
  last = max(k for k in state.params[net] if k.startswith('Dense'))
  new = jax.tree.map(jnp.zeros_like, state.params[net][last])
  if bias is not None:
    new['bias'] = jnp.asarray(bias, jnp.float32)
  return state.replace(params={
      **state.params, net: {**state.params[net], last: new}})


def same(a, b):
  return jax.tree.all(jax.tree.map(
      lambda x, y: bool((np.asarray(x) == np.asarray(y)).all()), a, b))


def close(a, b, tolerance=2e-6):
  jax.tree.map(lambda x, y: np.testing.assert_allclose(
      x, y, rtol=1e-5, atol=tolerance), a, b)


def gaussian(state, log=LOG_VARIANCE):
  """E gives N(1, .25) for every example, by its log variance."""
  return zeroed(state, 'e', np.repeat([1., log], 3))


def test_vae_gan_at_known_outputs():
  game, state = built(vae_gan, STILL, gamma=.25)
  _, found = played(game, gaussian(zeroed(state, 'd')))
  np.testing.assert_allclose(found['e/prior'], 3 * KL, rtol=1e-5)
  np.testing.assert_allclose(
      found['e/e_loss'], found['e/prior'] + found['e/llike'], rtol=1e-6)
  np.testing.assert_allclose(
      found['g/g_loss'], .25 * found['e/llike'] + 2 * np.log(2), rtol=1e-6)
  np.testing.assert_allclose(found['d/d_loss'], 3 * np.log(2), rtol=1e-6)


def drawn(game, state):
  """The turn of a round's first item, and what it makes of its batch."""
  key = jax.random.fold_in(jax.random.fold_in(state.key, 0), 0)
  batch = {k: v[-1] for k, v in batches(digits(), game, 16).items()}
  t = G.Turn(game, state, batch, key)
  z, _ = variational.posterior(t.apply('e', batch['x'])).draw(t.key())
  return batch['x'], t.apply('g', z), t.apply('g', t.normal(3))


def test_vae_gan_s_likelihood_teaches_d_nothing():
  """D's step is that of L_GAN alone, though f(x) and f(x') are its features."""
  game, state = built(vae_gan, gamma=.1)
  after, _ = played(game, state)
  x, made, fake = drawn(game, state)
  def adversarial(params):
    logits = lambda x: game.nets['d'].apply(
        {'params': params}, x, train=True)
    return (jnp.mean(jax.nn.softplus(-logits(x)))
            + jnp.mean(jax.nn.softplus(logits(made)))
            + jnp.mean(jax.nn.softplus(logits(fake))))
  step = jax.grad(adversarial)(state.params['d'])
  close(after.params['d'], jax.tree.map(
      lambda p, g: p - RATE * g, state.params['d'], step))
  other, _ = played(built(vae_gan, gamma=1e3)[0], state)
  assert same(other.params['d'], after.params['d'])
  assert same(other.params['e'], after.params['e'])
  assert not same(other.params['g'], after.params['g'])


def test_vae_gan_s_adversarial_loss_teaches_e_nothing():
  """With D's last layer scaled G learns otherwise, and E as before."""
  game, state = built(vae_gan, gamma=.1)
  after, _ = played(game, state)
  d = {**state.params['d'], 'Dense_1': jax.tree.map(
      lambda x: 3 * x, state.params['d']['Dense_1'])}
  other, _ = played(game, state.replace(params={**state.params, 'd': d}))
  assert same(other.params['e'], after.params['e'])
  assert not same(other.params['g'], after.params['g'])


def test_cvae_gan_at_known_outputs():
  game, state = built(cvae_gan, STILL, weights=(2., 3., 5., 7.), decay=.75)
  state = gaussian(zeroed(zeroed(state, 'd'), 'c'))
  after, found = played(game, state)
  np.testing.assert_allclose(found['d/d_loss'], 3 * np.log(2), rtol=1e-6)
  np.testing.assert_allclose(found['c/c_loss'], np.log(10), rtol=1e-6)
  np.testing.assert_allclose(found['e/kl'], 3 * KL, rtol=1e-5)
  np.testing.assert_allclose(
      found['e/e_loss'], 2 * 3 * KL + 3 * found['e/pairs'], rtol=1e-6)
  np.testing.assert_allclose(
      found['g/g_loss'], 3 * found['e/pairs'] + 5 * found['g/means']
      + 7 * found['g/centres'], rtol=1e-5)
  gap = after.memory['real'] - after.memory['fake']
  np.testing.assert_allclose(
      found['g/centres'], np.sum(np.square(gap)) / 2, rtol=1e-5)


def test_cvae_gan_keeps_centres_of_each_class():
  game, state = built(cvae_gan, STILL, decay=.75)
  after, _ = played(game, state)
  batch = {k: v[-1] for k, v in batches(digits(), game, 16).items()}
  _, f = game.nets['c'].apply({'params': state.params['c']}, batch['x'],
                              train=False, features=True)
  for k in range(10):
    of = np.asarray(f)[np.asarray(batch['y']) == k]
    mean = of.mean(0) if len(of) else np.zeros(7)
    np.testing.assert_allclose(after.memory['real'][k], .25 * mean, atol=1e-6)
  assert np.abs(after.memory['fake']).max() > 0


def test_cvae_gan_s_players_learn_of_their_own_losses():
  """No weight reaches D and C; no cross entropy reaches G and E."""
  game, state = built(cvae_gan, weights=(0., 0., 0., 0.))
  after, _ = played(game, state)
  assert same(after.params['g'], state.params['g'])
  assert same(after.params['e'], state.params['e'])
  other, _ = played(built(cvae_gan, weights=(3e-3, 1e-3, 1., 1.))[0], state)
  for net in 'dc':
    assert same(other.params[net], after.params[net])
    assert not same(other.params[net], state.params[net])
  for net in 'ge':
    assert not same(other.params[net], state.params[net])
  # E is told of its divergence and of pairs alone.
  means, _ = played(built(cvae_gan, weights=(0., 0., 1., 1.))[0], state)
  assert same(means.params['e'], state.params['e'])
  assert not same(means.params['g'], state.params['g'])


def test_ian_at_known_outputs():
  weights = dict(pixel=2., feature=3., kl=5., ortho=0.)
  game, state = built(ian, STILL, weights=weights)
  _, found = played(game, gaussian(zeroed(state, 'd'), np.log(.5)))
  np.testing.assert_allclose(found['d/ternary'], 3 * np.log(3), rtol=1e-6)
  np.testing.assert_allclose(found['d/d_loss'], 3.295837, rtol=1e-6)
  np.testing.assert_allclose(found['g/adversarial'], 2 * np.log(3), rtol=1e-6)
  np.testing.assert_allclose(
      found['g/g_loss'], found['g/adversarial'] + 2 * found['g/pixel']
      + 3 * found['g/feature'], rtol=1e-6)
  np.testing.assert_allclose(found['e/kl'], KL, rtol=1e-5)   # a dimension
  np.testing.assert_allclose(
      found['e/e_loss'], found['e/adversarial'] + 2 * found['e/pixel']
      + 3 * found['e/feature'] + 5 * found['e/kl'], rtol=1e-6)


def test_ian_s_trunk_learns_of_the_ternary_loss_alone():
  """Not through the codes, which E reads off the trunk, nor of any weight."""
  game, state = built(ian, weights=dict(ortho=0.))
  batch = {k: v[-1] for k, v in batches(digits(), game, 16).items()}
  key = jax.random.key(7)
  after, _ = jax.jit(lambda s, b: G.simultaneous(
      game, game.round[1].moves, s, b, key, shared=True))(state, batch)
  d, e, g = (lambda *a, net=n, **k: game.nets[net].apply(*a, train=True, **k)
             for n in 'deg')

  def ternary(params, trunk):
    """The trunk that E sees may be another than the one that tells apart."""
    t = G.Turn(game, state, batch, key)
    look = lambda x, own=params: (
        t.key(), t.key(), d({'params': own}, x, features=True))[-1]
    real = look(batch['x'])[0]
    maps = d({'params': trunk}, batch['x'], features=True)[1]
    out = (t.key(), t.key(), e({'params': state.params['e']}, maps[-1]))[-1]
    z, _ = variational.posterior(out, variance=False).draw(t.key())
    made = (t.key(), t.key(), g({'params': state.params['g']}, z))[-1]
    noise = t.normal(3)
    fake = (t.key(), t.key(), g({'params': state.params['g']}, noise))[-1]
    told = (real, look(made)[0], look(fake)[0])
    return sum(classification.cross_entropy(
        l, jnp.full(16, k)) for k, l in enumerate(told))

  own, through = jax.jit(jax.grad(ternary, (0, 1)))(
      state.params['d'], state.params['d'])
  assert max(np.abs(x).max() for x in jax.tree.leaves(through)) > 1e-4
  close(after.params['d'], jax.tree.map(
      lambda p, g: p - RATE * g, state.params['d'], own))


def test_ian_s_encoder_steps_with_each_of_the_others():
  adam = dict(name='adam', lr=1e-3)
  game, state = built(ian, adam, nets=dict(INTRO, flow=1, flow_hidden=(4,)),
                      weights=dict(pixel=0., ortho=0.))
  assert game.batches == 2 and game.players['e'].nets == ('e', 'f')
  after, _ = played(game, state)
  assert [int(after.opt[p][0].count) for p in 'egd'] == [2, 1, 1]
  assert not same(after.params['f'], state.params['f'])


def test_ian_s_orthonormality_is_of_the_asked_params():
  eye = dict(a=dict(kernel=jnp.eye(4), bias=jnp.ones(4)),
             b=dict(kernel=jnp.ones((2, 2, 1, 1))))
  assert ian.orthonormality(eye) == 3.       # |4 - 1|, of the convolution
  assert ian.orthonormality(dict(a=eye['a']), 2) == 0
  found = {}
  for w in (0., 2.):
    game, state = built(ian, STILL, weights=dict(ortho=w), ortho_axes=2)
    found[w] = played(game, state)[1]
  for net in 'gd':
    np.testing.assert_allclose(
        found[2.][f'{net}/{net}_loss'] - found[0.][f'{net}/{net}_loss'],
        2 * ian.orthonormality(state.params[net], 2), rtol=1e-5)


@pytest.mark.parametrize('module, options', [
    (vae_gan, {}), (cvae_gan, {}),
    (ian, dict(nets=dict(INTRO, flow=2, flow_hidden=(4,))))])
def test_codes_are_the_posteriors_means_and_are_decoded(module, options):
  game, state = built(module, **options)
  batch = {k: v[-1] for k, v in batches(digits(), game, 16).items()}
  both = []
  for seed in (0, 1):
    t = G.Turn(game, state, batch, jax.random.key(seed), train=False)
    codes = game.encoders['z'](t)
    both.append(codes)
    made = game.latents['z'].decode(t, codes)
    assert codes.shape == (16, 3) and made['x'].shape == (16, 8, 8, 1)
    assert ('y' in made) == (module is cvae_gan)
  np.testing.assert_array_equal(*both)
  if module is not ian:
    label = ((jax.nn.one_hot(batch['y'], 10),) if module is cvae_gan else ())
    np.testing.assert_allclose(codes, t.apply('e', batch['x'], *label)[:, :3],
                               rtol=1e-6)


@pytest.mark.parametrize('module, options, message', [
    (ian, dict(weights=dict(pixels=1.)), "Did you mean 'pixel'"),
    (ian, dict(nets=dict(name='ian', scales=((0,),))), 'each of 4 widths'),
    (vae_gan, dict(nets=dict(name='vaegan')), "Did you mean 'vae_gan'"),
    (cvae_gan, dict(nets=dict(name='cvae_gan', kernels=(3,))), 'not 1'),
    (cvae_gan, dict(nets=dict(name='vae_gan')), 'take no labels')])
def test_mistakes_name_what_is_allowed(module, options, message):
  with pytest.raises(errors.ConfigError, match=message):
    built(module, **options)


def test_a_rate_that_falls_in_steps():
  rate = optim.piecewise(1., (3, 5), (.5, .25))
  assert [float(rate(i)) for i in range(7)] == [
      1, 1, 1, .5, .5, .25, .25]
  with pytest.raises(errors.ConfigError, match='2 updates and 1 rates'):
    optim.piecewise(1., (3, 5), (.5,))
