"""TransGAN's game by hand on a linear critic, and DiffAugment as a part."""

import functools
import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors, experiment, optim, schedules
from gans_jax import game as G
from gans_jax.augment import diffaug
from gans_jax.families import packing, two_player
from gans_jax.losses import adversarial
from gans_jax.systems import sngan, transgan
from tests.nets.filled import UNOPTIMISED
from tests.systems.test_exact import LINEAR, batches, start, with_d

STILL = dict(name='sgd', lr=0.)
W = np.linspace(-.2, .3, 64, dtype=np.float32)
WIDE = float(np.linalg.norm(W))


def played(source=None, bias=.3, g_zero=True, **options):
  """(game, state before, state after, metrics, pictures D saw last)."""
  source = source or data.make('digits')
  options = {'g_optim': STILL, 'd_optim': STILL, 'n_critic': 1, **options}
  game = transgan.build(source.spec, nets=LINEAR, z=3, **options)
  state = with_d(start(game, source, 32), W, bias)
  if g_zero:
    state = state.replace(params={
        **state.params, 'g': jax.tree.map(jnp.zeros_like, state.params['g'])})
  batch = batches(source, game, 32)
  after, found = jax.jit(
      functools.partial(G.play, game), compiler_options=UNOPTIMISED)(
          state, batch)
  return game, state, after, found, np.asarray(batch['x'][-1])


@pytest.mark.parametrize('phi, drift', [(1., 1e-3), (2., .5)])
def test_losses_of_a_linear_critic(phi, drift):
  """G makes zeros, so fakes score the bias; the gradient is W everywhere."""
  _, _, _, found, x = played(phi=phi, drift=drift, augment=dict(policy=''))
  real, fake = x.reshape(32, 64) @ W + .3, .3
  penalty = 10 / phi ** 2 * (WIDE - phi) ** 2
  np.testing.assert_allclose(found['d/penalty'], penalty, rtol=1e-5)
  np.testing.assert_allclose(
      found['d/mean_drift'], drift * real.mean() ** 2, rtol=1e-4)
  # Not the mean of squares, which is another number here.
  assert abs((real ** 2).mean() / real.mean() ** 2 - 1) > .01
  np.testing.assert_allclose(
      found['d/d_loss'], fake - real.mean() + penalty
      + drift * real.mean() ** 2, rtol=1e-5)
  np.testing.assert_allclose(found['g/g_loss'], -fake, rtol=1e-6)


def test_all_is_seen_through_the_augmentation(monkeypatch):
  """Real, fake and interpolates; gradients at the pictures themselves, and G's.

  The change here halves its pictures and adds .1 to each number.
  """
  monkeypatch.setattr(
      diffaug, 'make', lambda policy, shape: lambda key, x: .5 * x + .1)
  _, before, after, found, x = played(
      g_optim=dict(name='sgd', lr=2.), augment=dict(policy='any'))
  base = .1 * W.sum() + .3
  np.testing.assert_allclose(
      found['d/real'], (.5 * x.reshape(32, 64) @ W + base).mean(), rtol=1e-5)
  np.testing.assert_allclose(found['d/fake'], base, rtol=1e-5)
  np.testing.assert_allclose(
      found['d/penalty'], 10 * (.5 * WIDE - 1) ** 2, rtol=1e-5)
  np.testing.assert_allclose(found['g/g_loss'], -base, rtol=1e-5)
  # tanh has slope 1 at 0, so G's bias climbs by lr times half of W.
  step = after.params['g']['Dense_0']['bias'] - before.params['g'][
      'Dense_0']['bias']
  np.testing.assert_allclose(step, 2 * .5 * W, rtol=1e-4, atol=1e-6)


def test_real_changes_are_drawn_anew_for_real_and_fake_ones():
  """With cutout D's scores of the same black pictures differ a sample."""
  _, _, _, found, x = played(
      augment=dict(policy='cutout'), drift=0., weight=0.)
  _, _, _, plain, _ = played(augment=dict(policy=''), drift=0., weight=0.)
  assert abs(found['d/real'] - plain['d/real']) > 1e-3
  # G makes zeros, which cutout leaves as they are.
  np.testing.assert_allclose(found['d/fake'], .3, rtol=1e-6)


def test_gradients_are_no_longer_than_five():
  lengths = []
  for weight, longest in ((1e4, 5.), (1e-3, 50.), (1e-3, 0.)):
    _, before, after, _, _ = played(
        weight=weight, drift=0., augment=dict(policy=''),
        d_optim=dict(name='sgd', lr=1., max_norm=longest))
    lengths.append(float(optim.optax.tree.norm(jax.tree.map(
        jnp.subtract, after.params['d'], before.params['d']))))
  np.testing.assert_allclose(lengths[0], 5., rtol=1e-4)
  assert lengths[1] == lengths[2] > 0
  assert transgan.ADAM == dict(name='adam', lr=1e-4, b1=0., b2=.99, max_norm=5.)


@pytest.mark.parametrize('step', [0, 1, 10, 1000, 19_531, 19_532, 10 ** 6])
def test_half_life_in_images_as_the_code_counts_them(step):
  batch, n_critic, kimg, warmup = 64, 4, 500, .1
  seen = batch * n_critic * step        # the code counts steps of D
  images = min(kimg * 1000, seen * warmup)
  want = .5 ** (batch / max(images, 1e-8))
  found = schedules.ema_warmup(7812.5, warmup * n_critic)(jnp.int32(step))
  np.testing.assert_allclose(found, want, rtol=1e-6)


