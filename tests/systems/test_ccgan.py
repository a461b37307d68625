"""CC-GAN: holes, what shows through them, and losses at known logits."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.nets import context
from gans_jax.systems import ccgan
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)
NETS = dict(name='ccgan_mlp', hidden=(8,), d_hidden=(8,))


def built(source=None, **options):
  source = source or data.make('digits')
  game = ccgan.build(source.spec, **{
      'nets': NETS, 'z': 3, 'hole': 4, 'g_optim': STILL, 'd_optim': STILL,
      **options})
  return source, game, start(game, source)


def test_holes_are_squares_everywhere():
  mask = np.asarray(ccgan.holes(jax.random.key(0), 2000, 6, 8, 3))
  assert mask.shape == (2000, 6, 8, 1) and set(np.unique(mask)) == {0, 1}
  assert ((1 - mask).sum((1, 2, 3)) == 9).all()
  first = (1 - mask)[..., 0].reshape(2000, -1).argmax(1)
  rows, columns = first // 8, first % 8
  assert (mask[np.arange(2000), rows + 2, columns + 2] == 0).all()
  counts = np.zeros((4, 6))
  np.add.at(counts, (rows, columns), 1)
  assert counts.min() > 40 and counts.max() < 140     # 83 each
  assert (ccgan.holes(jax.random.key(0), 2, 4, 4, 0) == 1).all()
  assert (ccgan.holes(jax.random.key(0), 2, 4, 4, 4) == 0).all()


def test_pixels_outside_the_hole_are_those_of_the_picture():
  source, game, state = built()
  batch = {k: v[-1] for k, v in batches(source, game).items()}
  made = G.sample(game, state, batch, jax.random.key(3))
  assert made['y'] is batch['y'] or (made['y'] == batch['y']).all()
  changed = np.asarray(made['x'] != batch['x'])[..., 0]    # to the bit
  assert (changed.sum((1, 2)) == 16).all()
  for one in changed:                       # within a square of four
    rows, columns = np.nonzero(one)
    assert np.ptp(rows) < 4 and np.ptp(columns) < 4


def test_a_hole_s_pixels_are_not_shown_to_g():
  """A picture that differs in the hole alone is filled alike."""
  source, game, state = built()
  batch = {k: v[-1] for k, v in batches(source, game).items()}
  mask = ccgan.holes(jax.random.key(5), 64, 8, 8, 4)
  def see(x):
    turn = G.Turn(game, state, {**batch, 'x': x}, jax.random.key(0))
    seen = jnp.concatenate([mask * x, mask], -1)
    return turn.apply('g', jnp.zeros((64, 3)), seen)
  noisy = batch['x'] + (1 - mask) * 3.
  np.testing.assert_array_equal(see(batch['x']), see(noisy))
  made = G.sample(game, state, batch, jax.random.key(3))['x']
  hole = np.abs(np.asarray(made - batch['x'])) > 1e-6
  again = G.sample(game, state, {**batch, 'x': batch['x'] + 5. * hole},
                   jax.random.key(3))['x']
  np.testing.assert_allclose(again, made, atol=1e-6)


@pytest.mark.parametrize('form', ['cc', 'cc2'])
def test_without_a_hole_x_i_is_x(form):
  """And then L_G has no gradient by G, but through x_G in form cc2."""
  source, game, state = built(
      form=form, hole=0, g_optim=dict(name='sgd', lr=1.))
  batch = {k: v[-1] for k, v in batches(source, game).items()}
  made = G.sample(game, state, batch, jax.random.key(3))
  np.testing.assert_array_equal(made['x'], batch['x'])
  after, _ = jax.jit(functools.partial(G.play, game))(
      state, batches(source, game))
  same = jax.tree.map(lambda a, b: bool((a == b).all()), state.params['g'],
                      after.params['g'])
  assert jax.tree.all(same) == (form == 'cc')


@pytest.mark.parametrize('form', ['cc', 'cc2'])
def test_losses_at_known_logits(form):
  source, game, state = built(
      data.make('digits', labelled=20, beside=True), form=form, weight=.5)
  d = jax.tree.map(jnp.zeros_like, state.params['d'])
  last = max(k for k in d if k.startswith('WeightNorm'))
  d[last]['bias'] = jnp.float32([2.] + [0.] * 9 + [.7])
  state = state.replace(params={**state.params, 'd': d})
  batch = batches(source, game)
  _, found = jax.jit(functools.partial(G.play, game))(state, batch)
  sp = lambda s: np.log1p(np.exp(s))
  labels = np.log(9 + np.exp(2.)) - 2. * np.mean(
      np.asarray(batch['y_labelled'][-1]) == 0)
  np.testing.assert_allclose(found['d/source'], sp(-.7) + sp(.7), rtol=1e-5)
  np.testing.assert_allclose(found['d/labels'], labels, rtol=1e-5)
  np.testing.assert_allclose(
      found['d/d_loss'], sp(-.7) + sp(.7) + .5 * labels, rtol=1e-5)
  np.testing.assert_allclose(found['g/g_loss'], sp(-.7), rtol=1e-5)


def test_a_coarse_copy_is_of_means():
  x = jnp.arange(16.).reshape(1, 4, 4, 1)
  np.testing.assert_allclose(ccgan.coarse(x, 2)[0, ..., 0], np.kron(
      [[2.5, 4.5], [10.5, 12.5]], np.ones((2, 2))))
  source, game, state = built(low=4)
  kernel = state.params['g']['Dense_0']['kernel']
  assert kernel.shape[0] == 3 + 64 * 3      # z; picture, mask, coarse copy


def test_published_sizes():
  net = context.VGG(outputs=11)
  made = jax.eval_shape(lambda: net.init(
      jax.random.key(0), jnp.zeros((1, 64, 64, 3)), train=False))['params']
  convs = [made[f'Conv_{i}']['kernel'].shape[-1] for i in range(8)]
  assert convs == [64, 128, 256, 256, 512, 512, 512, 512]
  assert made['Dense_0']['kernel'].shape == (2 * 2 * 512, 1024)
  g = jax.eval_shape(lambda: context.Generator().init_with_output(
      jax.random.key(0), jnp.zeros((1, 100)), jnp.zeros((1, 64, 64, 4)),
      train=False)[0])
  assert g.shape == (1, 64, 64, 3)


@pytest.mark.parametrize('options', [dict(hole=9), dict(hole=-1), dict(low=3)])
def test_what_does_not_fit(options):
  with pytest.raises(errors.ConfigError, match='8 x 8 pixels'):
    built(**options)
