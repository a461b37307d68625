"""Initialisers of several seeds at once."""

import jax
import numpy as np

from gans_jax.nets.layers import ends
from tests.nets.filled import quick


def test_orthogonal_kernels_of_several_seeds():
  """`vmap` ends, and gives every seed what it has alone."""
  init, shapes = ends.orthogonal(), ((3, 3, 2, 4), (3, 5), (6, 2))
  draw = lambda key: [init(k, s) for k, s in zip(
      jax.random.split(key, len(shapes)), shapes)]
  many = quick(lambda k: jax.vmap(draw)(jax.random.split(k, 3)),
               jax.random.key(0))
  alone = quick(lambda k: draw(jax.random.split(k, 3)[1]), jax.random.key(0))
  plain = jax.nn.initializers.orthogonal()
  for kernels, kernel, shape, key in zip(
      many, alone, shapes, range(len(shapes))):
    np.testing.assert_array_equal(kernels[1], kernel)
    for k in kernels:
      k = k.reshape(-1, shape[-1])
      k = k if len(k) >= shape[-1] else k.T
      np.testing.assert_allclose(k.T @ k, np.eye(k.shape[1]), atol=1e-6)
    want = quick(lambda k, key=key, shape=shape: plain(
        jax.random.split(jax.random.split(k, 3)[1], 3)[key], shape),
                 jax.random.key(0))
    np.testing.assert_allclose(kernel, want, atol=1e-6)