def test_the_average_is_g_itself_at_first():
  """At step 0 its half-life is 0, however G moved."""
  _, before, after, _, _ = played(
      g_optim=dict(name='sgd', lr=1.), augment=dict(policy=''))
  jax.tree.map(np.testing.assert_array_equal, after.ema['g'],
               after.params['g'])
  moved = [np.abs(a - b).max() for a, b in zip(*(
      jax.tree.leaves(s.params['g']) for s in (after, before)))]
  assert max(moved) > 0
  with pytest.raises(errors.ConfigError, match='half_life=0'):
    schedules.ema_warmup(0, .1)


def test_defaults_are_the_papers():
  game = transgan.build(data.make('digits', size=32).spec)
  assert game.batches == 4
  state = jax.eval_shape(lambda: G.init(
      game, jax.random.key(0), dict(x=jnp.zeros((2, 32, 32, 1)))))
  assert state.stats == dict(g={}, d={})    # no batch normalisation
  assert set(state.ema) == {'g'}
  assert state.params['g']['start']['kernel'].shape == (256, 8 * 8 * 1024)


def test_noise_of_tokens_is_learnt_by_d():
  source = data.make('digits')
  c = importlib.import_module('configs.transgan_digits').get_config('tiny')
  model = {**c.model.to_dict(), 'n_critic': 1, 'd_optim': dict(
      name='sgd', lr=1e-2)}
  game = transgan.build(source.spec, **model)
  state = start(game, source, 8)
  batch = {k: v[0] for k, v in batches(source, game, 8).items()}
  after, _ = jax.jit(lambda s, b: G.simultaneous(
      game, game.round[0].moves, s, b, jax.random.key(1)),
      compiler_options=UNOPTIMISED)(state, batch)
  strengths = lambda s: [
      float(x) for path, x in jax.tree_util.tree_leaves_with_path(
          s.params['d']) if path[-1].key == 'strength']
  assert strengths(state) == [0.] * 2
  assert all(abs(x) > 0 for x in strengths(after))
  assert not [p for p, _ in jax.tree_util.tree_leaves_with_path(
      state.params['g']) if p[-1].key == 'strength']


@pytest.mark.parametrize('options, message', [
    (dict(phi=0.), 'phi=0'), (dict(half_life=0.), 'half_life=0'),
    (dict(augment=dict(policy='colour')), "Did you mean 'color'"),
    (dict(augment=dict(policy='color', cutt=1.)), "Did you mean 'cut'")])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    transgan.build(data.make('digits').spec, nets=LINEAR, **options)


# --- DiffAugment as a part of other games ------------------------------------

def small(parts, **options):
  return dict(nets=dict(name='mlp', hidden=(4,), spectral=True), z=3,
              g_optim=dict(name='sgd', lr=.1), d_optim=dict(name='sgd', lr=.1),
              prior='normal', parts=parts, **options)


def rounds(game, source):
  state = start(game, source, 16)
  return jax.jit(functools.partial(G.play, game),
                 compiler_options=UNOPTIMISED)(
                     state, batches(source, game, 16))


def test_the_part_is_a_view_of_sngan():
  """The same round as with the view given by hand; another than without."""
  source = data.make('digits')
  view = diffaug.make('translation,cutout', (8, 8, 1))
  part = dict(diffaug=dict(policy='translation,cutout'))
  a, logged = rounds(sngan.build(source.spec, n_critic=1, **small(part)),
                     source)
  b, _ = rounds(two_player.named(source.spec, adversarial.hinge, n_critic=1,
                                 view=view, **small({})), source)
  jax.tree.map(np.testing.assert_array_equal, a.params, b.params)
  _, plain = rounds(sngan.build(source.spec, n_critic=1, **small({})), source)
  assert abs(logged['d/d_loss'] - plain['d/d_loss']) > 1e-4


@pytest.mark.parametrize('order', [('diffaug', 'packing'),
                                   ('packing', 'diffaug')])
def test_pictures_are_changed_before_they_are_packed(order):
  """In either order of the parts; one by one, so a pack is changed apart."""
  source, x = data.make('digits'), jnp.ones((4, 8, 8, 1))
  options = dict(diffaug=dict(policy='cutout'), packing=dict(m=2))
  given = dict(spec=source.spec, classes=0)
  view = two_player.parts_lib.add({k: options[k] for k in order}, given)['view']
  seen = np.asarray(view(jax.random.key(0), x))
  assert seen.shape == packing.packed(2)(jax.random.key(0), x).shape
  assert (seen == 0).any((1, 2)).all()
  assert np.abs(seen[..., 0] - seen[..., 1]).max() == 1


@pytest.mark.parametrize('system', ['sngan', 'sagan', 'dcgan'])
def test_published_systems_take_it(system):
  module = importlib.import_module(f'gans_jax.systems.{system}')
  spec = data.make('digits').spec
  build = lambda policy: module.build(
      spec, parts=dict(diffaug=dict(policy=policy)), **(
          dict(conditional=False) if system == 'sagan' else {}))
  assert build('color').critic is not None
  with pytest.raises(errors.ConfigError, match="Did you mean 'color'"):
    build('colour')


def test_the_config_of_sngan_with_it():
  c = importlib.import_module('configs.sngan_cifar10').get_config(
      'tiny,diffaug')
  assert c.model.parts.diffaug.policy == 'translation,cutout'
  assert not c.reference
  game = experiment.build(c).game
  view = game.critic    # D through the view: a cut picture scores otherwise
  batch = dict(x=jnp.ones((8, *experiment.build(c).source.spec.shapes['x'])))
  def scores(key):
    state = G.init(game, jax.random.key(0), batch)
    return view(G.Turn(game, state, batch, key, train=False))
  a, b = (np.asarray(jax.jit(scores, compiler_options=UNOPTIMISED)(
      jax.random.key(i))) for i in (1, 2))
  assert np.ptp(a) > 0 and np.abs(a - b).max() > 0
