"""Losses, gradients and penalties of the nets against PyTorch, in float64."""

import pytest

torch = pytest.importorskip('torch')

import jax  # noqa: E402
import numpy as np  # noqa: E402

from gans_jax.nets import resnet  # noqa: E402
from tests.nets import measured  # noqa: E402
from tests.nets.filled import draw, fill, quick  # noqa: E402
from tests.nets.test_recorded import ADVERSARIAL, PENALTIES  # noqa: E402
from tests.parity import torch_nets  # noqa: E402

TORCH = {
    'dcgan': (torch_nets.DCGANGenerator, torch_nets.DCGANDiscriminator,
              torch_nets.NON_SATURATING),
    'dc28': (torch_nets.DC28Generator, torch_nets.DC28Discriminator,
             torch_nets.NON_SATURATING),
    'sn32': (torch_nets.ResNetGenerator, torch_nets.ResNetDiscriminator,
             torch_nets.HINGE),
}


@pytest.fixture(autouse=True)
def float64():
  torch.set_default_dtype(torch.float64)
  with jax.enable_x64(True):
    yield
  torch.set_default_dtype(torch.float32)


def doubled(tree):
  return jax.tree.map(lambda a: np.asarray(a, np.float64), tree)


def pictures(x):
  return torch.tensor(np.moveaxis(x, -1, 1).copy())


def agree(found, expected, rtol):
  """Losses, and each gradient relative to its largest element."""
  worst = 0.
  for name, (loss, gradient) in expected.items():
    mine, mine_gradient = found[name]
    worst = max(worst, abs(mine - loss) / abs(loss))
    scale = max(np.abs(g).max() for g in jax.tree.leaves(gradient))
    for a, b in zip(jax.tree.leaves(mine_gradient), jax.tree.leaves(gradient),
                    strict=True):
      worst = max(worst, np.abs(a - b).max() / max(np.abs(b).max(),
                                                   1e-6 * scale))
  print(f'largest relative difference {worst:.1e}')
  assert worst < rtol


def torch_adversarial(name, c, width, gv, dv, z, x):
  make_g, make_d, (d_pair, g_pair) = TORCH[name]
  size, channels = c.x[1], c.x[3]
  extra = {'fc': 4 * width} if name == 'dc28' else {}
  g = make_g(size, channels, width, z=c.z[1], **extra)
  d = make_d(size, channels, width, **extra)
  torch_nets.load(g, gv['params'])
  torch_nets.load(d, dv['params'])
  z, x = torch.tensor(z), pictures(x)
  d_loss = d_pair(d(x), d(g(z).detach()))
  d_loss.backward()
  d_gradient = torch_nets.gradients(d, dv['params'])
  g_loss = g_pair(d(g(z)))
  g_loss.backward()
  return {'d': (d_loss.item(), d_gradient),
          'g': (g_loss.item(), torch_nets.gradients(g, gv['params']))}


@pytest.mark.parametrize('name', TORCH)
@pytest.mark.parametrize('sizes', ['SMALL', 'PAPER'])
def test_losses_and_gradients(name, sizes):
  size, width = getattr(measured, sizes)[name]
  c = measured.case(name, size, width)
  z, x, _ = doubled(measured.inputs(c))
  gv = doubled(measured.variables(c.g, z))
  dv = doubled(measured.variables(c.d, x))
  found = quick(lambda *a: measured.adversarial_gradients(c, *a),
                gv, dv, z, x)
  expected = torch_adversarial(name, c, width, gv, dv, z, x)
  agree(found, expected, 1e-8)
  if sizes == 'SMALL':
    numbers = measured.summary(expected)
    print(name, numbers)
    for key, value in ADVERSARIAL[name].items():
      np.testing.assert_allclose(numbers[key], value, rtol=1e-6)


@pytest.mark.parametrize('sizes', ['SMALL', 'PAPER'])
def test_penalties(sizes):
  """First values, then second-order gradients, of the ResNet without SN."""
  size, width = getattr(measured, sizes)['sn32']
  c = measured.case('sn32', size, width)
  d = resnet.Discriminator(width, spectral=False)
  x = doubled(measured.inputs(c)[2])
  dv = doubled(measured.variables(d, x))
  found = quick(lambda v, x: measured.penalty_gradients(d, v, x), dv, x)
  expected = {}
  for name, penalty in ('gp', torch_nets.gp), ('r1', torch_nets.r1):
    net = torch_nets.load(torch_nets.ResNetDiscriminator(
        size, 3, width, spectral=False), dv['params'])
    loss = penalty(net, pictures(x))
    loss.backward()
    # The last bias has no part in a gradient by x.
    net.Dense_0.bias.grad = torch.zeros(1)
    for layer in net.modules():
      if getattr(layer, 'bias', None) is not None and layer.bias.grad is None:
        layer.bias.grad = torch.zeros_like(layer.bias)
    expected[name] = loss.item(), torch_nets.gradients(net, dv['params'])
  agree(found, expected, 1e-8)
  if sizes == 'SMALL':
    numbers = measured.summary(expected)
    print('penalties', numbers)
    for key, value in PENALTIES.items():
      np.testing.assert_allclose(numbers[key], value, rtol=1e-6)


def test_spectral_norm_of_a_fixed_u():
  """In test mode both divide by u^T W v, whatever u and v are."""
  x = np.tanh(draw(2, 8, 8, 3)).astype(np.float64)
  net = resnet.Discriminator(4)
  variables = doubled(fill(net, x))
  other = torch_nets.load(torch_nets.ResNetDiscriminator(8, 3, 4),
                          variables['params']).eval()
  def share(module, params, stats):
    for name, leaf in stats.items():
      if 'u' not in leaf:
        share(getattr(module, name), params[name], leaf)
        continue
      conv = f"Conv_{name.split('_')[-1]}"
      layer = conv if conv in params else 'Dense_0'
      shape = params[layer]['kernel'].shape[:-1]
      sn = getattr(module, layer).parametrizations.weight[0]
      sn._u.copy_(torch.tensor(leaf['u']))
      v = np.moveaxis(leaf['v'].reshape(shape), -1, 0).ravel()
      sn._v.copy_(torch.tensor(v))
  share(other, variables['params'], variables['spectral'])
  found = quick(lambda v, x: net.apply(v, x, train=False), variables, x)
  np.testing.assert_allclose(found, other(pictures(x)).detach(), rtol=1e-9)
