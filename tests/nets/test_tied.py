"""Nets that share layers: equal to nets apart, one leaf, statistics apart."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.nets import mlp
from gans_jax.nets.tied import Tied

K = 3
Z = jax.random.normal(jax.random.key(0), (K, 5, 4)) + jnp.arange(
    K, dtype=jnp.float32)[:, None, None]


def tied(**parts):
  return Tied(mlp.Layers((6,), norm='batch'), K, **parts)


def member(variables, k, shared):
  """The variables of net k: of shared parts the only params, own statistics."""
  pick = lambda tree: jax.tree.map(lambda x: x[k], tree)
  return {name: dict(
      params=variables['params'][name] if name in shared
      else pick(variables['params'][name]),
      batch_stats=pick(variables['batch_stats'].get(name, {})))
      for name in variables['params']}


@pytest.mark.parametrize('train', [True, False])
def test_it_is_its_members_one_by_one(train):
  first, own, last = (mlp.Layers((w,), norm='batch') for w in (7, 6, 2))
  net = tied(before=first, after=last)
  variables = jax.jit(lambda z: net.init(jax.random.key(1), z, train=True))(Z)
  shape = lambda name: variables['params'][name]['Dense_0']['kernel'].shape
  assert shape('before') == (4, 7)
  assert shape('base') == (K, 7, 6)
  assert shape('after') == (6, 2)
  kernels = variables['params']['base']['Dense_0']['kernel']
  assert np.abs(kernels[0] - kernels[1]).max() > .1

  def both(variables):
    whole = net.apply(variables, Z, train=train, mutable=['batch_stats'])
    apart = []
    for k in range(K):
      h, stats = Z[k], {}
      for name, part in dict(before=first, base=own, after=last).items():
        h, new = part.apply(member(variables, k, {'before', 'after'})[name], h,
                            train=train, mutable=['batch_stats'])
        stats[name] = new['batch_stats']
      apart.append((h, dict(batch_stats=stats)))
    return whole, jax.tree.map(lambda *x: jnp.stack(x), *apart)

  # Statistics as after some training, of each net its own.
  whole, apart = jax.jit(both)({**variables, 'batch_stats': jax.tree.map(
      lambda x: x + jnp.arange(1., K + 1)[:, None] / 10,
      variables['batch_stats'])})
  jax.tree.map(lambda a, b: np.testing.assert_allclose(
      a, b, rtol=1e-4, atol=1e-5), whole, apart)


def test_no_net_sees_the_batch_of_another():
  """BatchNorm not across generators: another's noise changes nothing."""
  net = tied(before=mlp.Layers((7,), norm='batch'))
  variables = jax.jit(lambda z: net.init(jax.random.key(1), z, train=True))(Z)
  run = jax.jit(lambda z: net.apply(variables, z, train=True,
                                    mutable=['batch_stats'])[0])
  a, b = run(Z), run(Z.at[1].set(Z[1] ** 2))
  np.testing.assert_array_equal(a[0], b[0])
  np.testing.assert_array_equal(a[2], b[2])
  assert np.abs(a[1] - b[1]).max() > .01


def test_what_all_see_is_given_once():
  net = tied(before=mlp.Layers((7,), norm='batch'))
  z = Z[0]
  variables = jax.jit(lambda z: net.init(
      jax.random.key(1), z, alike=True, train=True))(z)
  many = jnp.broadcast_to(z, (K, *z.shape))
  shapes = lambda v: jax.tree.map(jnp.shape, v)
  assert shapes(variables) == shapes(jax.eval_shape(
      lambda z: net.init(jax.random.key(1), z, train=True), many))
  for train in True, False:
    once, apart = jax.jit(lambda v, train=train: [
        net.apply(v, x, alike=alike, train=train, mutable=['batch_stats'])
        for x, alike in ((z, True), (many, False))])(variables)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(
        a, b, rtol=1e-5, atol=1e-6), once, apart)


def test_the_gradient_of_what_is_shared_is_the_sum():
  net = Tied(mlp.Layers((6,)), K, after=mlp.Discriminator((5,)))
  variables = jax.jit(lambda z: net.init(jax.random.key(1), z, train=True))(Z)
  by = jax.jit(jax.grad(lambda p, w: jnp.sum(
      w * net.apply(dict(params=p), Z, train=True).mean(1))))
  whole = by(variables['params'], jnp.ones(K))
  each = [by(variables['params'], jnp.eye(K)[k]) for k in range(K)]
  jax.tree.map(lambda a, *b: np.testing.assert_allclose(
      a, sum(b), rtol=1e-4, atol=1e-6), whole, *each)
  for k in range(K):    # and no other's own layers get any
    own = each[k]['base']['Dense_0']['kernel']
    assert not np.abs(np.delete(own, k, 0)).any() and np.abs(own[k]).any()


def test_a_wrong_number_of_inputs():
  with pytest.raises(ValueError, match='3 nets'):
    tied().init(jax.random.key(0), Z[:2], train=True)
