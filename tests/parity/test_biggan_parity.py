"""BigGAN's and BigGAN-deep's nets against PyTorch, in float64."""

import functools

import pytest

torch = pytest.importorskip('torch')

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from gans_jax.losses import adversarial  # noqa: E402
from gans_jax.nets import biggan, biggan_deep  # noqa: E402
from tests.nets.filled import draw, fill, quick  # noqa: E402
from tests.parity import torch_biggan  # noqa: E402
from tests.parity.test_nets import agree, doubled, pictures  # noqa: E402
from tests.parity.test_nets import float64  # noqa: E402, F401

Y = np.eye(5)[[0, 2, 4, 1]]
Z, X = 20, np.tanh(draw(4, 16, 16, 3)).astype(float)
ATTENTION = 8    # of pictures of 16 pixels: within both nets


def nets(deep, spectral):
  """(ours, theirs) of G and of D: pictures of 16 pixels, widths that change."""
  widths = (16, 16, 8)
  options = dict(attention=ATTENTION, spectral=spectral)
  if deep:
    g = biggan_deep.Generator((16, 16, 3), widths, shared=6, **options)
    d = biggan_deep.Discriminator(widths[::-1], **options)
  else:
    g = biggan.Generator((16, 16, 3), widths, 6, **options)
    d = biggan.discriminator((16, 16, 3), widths[::-1], **options)
  z = Z if deep else 3 * Z
  return (g, torch_biggan.Generator(widths, z, 5, 6, ATTENTION, deep),
          d, torch_biggan.Discriminator(widths[::-1], 5, 1, ATTENTION, deep),
          draw(4, z).astype(float))


def leaf(module, path):
  """The PyTorch parameter of a path of the Flax tree."""
  *layers, kind = (k.key for k in path)
  module = functools.reduce(getattr, layers, module)
  return getattr(module, kind if kind in ('bias', 'gain') else 'weight')


def turned(x, forth=True):
  """[*K, I, O] as [O, I, *K], and back."""
  axes = ((-1, -2), (0, 1)) if forth else ((0, 1), (-1, -2))
  return np.moveaxis(x, *axes).copy() if x.ndim > 1 else x.copy()


def load(module, params):
  for path, x in jax.tree_util.tree_leaves_with_path(params):
    with torch.no_grad():
      leaf(module, path).copy_(torch.tensor(turned(x)))
  assert sum(p.numel() for p in module.parameters()) == sum(
      x.size for x in jax.tree.leaves(params))
  return module


def gradients(module, params):
  return jax.tree_util.tree_map_with_path(
      lambda path, x: turned(leaf(module, path).grad.numpy(), False), params)


def apply(net, v, x, y):
  return net.apply(v, x, y, train=True, mutable=[k for k in v if k != 'params']
                   )[0]


@pytest.mark.parametrize('deep', [False, True])
def test_losses_and_gradients(deep):
  g, other_g, d, other_d, z = nets(deep, spectral=False)
  gv, dv = doubled(fill(g, z, Y)), doubled(fill(d, X, Y))
  pair = adversarial.hinge

  def mine(gv, dv, z, x):
    fake = lambda params: apply(g, {**gv, 'params': params}, z, Y)
    judge = lambda params, x: apply(d, {'params': params}, x, Y)
    d_loss = lambda p: pair.d(judge(p, x) / 9, judge(p, fake(gv['params'])) / 9)
    g_loss = lambda p: pair.g(judge(dv['params'], fake(p)))
    return dict(d=jax.value_and_grad(d_loss)(dv['params']),
                g=jax.value_and_grad(g_loss)(gv['params']))

  found = quick(mine, gv, dv, z, X)
  load(other_g, gv['params'])
  load(other_d, dv['params'])
  y, real = torch.tensor(Y), pictures(X)
  fake = other_g(torch.tensor(z), y)
  d_loss = (torch.relu(1 - other_d(real, y) / 9).mean()
            + torch.relu(1 + other_d(fake.detach(), y) / 9).mean())
  d_loss.backward()
  expected = dict(d=(d_loss.item(), gradients(other_d, dv['params'])))
  g_loss = -other_d(fake, y).mean()
  g_loss.backward()
  expected['g'] = g_loss.item(), gradients(other_g, gv['params'])
  agree(found, expected, 1e-8)


@pytest.mark.parametrize('deep', [False, True])
def test_every_kernel_but_the_embedding_is_spectrally_normalised(deep):
  """PyTorch has each divided by its norm; ours finds it by many passes."""
  g, other_g, d, other_d, z = nets(deep, spectral=True)
  for net, other, x in (g, other_g, z), (d, other_d, X):
    v = doubled(fill(net, x, Y))

    def settled(v, x, net=net):
      def step(s, _):
        return net.apply({**v, **s}, x, Y, train=True, mutable=list(s))[1], None
      s = {k: v[k] for k in v if k != 'params'}
      s = jax.lax.scan(step, s, length=300)[0]
      return apply(net, {**v, **s}, x, Y)

    def divided(path, x):
      if path[0].key == 'shared' or x.ndim < 2:
        return x
      return x / np.linalg.norm(x.reshape(-1, x.shape[-1]), 2)

    load(other, jax.tree_util.tree_map_with_path(divided, v['params']))
    mine = quick(settled, jax.tree.map(jnp.asarray, v), x)
    theirs = other(torch.tensor(x) if x.ndim == 2 else pictures(x),
                   torch.tensor(Y)).detach().numpy()
    if theirs.ndim > 1:
      theirs = np.moveaxis(theirs, 1, -1)
    # Where two singular values are close, passes find the norm slowly.
    np.testing.assert_allclose(mine, theirs, atol=5e-3 * np.abs(theirs).max())
