"""Dirac-GAN: a stationary point that a game's steps may not lead to.

Mescheder, Geiger, Nowozin 2018 (arXiv:1801.04406), section 2 and 3: data at 0,
G makes the point theta, D's logit is psi x. All is at rest at (0, 0), where G's
point is the data. Closed forms are the paper's with f(t) = -log(1 + e^-t), so
f'(0) = 1/2 and f''(0) = -1/4. Games, losses and moves are ours.
"""

import dataclasses
import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import game as G
from gans_jax.eval import theory
from gans_jax.families import priors, terms, two_player
from gans_jax.families.consensus import Consensus
from gans_jax.losses import adversarial
from tests.nets.filled import quick

N = 64
BATCH = dict(x=jnp.zeros((N, 1)))
BATCHES = dict(x=jnp.zeros((5, N, 1)))
ROUND = {k: v[:1] for k, v in BATCHES.items()}
ZERO = nn.initializers.zeros


class Point(nn.Module):
  @nn.compact
  def __call__(self, z, y=None, *, train=False):
    return jnp.tile(self.param('theta', ZERO, (1,)), (len(z), 1))


class Slope(nn.Module):
  @nn.compact
  def __call__(self, x, y=None, *, train=False, update_u=True):
    return self.param('psi', ZERO, (1,)) * x[:, 0]


def dirac(objective='non_saturating', *d_terms, lr=1., **options):
  pair = adversarial.PAIRS[objective]
  return two_player.two_player(
      Point(), Slope(), pair, priors.make('normal', 1), g_tx=optax.sgd(lr),
      d_tx=optax.sgd(lr), d_terms=d_terms, **options)


def rounds_of(item, lr=.3, **options):
  """The same two moves, taken together in another way."""
  game = dirac('minimax', lr=lr)
  moves = tuple(m for alone in game.round for m in alone.moves)
  return dataclasses.replace(game, round=(item(moves, **options),))


def at_rest(game):
  return jax.jit(functools.partial(G.init, game))(jax.random.key(0), BATCH)


def eigenvalues(of, game, batch):
  """Sorted, of a 2x2 Jacobian at (psi, theta) = (0, 0)."""
  jacobian = quick(functools.partial(of, game), at_rest(game), batch)
  return np.sort_complex(np.linalg.eigvals(np.float64(jacobian)))


def paper(real, square):
  """real +- sqrt(square)."""
  root = np.sqrt(complex(square))
  return np.sort_complex([real - root, real + root])


