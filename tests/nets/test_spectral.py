"""Spectral normalisation against singular values."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import game as games
from gans_jax.nets import mlp
from gans_jax.nets.layers import spectral
from gans_jax.nets.layers.conv import Conv
from tests.nets.filled import KEYS, draw, fill, quick


def test_known_matrix():
  """[[3, 0], [4, 5]] has singular values sqrt(45) and sqrt(5)."""
  w = np.float32([[3., 0.], [4., 5.]])
  step = lambda uv, _: (spectral.power_iteration(w, uv[0]), None)
  start = np.float32([1., 0.])
  u, v = quick(lambda uv: jax.lax.scan(step, uv, None, 50)[0], (start, start))
  np.testing.assert_allclose(v @ w @ u, 6.708204, rtol=1e-6)


LAYERS = [(nn.Dense(7), (2, 5)), (Conv(6, (3, 3), strides=2), (2, 6, 6, 4)),
          (Conv(6, (3, 3), resample='pool'), (2, 6, 6, 4))]


@pytest.mark.parametrize('layer, shape', LAYERS,
                         ids=['dense', 'strided', 'pooled'])
def test_layers(layer, shape):
  """50 updates find the norm; the output is the layer's, divided by it."""
  x = draw(*shape)
  net = spectral.SpectralNorm(layer)

  def run(x):
    variables = net.init(KEYS, x, update=True)
    def update(stats, _):
      out, stats = net.apply({**variables, **stats}, x, update=True,
                             mutable=['spectral'])
      return stats, out
    stats, outs = jax.lax.scan(
        update, {'spectral': variables['spectral']}, None, 50)
    return variables, stats, outs[-1], net.apply(
        {**variables, **stats}, x, update=False)

  variables, stats, out, frozen = quick(run, x)
  params = variables['params']['layer']
  matrix = np.asarray(params['kernel']).reshape(-1, params['kernel'].shape[-1])
  sigma = np.linalg.norm(matrix, 2)
  u, v = stats['spectral']['u'], stats['spectral']['v']
  assert u.shape == (matrix.shape[1],) and v.shape == (matrix.shape[0],)
  np.testing.assert_allclose(v @ matrix @ u, sigma, rtol=1e-5)
  plain = quick(
      layer.apply, {'params': {**params, 'kernel': matrix.reshape(
          params['kernel'].shape) / sigma}}, x)
  np.testing.assert_allclose(out, plain, atol=1e-5)
  # A pass that doesn't update sees the very kernel of the one that did.
  np.testing.assert_allclose(frozen, out, atol=1e-6)


def test_init():
  """Names and values of the plain net; sigma is close from the start."""
  x = draw(8, 3)
  make = lambda **kwargs: quick(
      lambda: mlp.Discriminator((16, 16), **kwargs).init(KEYS, x, train=True))
  variables, plain = make(spectral=True), make()
  jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6),
               variables['params'], plain['params'])
  for i in range(3):
    kernel = np.asarray(plain['params'][f'Dense_{i}']['kernel'])
    stats = variables['spectral'][f'SpectralNorm_{i}']
    sigma = np.linalg.norm(kernel, 2)
    assert .9 * sigma <= stats['v'] @ kernel @ stats['u'] <= sigma * 1.00001


def test_when_u_moves():
  """In training, unless told otherwise; and then by one iteration."""
  net, x = mlp.Discriminator((16, 16), spectral=True), draw(8, 3)
  variables = fill(net, x)
  before = variables['spectral']['SpectralNorm_1']
  kernel = variables['params']['Dense_1']['kernel']
  run = lambda **kwargs: net.apply(
      variables, x, mutable=['spectral'], **kwargs)[1][
          'spectral']['SpectralNorm_1']
  moved, held, test, (u, v) = quick(lambda: (
      run(train=True), run(train=True, update_u=False), run(train=False),
      spectral.power_iteration(kernel, before['u'])))
  np.testing.assert_allclose(moved['u'], u, atol=1e-6)
  np.testing.assert_allclose(moved['v'], v, atol=1e-6)
  assert np.abs(moved['u'] - before['u']).max() > .1
  for kept in held, test:
    jax.tree.map(np.testing.assert_array_equal, kept, before)


