"""Published nets of adversarial autoencoders: sizes, and multiscale layers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.nets import cvae_gan, ian, vae_gan
from gans_jax.nets.layers import multiscale


def params(net, *shapes):
  return jax.eval_shape(lambda: net.init(jax.random.key(0), *(
      jnp.zeros(s) for s in shapes), train=False))['params']


def count(net, *shapes):
  return sum(int(np.prod(x.shape))
             for x in jax.tree.leaves(params(net, *shapes)))


PICTURE = (1, 64, 64, 3)


def test_vae_gan_as_in_table_1():
  bn = lambda *widths: 2 * sum(widths)
  convs = lambda *c: 25 * sum(a * b for a, b in zip(c, c[1:]))
  assert count(vae_gan.Encoder(), PICTURE) == (
      convs(3, 64, 128, 256) + bn(64, 128, 256) + 8 * 8 * 256 * 2048
      + bn(2048) + 2048 * 256 + 256)
  assert count(vae_gan.Generator(), (1, 128)) == (
      128 * 8 * 8 * 256 + bn(8 * 8 * 256) + convs(256, 256, 128, 32, 3)
      + bn(256, 128, 32) + 3)
  assert count(vae_gan.Discriminator(), PICTURE) == (
      convs(3, 32, 128, 256, 256) + 32 + bn(128, 256, 256)
      + 8 * 8 * 256 * 512 + bn(512) + 512 + 1)
  _, features = jax.eval_shape(lambda: vae_gan.Discriminator().init_with_output(
      jax.random.key(0), jnp.zeros(PICTURE), train=False, features=True)[0])
  assert features.shape == (1, 8, 8, 256)


def test_googlenet_and_alexnet_have_as_many_weights_as_known():
  """torchvision's GoogLeNet, of 3x3 where the paper has 5x5; CaffeNet."""
  net = cvae_gan.Encoder(outputs=1000, wide=3)
  assert count(net, (1, 128, 128, 3)) == 6_624_904
  net = cvae_gan.Classifier(1000, pad=0)
  assert count(net, (1, 227, 227, 3)) == 60_965_224


def test_cvae_gan_s_generator():
  made = params(cvae_gan.Generator(), (1, 256), (1, 530))
  kernels = [made[f'Conv_{i}']['kernel'].shape for i in range(6)]
  assert [k[0] for k in kernels] == [3, 3, 5, 5, 5, 5]
  assert [k[-1] for k in kernels] == [256, 256, 128, 92, 64, 3]
  assert made['Dense_0']['kernel'].shape == (256 + 530, 1024)
  out = jax.eval_shape(lambda: cvae_gan.Generator().init_with_output(
      jax.random.key(0), jnp.zeros((1, 256)), train=False)[0])
  assert out.shape == (1, 128, 128, 3)


def test_ian_as_published():
  d = params(ian.Discriminator(), PICTURE)
  assert [d[f'Conv_{i}']['kernel'].shape[-1] for i in range(4)] == [
      128, 256, 512, 1024]
  assert d['Dense_0']['kernel'].shape == (1024 + 500, 3)
  e = params(ian.Head(), (1, 4, 4, 1024))
  assert [e[f'Dense_{i}']['kernel'].shape for i in range(3)] == [
      (4 * 4 * 1024, 1000), (1000, 100), (1000, 100)]
  for net in (ian.Generator(), ian.Generator(
      first=1024, widths=(512, 256, 128), scales=((), (), ()), beta=())):
    out = jax.eval_shape(lambda: net.init_with_output(
        jax.random.key(0), jnp.zeros((1, 100)), train=False)[0])
    assert out.shape == PICTURE


def test_pictures_that_cannot_be_halved_so_often():
  with pytest.raises(errors.ConfigError, match='20 x 20 pixels'):
    params(vae_gan.Encoder(), (1, 20, 20, 3))
  with pytest.raises(errors.ConfigError, match='64 pixels'):
    params(cvae_gan.Classifier(10), (1, 32, 32, 3))


def test_a_multiscale_convolution_is_a_sum_of_dilated_ones():
  x = jax.random.normal(jax.random.key(0), (2, 7, 6, 3))
  net = multiscale.MultiscaleConv(4, (0, 2, 3))
  own = net.init(jax.random.key(1), x)['params']
  np.testing.assert_allclose(own['scale'], np.full((4, 4), 1 / 4))
  own = {**own, 'scale': jax.random.normal(jax.random.key(2), (4, 4))}
  kernel, shares = own['kernel'], own['scale']
  whole = jnp.einsum('bhwc,co->bhwo', x, kernel.mean((0, 1)) * shares[1])
  for i, dilation in ((0, 1), (2, 2), (3, 3)):
    whole += jax.lax.conv_general_dilated(
        x, kernel * shares[i], (1, 1), [(dilation, dilation)] * 2,
        rhs_dilation=(dilation, dilation),
        dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
  np.testing.assert_allclose(net.apply({'params': own}, x), whole, atol=1e-6)


def test_channels_are_means_of_beta_distributions_one_after_another():
  h = jax.random.normal(jax.random.key(0), (1, 4, 4, 2))
  net = multiscale.BetaPixels(3, (2,))
  own = net.init(jax.random.key(1), h)
  np.testing.assert_allclose(
      net.apply(jax.tree.map(jnp.zeros_like, own), h), .5, rtol=1e-6)
  made = net.apply(own, h)
  # Layers: of h; of h and of the first channel; of h and of both.
  inputs = [own['params'][f'MultiscaleConv_{i}']['kernel'].shape[2]
            for i in range(5)]
  assert inputs == [2, 2, 2, 2, 4]
  louder = jax.tree.map(lambda x: x, own)
  louder['params']['MultiscaleConv_2']['kernel'] *= 50.
  changed = np.abs(net.apply(louder, h) - made).max((0, 1, 2))
  assert changed[0] == 0 and (changed[1:] > 0).all()
