"""Learning: what configs claim over three seeds, and optima known exactly."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data
from gans_jax import game as G
from gans_jax.studies import acceptance
from gans_jax.systems import gan, wgan_gp

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('name', sorted(acceptance.experiments('all')))
def test_a_config_reaches_what_it_claims(name, tmp_path):
  row = acceptance.run(name, tmp_path, seeds=3, progress=False)
  assert row['passed'], row['claims']


def critic_alone(module, steps, lr, **options):
  """Trains D of N(0,1) against a fixed G that makes N(1,1)."""
  source = data.make('gauss1', n=200_000)
  still = dict(name='sgd', lr=0.)
  game = module.build(
      source.spec, nets=dict(name='mlp', hidden=(), d_hidden=(64, 64)), z=1,
      g_optim=still, d_optim=dict(name='adam', lr=lr, decay=dict(
          name='linear', steps=steps)), **options)
  loader = data.Loader(source, 4096, 0, batches=1, rounds=100)
  state = jax.jit(functools.partial(G.init, game))(
      jax.random.key(0), {k: v[0, 0] for k, v in loader.batch(0).items()})
  state = state.replace(params={**state.params, 'g': dict(Dense_0=dict(
      kernel=jnp.ones((1, 1)), bias=jnp.ones((1,))))})
  play = jax.jit(lambda s, b: jax.lax.scan(
      functools.partial(G.play, game), s, b))
  logs = []
  with loader:
    for _, batch in loader.iterate(0, steps):
      state, logged = play(state, batch)
      logs.append(logged)
  return game, state, jax.tree.map(lambda *x: np.concatenate(x), *logs)


def test_gan_discriminator_reaches_the_optimum():
  """min L_D = log 4 - 2 JSD = 1.163451, and s(x) = log p/q = 1/2 - x."""
  game, state, logged = critic_alone(gan, 3000, 1e-2)
  np.testing.assert_allclose(
      logged['d/d_loss'][-500:].mean(), 1.163451, atol=.01)
  x = jnp.linspace(-1, 2, 31)[:, None]
  s = game.nets['d'].apply({'params': state.params['d']}, x, train=False)
  np.testing.assert_allclose(s, .5 - x[:, 0], atol=.15)


def test_wgan_gp_critic_measures_w1():
  """W1(N(0,1), N(1,1)) = 1."""
  _, _, logged = critic_alone(wgan_gp, 3000, 1e-2, n_critic=1, weight=10.)
  np.testing.assert_allclose(logged['d/gap'][-500:].mean(), 1., atol=.1)