def test_gradient_flows_through_w_and_not_through_u():
  """d(w / sigma)/dw with u, v constant: (g - <g, w/sigma> v u^T) / sigma."""
  net = spectral.SpectralNorm(nn.Dense(4, use_bias=False))
  x, ct, w = draw(5, 3), draw(5, 4, seed=2), draw(3, 4, seed=3)
  # Far from converged, where a gradient through u would show.
  u, v = np.float32([1., 0., 0., 0.]), np.float32([0., .6, .8])

  def loss(w, update):
    variables = {'params': {'layer': {'kernel': w}},
                 'spectral': {'u': u, 'v': v}}
    return jnp.sum(ct * net.apply(
        variables, x, update=update, mutable=['spectral'])[0])

  found = quick(lambda w: [
      jax.grad(loss)(w, update) for update in (False, True)], w)
  unit = lambda a: a / np.linalg.norm(a)
  g = x.T @ ct
  for slope in found:
    sigma = v @ w @ u
    expected = (g - np.sum(g * w) / sigma * np.outer(v, u)) / sigma
    np.testing.assert_allclose(slope, expected, rtol=1e-4, atol=1e-5)
    v = unit(w @ u)    # where the second pass, which updates, takes it
    u = unit(v @ w)


def test_a_normalised_mlp_is_lipschitz():
  net, x = mlp.Discriminator((16, 16), spectral=True), draw(64, 3)
  variables = fill(net, x)
  params = jax.tree.map(lambda p: 5 * p, variables['params'])
  y = x + draw(64, 3, seed=2)

  def run(stats):
    apply = lambda stats, x, train: net.apply(
        {'params': params, 'spectral': stats}, x, train=train,
        mutable=['spectral'])
    step = lambda stats, _: (apply(stats, x, True)[1]['spectral'], None)
    stats = jax.lax.scan(step, stats, None, 50)[0]
    return apply(stats, x, False)[0], apply(stats, y, False)[0]

  a, b = quick(run, variables['spectral'])
  ratio = np.abs(a - b) / np.linalg.norm(x - y, axis=-1)
  assert .05 < ratio.max() <= 1 + 1e-4


def test_passes_of_a_move_share_the_kernel():
  """Gradients are those of passes that each normalise it, of pure ones too."""
  net, x, y = mlp.Discriminator((8,), spectral=True), draw(6, 3), draw(6, 3)
  y = 2 * y + 1
  loss = lambda real, fake, slope: (
      jnp.mean(real) - jnp.mean(fake ** 2) + jnp.mean(slope ** 3))

  def d_loss(t):
    real = t.apply('d', t.batch['x'])
    fake = t.apply('d', t.batch['y'], update_u=False)
    slope = jax.grad(lambda x: t.pure('d')(x, update_u=False).sum())
    other = t.pure('d', jax.tree.map(lambda w: .1 * w, t.params['d']))
    t.log(shrunk=other(t.batch['x'], update_u=False))
    return loss(real, fake, slope(t.batch['x']))

  game = games.Game(
      nets=dict(d=net), players=dict(d=games.Player(('d',), optax.sgd(1.))),
      round=[games.Move('d', d_loss)], sample=lambda t: t.batch['x'])

  def by_hand(params, stats):
    def apply(stats, x, **kwargs):
      return net.apply({'params': params, **stats}, x, train=True,
                       mutable=['spectral'], **kwargs)
    real, stats = apply(stats, x)
    keep = lambda x: apply(stats, x, update_u=False)[0]
    shrunk = net.apply(
        {'params': jax.tree.map(lambda w: .1 * w, params), **stats}, x,
        train=False)
    return loss(real, keep(y), jax.grad(lambda x: keep(x).sum())(x)), (
        stats, jnp.mean(shrunk))

  def run():
    batch = dict(x=x, y=y)
    state = games.init(game, jax.random.key(0), batch)
    after, metrics = games.play(game, state, jax.tree.map(
        lambda v: v[None], batch))
    return state, after, metrics, jax.grad(by_hand, has_aux=True)(
        state.params['d'], state.stats['d'])

  state, after, metrics, (slope, (stats, shrunk)) = quick(run)
  near = lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5)
  jax.tree.map(lambda w, new, g: near(w - new, g),
               state.params['d'], after.params['d'], slope)
  jax.tree.map(near, after.stats['d'], stats)    # and nothing else is left
  near(metrics['d/shrunk'], shrunk)    # other params, another kernel
