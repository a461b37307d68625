"""Labels that are flipped, and cross entropies at known logits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.losses.flipped import cross_entropy, flipped

Y = np.arange(6000) % 3


@pytest.mark.parametrize('classes', [2, 3])
def test_a_share_of_the_labels_is_flipped(classes):
  y = jnp.asarray(Y % classes)
  got = np.asarray(flipped(jax.random.key(0), y, .3, classes))
  assert abs((got != y).mean() - .3) < .02
  assert set(np.unique(got)) == set(range(classes))
  if classes == 3:      # the other ones alike
    step = (got - Y)[got != Y] % 3
    assert abs((step == 1).mean() - .5) < .04
  assert (np.asarray(flipped(jax.random.key(0), y, 1., 2)) != y).all()


def test_without_flips_labels_are_as_they_were():
  y = jnp.asarray(Y)
  assert flipped(jax.random.key(0), y, 0., 3) is y


def test_cross_entropies():
  y = jnp.asarray([0, 1, 1])
  got = cross_entropy(jnp.asarray([2., 2., -1.]), y)
  sp = lambda t: np.log1p(np.exp(t))
  np.testing.assert_allclose(got, (sp(2.) + sp(-2.) + sp(1.)) / 3, rtol=1e-6)
  np.testing.assert_allclose(
      cross_entropy(jnp.zeros((3, 4)), y), np.log(4), rtol=1e-6)
  # Two logits and their difference are one.
  two = jnp.asarray([[.3, 1.], [0., -2.], [1., 1.]])
  np.testing.assert_allclose(
      cross_entropy(two, y), cross_entropy(two[:, 1] - two[:, 0], y),
      rtol=1e-6)
  for s in (50., -50.):
    assert np.isfinite(cross_entropy(jnp.full(3, s), y))
