"""Locally connected layers against loops, convolutions and counts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.nets.layers import locally_connected as local
from gans_jax.nets.layers.conv import conv
from tests.nets.filled import KEYS, count, draw, quick


@pytest.mark.parametrize('size, strides, at', [
    ((3, 3), (1, 1), (3, 5)), ((2, 3), (1, 2), (4, 3)), ((5, 2), (3, 1), (1, 6))
])
def test_each_place_has_a_kernel_of_its_own(size, strides, at):
  x = draw(2, 5, 7, 3)
  kernel = draw(*at, size[0] * size[1] * 3, 4)
  want = np.zeros((2, *at, 4), np.float32)
  for i in range(at[0]):
    for j in range(at[1]):
      a, b = i * strides[0], j * strides[1]
      patch = x[:, a:a + size[0], b:b + size[1]].reshape(2, -1)
      want[:, i, j] = patch @ kernel[i, j]
  assert local.places((5, 7), size, strides) == at
  np.testing.assert_allclose(quick(
      lambda x, k: local.locally_connected(x, k, size, strides), x, kernel),
      want, rtol=1e-5, atol=1e-5)


def test_where_all_kernels_are_one_it_is_a_convolution():
  x, kernel = draw(2, 6, 6, 3), draw(3, 3, 3, 5)
  everywhere = np.broadcast_to(kernel.reshape(27, 5), (4, 4, 27, 5))
  def both(x, k, everywhere):
    ours = lambda x: local.locally_connected(x, everywhere, (3, 3))
    theirs = lambda x: conv(x, k, padding='VALID')
    loss = lambda f: jax.grad(lambda x: jnp.sum(jnp.sin(f(x))))(x)
    return ours(x), theirs(x), loss(ours), loss(theirs)
  a, b, da, db = quick(both, x, kernel, everywhere)
  np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
  np.testing.assert_allclose(da, db, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('options, want', [
    (dict(size=(5, 5)), 7 * 7 * (25 * 3 + 1) * 6),
    (dict(size=(5, 5), padding=2), 11 * 11 * (25 * 3 + 1) * 6),
    (dict(size=(3, 3), padding=1, strides=(2, 2)), 6 * 6 * (9 * 3 + 1) * 6),
    (dict(size=(2, 2), use_bias=False), 10 * 10 * 4 * 3 * 6)])
def test_parameters(options, want):
  """out out (k k c_in + 1) c_out of them."""
  net = local.LocallyConnected(6, **options)
  shapes = jax.eval_shape(lambda: net.init(KEYS, np.zeros((1, 11, 11, 3))))
  assert sum(x.size for x in jax.tree.leaves(shapes)) == want


def test_fans_are_those_of_one_place():
  """As of a dense layer, however many places there are."""
  for init, bound in ((local.HE, np.sqrt(6 / 50)),
                      (local.GLOROT, np.sqrt(6 / 58))):
    kernel = np.asarray(init(jax.random.key(0), (9, 9, 50, 8)))
    assert .97 * bound < np.abs(kernel).max() <= bound


def test_what_does_not_fit():
  x = np.zeros((1, 4, 4, 2), np.float32)
  with pytest.raises(ValueError, match='larger than a picture'):
    local.places((4, 4), (5, 2))
  with pytest.raises(ValueError, match=r'takes a kernel \(3, 3, 8\)'):
    local.locally_connected(x, np.zeros((3, 3, 9, 1), np.float32), (2, 2))
  assert count(Padded(), x) == 5 * 5 * 9


class Padded(local.nn.Module):
  """A border of 1 on every side, kernels of 2."""

  @local.nn.compact
  def __call__(self, x, *, train):
    return local.LocallyConnected(1, (2, 2), padding=1)(x)
