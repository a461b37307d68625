"""Consistency regularisation, term by term, and its augmentations."""

import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.augment import simple
from gans_jax.eval.measures import moments
from gans_jax.families import consistency
from gans_jax.families.scene import Scene
from gans_jax.systems import gan
from tests.eval.test_codes import bars
from tests.systems.test_exact import batches, start

KEY = jax.random.key(3)
TURN = types.SimpleNamespace(key=lambda: KEY)    # one key, whatever the call
PICTURES = jnp.asarray(np.random.default_rng(0).normal(size=(64, 8, 8, 2)))


def scene(critic, generate=None, z=None):
  return Scene(PICTURES, 2 * PICTURES, z, (), critic, generate)


def test_flips_turn_half_of_the_pictures():
  x = simple.flip(KEY, PICTURES)
  turned = [bool((a == b[:, ::-1]).all()) for a, b in zip(x, PICTURES)]
  kept = [bool((a == b).all()) for a, b in zip(x, PICTURES)]
  assert all(a != b for a, b in zip(turned, kept))
  assert 20 < sum(turned) < 44


def test_shifts_are_crops_of_the_mirrored_picture_of_each_sample_its_own():
  x, reach = simple.shift(KEY, PICTURES, share=.25), 2
  wide = np.pad(PICTURES, ((0, 0), (2, 2), (2, 2), (0, 0)), 'reflect')
  found = []
  for a, b in zip(np.asarray(x), wide):
    places = [(i, j) for i in range(2 * reach + 1) for j in range(2 * reach + 1)
              if (a == b[i:i + 8, j:j + 8]).all()]
    assert len(places) == 1
    found += places
  assert {i for i, _ in found} == {j for _, j in found} == set(range(5))
  assert len(set(found)) > 15    # rows and columns apart


def test_shears_slant_and_stretch_each_sample_by_itself():
  """By moments: slants and widths over their range, heights as they were."""
  x = bars(jnp.zeros(400), jnp.full(400, 2.))
  before, after = (moments.moments(np.asarray(v), (-1., 1.))
                   for v in (x, simple.shear(KEY, x)))
  stretched = np.log(after['width'] / before['width'])
  slant = after['slant'] / np.exp(stretched)
  for found, bound in ((slant, simple.SLANT), (stretched, simple.STRETCH)):
    assert .85 * bound < found.max() < 1.2 * bound
    assert -1.2 * bound < found.min() < -.85 * bound
    assert abs(found.mean()) < .1 * bound
  assert abs(np.corrcoef(slant, stretched)[0, 1]) < .1
  np.testing.assert_allclose(after['height'], before['height'], rtol=.01)
  np.testing.assert_allclose(simple.shear(KEY, 0 * x - .3), -.3, atol=1e-6)


def test_jitter_is_small_and_augmentations_follow_each_other():
  moved = simple.jitter(KEY, PICTURES) - PICTURES
  np.testing.assert_allclose(moved.std(), simple.STD, rtol=.05)
  both = simple.make('flip, shift', (8, 8, 2))(KEY, PICTURES)
  a, b = jax.random.split(KEY)
  np.testing.assert_array_equal(
      both, simple.shift(b, simple.flip(a, PICTURES)))


@pytest.mark.parametrize('names, shape, message', [
    ('flop', (8, 8, 1), "Did you mean 'flip'"),
    ('flip', (2,), r'samples have shape \[2\].*jitter')])
def test_augmentations_that_do_not_fit(names, shape, message):
  with pytest.raises(errors.ConfigError, match=message):
    simple.make(names, shape)


def test_cr_is_zero_for_a_d_that_ignores_the_augmentation():
  term = consistency.image(simple.flip, 10., 10.)
  blind = lambda x: jnp.sum(x, (1, 2, 3))
  assert term(TURN, scene(blind)) < 1e-9
  sees = lambda x: jnp.sum(x * jnp.arange(8.)[:, None], (1, 2, 3))
  assert term(TURN, scene(sees)) > 1.


@pytest.mark.parametrize('real, fake', [(10., 0.), (0., 3.), (2., 5.)])
def test_weights_of_real_and_of_fake(real, fake):
  """D is linear and doubles; fakes are twice the real ones: 4 times |.|^2."""
  augment = lambda key, x: x + 1.
  critic = lambda x: jnp.mean(x, (1, 2, 3)) ** 2
  found = consistency.image(augment, real, fake)(TURN, scene(critic))
  m = np.mean(np.asarray(PICTURES), (1, 2, 3))
  on = lambda m: np.mean(np.square((m + 1) ** 2 - m ** 2))
  np.testing.assert_allclose(
      found, real * on(m) + fake * on(2 * m), rtol=1e-5)


def test_zcr_pulls_d_together_and_pushes_g_apart():
  a, w = jnp.array([[1., 2.], [0., 3.], [1., 1.]]), jnp.array([2., -1.])
  z = jnp.asarray(np.random.default_rng(1).normal(size=(500, 3)), jnp.float32)
  where = scene(lambda x: x @ w, lambda z: z @ a, z=z)
  e = .1 * jax.random.normal(KEY, z.shape)
  np.testing.assert_allclose(
      consistency.latent_d(5., .1)(TURN, where),
      5 * np.mean(np.square(e @ a @ w)), rtol=1e-4)
  found = consistency.latent_g(.5, .1)(TURN, where)
  np.testing.assert_allclose(
      found, -.5 * np.mean(np.square(e @ a)), rtol=1e-4)
  # E |e A|^2 = sigma^2 |A|^2, here over two numbers a sample.
  np.testing.assert_allclose(found, -.5 * .01 * 16 / 2, rtol=.1)


def test_a_config_adds_the_terms_to_what_was_there():
  """The rest of each loss is as it is without them; ICR has all four."""
  source, found = data.make('digits'), []
  still = dict(name='sgd', lr=0.)
  for parts in ({}, dict(consistency=dict(augment='shift', fake=10.),
                         latent_consistency={})):
    game = gan.build(source.spec, nets=dict(name='mlp', hidden=(16,)), z=4,
                     g_optim=still, d_optim=still, parts=parts)
    found.append(jax.jit(functools.partial(G.play, game))(
        start(game, source), batches(source, game))[1])
  plain, icr = found
  for player, terms in dict(d=('consistency', 'latent_consistency'),
                            g=('latent_diversity',)).items():
    added = [icr[f'{player}/{term}'] for term in terms]
    assert all(v < 0 if player == 'g' else v > 0 for v in added)
    np.testing.assert_allclose(
        icr[f'{player}/{player}_loss'],
        plain[f'{player}/{player}_loss'] + sum(added), rtol=1e-5)
