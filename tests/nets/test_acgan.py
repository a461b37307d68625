"""AC-GAN's nets: the layers of the appendix, and noise that stops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.nets import acgan


def count(net, *shapes):
  made = jax.eval_shape(lambda: net.init(
      jax.random.key(0), *map(jnp.zeros, shapes), train=False))
  return sum(x.size for x in jax.tree.leaves(made['params']))


@pytest.mark.parametrize('size, widths', [
    (32, (384, 192, 96)), (128, (768, 384, 256, 192))])
def test_generators_of_the_paper(size, widths):
  net = acgan.Generator((size, size, 3), widths)
  small = size // 2 ** len(widths)
  assert small == (4 if size == 32 else 8)
  dense = 111 * small * small * widths[0]
  ups = sum(25 * i * o + 2 * o for i, o in zip(widths, widths[1:]))
  assert count(net, (1, 100), (1, 10)) == (
      dense + ups + 25 * widths[-1] * 3 + 3)
  with pytest.raises(errors.ConfigError, match='doublings'):
    count(acgan.Generator((30, 30, 3), widths), (1, 100))


def test_the_discriminator_of_the_paper():
  widths = (16, 32, 64, 128, 256, 512)
  convs = sum(9 * i * o for i, o in zip((3, *widths), widths))
  norms = 16 + 2 * sum(widths[1:])        # a bias, then gains and biases
  for size in (32, 128):
    last = (size // 8) ** 2 * 512 * 11 + 11
    assert count(acgan.Discriminator(outputs=11), (1, size, size, 3)) == (
        convs + norms + last)


def test_dropout_and_noise_are_of_training_alone():
  net = acgan.Discriminator((4, 4), None, .5, .2, outputs=3)
  x = jnp.ones((2, 8, 8, 1))
  variables = net.init(jax.random.key(0), x, train=False)
  run = lambda train, seed: net.apply(
      variables, x, train=train, rngs=dict(
          dropout=jax.random.key(seed), noise=jax.random.key(seed)))
  np.testing.assert_array_equal(run(False, 0), run(False, 1))
  assert np.abs(run(True, 0) - run(True, 1)).max() > 0
