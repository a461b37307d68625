"""Densities on a plane against ones that are known."""

import numpy as np
import pytest

from gans_jax import data
from gans_jax.errors import ConfigError
from gans_jax.eval import evaluators
from gans_jax.eval.measures import planar

RNG = np.random.default_rng(0)
TURN = np.linalg.qr(RNG.normal(size=(7, 7)))[0]


def on_plane(n, shift=0.):
  """Wide in two directions of seven, which are not its coordinates."""
  x = .01 * RNG.normal(size=(n, 7))
  x[:, :2] += RNG.normal(size=(n, 2)) * [2., 1.] + [shift, 0.]
  return x @ TURN


def test_the_plane_is_that_of_the_data():
  plane = planar.Plane(on_plane(2000), step=.5)
  np.testing.assert_allclose(
      np.abs(plane.axes @ TURN.T)[:, :2], np.eye(2), atol=.06)
  np.testing.assert_allclose(plane.density.sum(), 1., atol=.01)


def test_divergence_of_shifted_gaussians():
  """Against the integral of their densities, which the kernel blurs."""
  plane = planar.Plane(on_plane(2000), step=.25)
  assert plane.divergence(on_plane(2000)) < .02
  far = plane.divergence(on_plane(2000, shift=3.))
  wide = 4 * (1 + 2000 ** (-1 / 3))     # its variance, blurred
  t = np.linspace(-20, 20, 4001)
  p, q = (np.exp(-(t - s) ** 2 / (2 * wide)) / np.sqrt(2 * np.pi * wide)
          * .01 for s in (0., 3.))
  np.testing.assert_allclose(far, planar.jensen_shannon(p, q), atol=.02)


def test_jensen_shannon_by_hand():
  p, q = np.array([.5, .5]), np.array([1., 1e-300])
  want = (.5 * np.log(.5 / .75) + .5 * np.log(.5 / .25) + np.log(1 / .75)) / 2
  np.testing.assert_allclose(planar.jensen_shannon(p, q), want)


def test_evaluator():
  source = data.make('clusters100', n=500)
  judge = evaluators.make('planar', source, n=300, step=.5)
  rows = np.random.default_rng(1).permutation(500)   # they come by clusters
  real = lambda n: source.batch(rows[:n])
  good = judge(real)['jsd']
  noise = judge(lambda n: dict(x=RNG.normal(size=(n, 100))))['jsd']
  assert good < .05 < .2 < noise


@pytest.mark.parametrize('name', ['gauss1', 'digits'])
def test_other_data(name):
  with pytest.raises(ConfigError, match='vectors of 2 dimensions'):
    evaluators.make('planar', data.make(name), n=10)


def test_samples_on_a_line():
  plane = planar.Plane(on_plane(50), step=1.)
  with pytest.raises(ValueError, match='on one line'):
    plane.divergence(np.ones((5, 7)))
