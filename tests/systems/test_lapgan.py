"""Pyramids, and that each of their levels is a game of its own."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.nets import lapgan as nets
from gans_jax.nets.layers import pyramid
from gans_jax.systems import lapgan
from tests.nets.filled import count, draw, quick
from tests.systems.test_exact import batches, start


@pytest.mark.parametrize('size, levels', [((16, 8), 3), ((6, 6), 1)])
def test_a_pyramid_inverts_exactly(size, levels):
  x = draw(3, *size, 2)
  back, small, differences = quick(lambda x: (
      pyramid.reconstruct(*pyramid.decompose(x, levels)),
      pyramid.decompose(x, levels)[1], pyramid.decompose(x, levels)[0]), x)
  np.testing.assert_allclose(back, x, atol=1e-6)
  assert small.shape == (3, *(s >> levels for s in size), 2)
  assert [d.shape[1] for d in differences] == [
      size[0] >> k for k in range(levels)]
  with pytest.raises(errors.ConfigError, match='halvings'):
    pyramid.decompose(x, levels + 3)


def test_a_constant_picture_has_no_differences():
  differences, small = quick(
      lambda x: pyramid.decompose(x, 2), np.full((1, 8, 8, 1), .7, np.float32))
  for h in differences:
    np.testing.assert_allclose(h, 0., atol=1e-6)
  np.testing.assert_allclose(small, .7, rtol=1e-6)


def test_filters_by_hand():
  """Away from borders: [1 4 6 4 1] / 16, and up by twice that filter."""
  x = draw(1, 8, 8, 1)
  small, large = quick(lambda x: (pyramid.down(x), pyramid.up(x)), x)
  f = np.array([1, 4, 6, 4, 1]) / 16
  np.testing.assert_allclose(
      small[0, 2, 2, 0], f @ x[0, 2:7, 2:7, 0] @ f, rtol=1e-5)
  stuffed = np.zeros((16, 16))
  stuffed[::2, ::2] = 4 * x[0, ..., 0]
  np.testing.assert_allclose(
      large[0, 6, 7, 0], f @ stuffed[4:9, 5:10] @ f, rtol=1e-4, atol=1e-6)


def test_published_nets():
  """16 to 32 pixels: 7x7, 7x7, 5x5 in G; 5x5, 5x5 by 2, dense in D."""
  conv = lambda a, b, k: k * k * a * b + b
  low, plane = np.zeros((2, 32, 32, 3)), np.zeros((2, 32, 32, 1))
  assert count(nets.Generator(), plane, low) == (
      conv(4, 64, 7) + conv(64, 64, 7) + conv(64, 3, 5))
  assert count(nets.Discriminator(), low, low) == (
      conv(3, 64, 5) + conv(64, 64, 5) + 16 * 16 * 64 + 1)


def game(**options):
  source = data.make('digits')
  still = dict(name='sgd', lr=0.)
  made = lapgan.build(
      source.spec, nets=dict(name='mlp', hidden=(4,)), levels=1, width=2,
      kernel=3, z=3, g_optim=still, d_optim=still, **options)
  return made, start(made, source, 16), batches(source, made, 16)


def test_levels_do_not_see_each_other():
  """Other nets at the small level leave the losses of the large one."""
  made, state, batch = game()
  other = state.replace(params={
      k: jax.tree.map(lambda x: x + 1., v) if k[1] == '1' else v
      for k, v in state.params.items()})
  play = jax.jit(functools.partial(G.play, made))
  a, b = (play(s, batch)[1] for s in (state, other))
  assert a['d1/d_loss'] != b['d1/d_loss']
  assert a['d0/d_loss'] == b['d0/d_loss'] and a['g0/g_loss'] == b['g0/g_loss']


def test_a_silent_level_gives_the_blur():
  """Details of 0: samples are up(down(x)), and their energy is 0."""
  made, state, batch = game(begin='data')
  state = state.replace(params={**state.params, 'g0': jax.tree.map(
      jnp.zeros_like, state.params['g0'])})
  x = batch['x'][0]
  out = jax.jit(functools.partial(G.sample, made))(
      state, dict(x=x, y=batch['y'][0]), jax.random.key(0))
  np.testing.assert_allclose(
      out['x'], quick(lambda x: pyramid.up(pyramid.down(x)), x), atol=1e-6)
  np.testing.assert_array_equal(out['y'], batch['y'][0])
  assert jax.jit(functools.partial(G.play, made))(
      state, batch)[1]['g0/energy'] == 0


def test_d_sees_the_sum():
  """The same sum of blur and detail has the same logit."""
  low, h = draw(2, 8, 8, 1), draw(2, 8, 8, 1, seed=2)
  net = nets.Discriminator(2, 3)
  def both(low, h):
    v = net.init(jax.random.key(0), h, low, train=False)
    run = lambda h, low: net.apply(v, h, low, train=False)
    return run(h, low), run(h - .5, low + .5), run(h, low + .5)
  a, b, c = quick(both, low, h)
  np.testing.assert_allclose(a, b, atol=1e-5)
  assert np.abs(a - c).min() > 1e-5


def test_d_can_see_whether_the_detail_fits():
  """Shown the blur as well, it tells two blurs of the same sum apart."""
  low, h = draw(2, 8, 8, 1), draw(2, 8, 8, 1, seed=2)
  net = nets.Discriminator(2, 3, blur=True)
  def both(low, h):
    v = net.init(jax.random.key(0), h, low, train=False)
    run = lambda h, low: net.apply(v, h, low, train=False)
    return run(h, low), run(h - .5, low + .5)
  a, b = quick(both, low, h)
  assert np.abs(a - b).min() > 1e-5
  conv = lambda a, b, k: k * k * a * b + b
  assert count(net, h, low) == conv(2, 2, 3) + conv(2, 2, 3) + 4 * 4 * 2 + 1
  made, _, _ = game(d_sees='both')
  assert made.nets['d0'].blur
  with pytest.raises(errors.ConfigError, match="Did you mean 'both'"):
    game(d_sees='bth')