def noise(std):
  """A view: two points a sample's noise would be, +-std, for half of each."""
  signs = jnp.where(jnp.arange(N) < N // 2, -std, std)[:, None]
  return lambda key, x: x + signs


@pytest.mark.parametrize('objective, slope', [
    ('minimax', .5), ('non_saturating', .5), ('wasserstein', 1.),
    ('hinge', 1.)])
def test_without_a_penalty_it_circles(objective, slope):
  """Lemma 2.3: +- f'(0) i, with no real part."""
  np.testing.assert_allclose(
      eigenvalues(theory.flow_jacobian, dirac(objective), BATCH),
      paper(0., -slope ** 2), atol=1e-6)


@pytest.mark.parametrize('penalty', [terms.r1, terms.r2])
@pytest.mark.parametrize('gamma', [.5, 1., 2.])
def test_zero_centred_penalties_pull_in(penalty, gamma):
  """Section 4.1: -gamma/2 +- sqrt(gamma^2/4 - f'(0)^2)."""
  found = eigenvalues(theory.flow_jacobian,
                      dirac('non_saturating', penalty(gamma)), BATCH)
  np.testing.assert_allclose(
      found, paper(-gamma / 2, gamma ** 2 / 4 - .25), atol=1e-3)
  assert found.real.max() < 0


@pytest.mark.parametrize('std', [.5, 1., 2., 3.])
def test_instance_noise_pulls_in(std):
  """Lemma 3.2: f'' sigma^2 +- sqrt(f''^2 sigma^4 - f'^2)."""
  found = eigenvalues(theory.flow_jacobian, dirac(view=noise(std)), BATCH)
  np.testing.assert_allclose(
      found, paper(-.25 * std ** 2, (.25 * std ** 2) ** 2 - .25), atol=1e-3)
  assert found.real.max() < 0


@pytest.mark.parametrize('gamma', [1., 4.])
def test_consensus_pulls_in(gamma):
  """-gamma f'(0)^2 +- i f'(0), as one step of length 1e-2 has it."""
  step = eigenvalues(theory.round_jacobian,
                     rounds_of(Consensus, 1e-2, weight=gamma), ROUND)
  np.testing.assert_allclose((step - 1) / 1e-2, paper(-gamma / 4, -.25),
                             atol=1e-4)


@pytest.mark.parametrize('h, n_critic', [(.1, 1), (.5, 1), (.1, 5)])
def test_steps_of_finite_length(h, n_critic):
  """Simultaneous ones spiral out, in turn they stay on the unit circle.

  Lemma 2.4: 1 +- h f'(0) i, and 1 - a^2/2 +- sqrt((1 - a^2/2)^2 - 1) with
  a = sqrt(n_g n_d) h f'(0).
  """
  alternating = eigenvalues(
      theory.round_jacobian, dirac(lr=h, n_critic=n_critic), BATCHES)
  real = 1 - n_critic * (h / 2) ** 2 / 2
  np.testing.assert_allclose(alternating, paper(real, real ** 2 - 1), atol=1e-5)
  np.testing.assert_allclose(abs(alternating), 1., atol=1e-5)
  if n_critic == 1:
    together = eigenvalues(
        theory.round_jacobian, dirac(lr=h, together=True), ROUND)
    np.testing.assert_allclose(together, paper(1., -h ** 2 / 4), atol=1e-5)
    assert abs(together).min() > 1


def test_extragradient_pulls_in():
  """1 + h J + (h J)^2: the modulus is sqrt(1 - h^2/4 + h^4/16)."""
  h = .5
  game = rounds_of(G.Extragradient, h)
  np.testing.assert_allclose(
      abs(eigenvalues(theory.round_jacobian, game, ROUND)),
      np.sqrt(1 - h ** 2 / 4 + h ** 4 / 16), atol=1e-5)


def radii(game, rounds=1000):
  """Distances from the equilibrium of a run that begins at (1, 1)."""
  path = quick(lambda state, batches: theory.trajectory(
      game, state, batches, (1., 1.), rounds), at_rest(game), BATCHES)
  return np.linalg.norm(path, axis=1)


def test_without_a_penalty_trajectories_circle_or_leave():
  """What the eigenvalues say of the neighbourhood, games do from afar."""
  start = np.sqrt(2)
  away = radii(dirac('minimax', lr=.1, together=True))
  assert away[-1] > 1.5 * start and (np.diff(away) > 0).all()
  turn = radii(dirac('minimax', lr=.1))
  assert .9 * start < turn.min() and turn.max() < 1.1 * start
  # The non-saturating game is drawn in from afar by -s tanh(s / 2), which is
  # of higher order than the steps' push outwards: it ends on a cycle.
  for h in (.1, .2):
    cycle = radii(dirac(lr=h, together=True), 4000)[-1000:]
    np.testing.assert_allclose(cycle, np.sqrt(2 * h), rtol=.05)


@pytest.mark.parametrize('game', [
    dirac('minimax', terms.r1(1.), lr=.1),
    dirac('minimax', terms.r2(1.), lr=.1),
    dirac('minimax', view=noise(1.), lr=.1),
    rounds_of(Consensus), rounds_of(G.Extragradient)],
    ids=['r1', 'r2', 'instance noise', 'consensus', 'extragradient'])
def test_what_pulls_in_reaches_the_equilibrium(game):
  assert radii(game)[-1] < 1e-3


@pytest.mark.parametrize('n_critic', [1, 5])
def test_wgan_and_wgan_gp_do_not_come_to_rest(n_critic):
  """Section 3: a norm of 1 is asked of D even where G has found the data."""
  for penalty in ((), (terms.gradient_penalty(weight=1.),)):
    found = radii(dirac('wasserstein', *penalty, lr=.05, n_critic=n_critic))
    assert found[-500:].max() > .5 and found[-500:].min() > .02
