"""On flax's convolutions the nets are the same functions."""

import flax.linen as nn
import jax
import numpy as np
import pytest

from gans_jax.benchmark.flax_convs import flax_convolutions
from gans_jax.nets import dcgan, resnet
from gans_jax.nets.layers.conv import Conv, ConvTranspose


class Call(nn.Module):
  layer: nn.Module

  @nn.compact
  def __call__(self, x):
    return self.layer(x)


def both(net, x, **kwargs):
  """(ours, flax's, primitives of flax's) on the same params."""
  variables = jax.jit(lambda: net.init(jax.random.key(0), x, **kwargs))()
  mutable = [k for k in variables if k != 'params']
  run = lambda v, x: net.apply(v, x, mutable=mutable, **kwargs)[0]
  ours = jax.jit(run)(variables, x)
  with flax_convolutions():
    other = jax.eval_shape(
        lambda: net.init(jax.random.key(0), x, **kwargs))
    theirs = jax.jit(lambda v, x: run(v, x))(variables, x)
    traced = str(jax.make_jaxpr(lambda v, x: run(v, x))(variables, x))
  assert jax.tree.map(lambda a: a.shape, other) == (
      jax.tree.map(lambda a: a.shape, variables))
  assert 'conv_general_dilated' in traced
  assert 'conv_conv' not in traced and 'conv_input_grad' not in traced
  return ours, theirs


X = np.random.default_rng(0).normal(size=(2, 8, 8, 4)).astype(np.float32)


@pytest.mark.parametrize('layer', [
    Conv(6), Conv(6, (5, 5), strides=2), Conv(6, (3, 3), resample='pool'),
    Conv(6, (3, 3), resample='up'), Conv(6, (1, 1), resample='up'),
    Conv(6, (3, 3), padding='REFLECT'), Conv(6, (3, 3), padding=1, groups=2),
    Conv(6, (3, 3), dilation=2, use_bias=False),
    ConvTranspose(6, (5, 5)), ConvTranspose(6, (4, 4), padding=1),
    ConvTranspose(6, (3, 3), padding=((1, 0), (0, 1)), use_bias=False),
])
def test_layers(layer):
  ours, theirs = both(Call(layer), X)
  np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_nets_with_their_statistics():
  z = np.random.default_rng(1).normal(size=(2, 8)).astype(np.float32)
  for net, x in (
      (resnet.Discriminator(4), X), (dcgan.Generator((8, 8, 3), 4), z)):
    ours, theirs = both(net, x, train=True)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_outside_the_context_nothing_is_changed():
  layer = Conv(6)
  with flax_convolutions():
    pass
  traced = jax.make_jaxpr(
      lambda x: layer.init_with_output(jax.random.key(0), x)[0])(X)
  assert 'conv_conv' in str(traced)
