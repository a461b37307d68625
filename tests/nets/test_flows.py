"""Autoregressive nets: what hangs on what, and the Jacobian of a flow."""

import jax
import numpy as np
import pytest

from gans_jax.nets import flows

RANDOM = jax.nn.initializers.normal(.5)


@pytest.mark.parametrize('backwards', [False, True])
def test_outputs_hang_on_the_inputs_before_them_and_on_all_of_those(backwards):
  net = flows.MADE(2, (24, 24), backwards, RANDOM)
  z = jax.random.normal(jax.random.key(0), (1, 5))
  params = net.init(jax.random.key(1), z)
  jacobian = jax.jit(jax.jacobian(lambda z: net.apply(params, z[None])[0]))
  for seed in (2, 3, 4):      # ReLUs hide connections at a single point
    slopes = jacobian(3 * jax.random.normal(jax.random.key(seed), (5,)))
    slopes = np.abs(np.asarray(slopes))[:, ::-1, ::-1] if backwards else (
        np.abs(np.asarray(slopes)))
    for of in slopes:         # [outputs, inputs]
      assert not np.triu(of).any()
      assert (of[np.tril_indices(5, -1)] > 0).all()


@pytest.mark.parametrize('steps', [1, 2])
def test_the_log_determinant_is_that_of_the_jacobian(steps):
  net = flows.IAF(steps, (16,), RANDOM)
  z = jax.random.normal(jax.random.key(0), (3, 4))
  params = net.init(jax.random.key(1), z, train=True)
  out, log_det = net.apply(params, z, train=True)
  assert out.shape == z.shape and np.abs(out - z).max() > .1
  jacobian = jax.jit(jax.vmap(jax.jacobian(
      lambda z: net.apply(params, z[None], train=True)[0][0])))(z)
  sign, exact = np.linalg.slogdet(np.asarray(jacobian, np.float64))
  assert (sign == 1).all() and np.abs(exact).min() > 1e-3
  np.testing.assert_allclose(log_det, exact, rtol=1e-4, atol=1e-5)


def test_a_flow_begins_as_the_identity():
  z = jax.random.normal(jax.random.key(0), (3, 4))
  (out, log_det), _ = flows.IAF(2, (8,)).init_with_output(
      jax.random.key(1), z, train=True)
  np.testing.assert_array_equal(out, z)
  np.testing.assert_array_equal(log_det, 0.)
