"""The same nets and penalties, written independently in PyTorch.

Pictures are [B, C, H, W]. A layer has the name that it has in the Flax tree,
so that `load` can find it; the computation is PyTorch's own throughout.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, pad, softplus
from torch.nn.utils.parametrizations import spectral_norm


def lrelu(x):
  return nn.functional.leaky_relu(x, .2)


def same(x, kernel):
  """TensorFlow's 'SAME' for stride 2 and an even size."""
  total = kernel - 2
  return pad(x, (total // 2, total - total // 2) * 2)


def rows(x):
  """[B, C, H, W] -> [B, H W C], the order of channels-last nets."""
  return x.permute(0, 2, 3, 1).flatten(1)


def picture(h, size):
  """The inverse of `rows`."""
  return h.view(len(h), size, size, -1).permute(0, 3, 1, 2).contiguous()


def up(channels, width, kernel, bias):
  return nn.ConvTranspose2d(channels, width, kernel, 2, (kernel - 2) // 2,
                            bias=bias)


class DCGANGenerator(nn.Module):

  def __init__(self, size=64, channels=3, width=128, z=100):
    super().__init__()
    self.times = (size // 4).bit_length() - 1
    self.Dense_0 = nn.Linear(z, 16 * (width << (self.times - 1)), bias=False)
    for i in range(self.times):
      wide = width << (self.times - 1 - i)
      setattr(self, f'BatchNorm_{i}', nn.BatchNorm2d(wide))
      last = i == self.times - 1
      setattr(self, f'ConvTranspose_{i}', up(
          wide, channels if last else wide // 2, 5, bias=last))

  def forward(self, z):
    h = picture(self.Dense_0(z), 4)
    for i in range(self.times):
      h = torch.relu(getattr(self, f'BatchNorm_{i}')(h))
      h = getattr(self, f'ConvTranspose_{i}')(h)[..., :-1, :-1]
    return torch.tanh(h)


class DCGANDiscriminator(nn.Module):

  def __init__(self, size=64, channels=3, width=64):
    super().__init__()
    self.times = (size // 4).bit_length() - 1
    for i in range(self.times):
      setattr(self, f'Conv_{i}', nn.Conv2d(channels, width << i, 5, 2,
                                           bias=i == 0))
      if i:
        setattr(self, f'BatchNorm_{i - 1}', nn.BatchNorm2d(width << i))
      channels = width << i
    self.Dense_0 = nn.Linear(16 * channels, 1)

  def forward(self, x):
    for i in range(self.times):
      x = getattr(self, f'Conv_{i}')(same(x, 5))
      x = lrelu(getattr(self, f'BatchNorm_{i - 1}')(x) if i else x)
    return self.Dense_0(rows(x))[:, 0]


class DC28Generator(nn.Module):

  def __init__(self, size=28, channels=1, width=64, fc=1024, z=62):
    super().__init__()
    self.small = size // 4
    flat = self.small ** 2 * 2 * width
    self.Dense_0 = nn.Linear(z, fc, bias=False)
    self.BatchNorm_0 = nn.BatchNorm1d(fc)
    self.Dense_1 = nn.Linear(fc, flat, bias=False)
    self.BatchNorm_1 = nn.BatchNorm1d(flat)
    self.ConvTranspose_0 = up(2 * width, width, 4, False)
    self.BatchNorm_2 = nn.BatchNorm2d(width)
    self.ConvTranspose_1 = up(width, channels, 4, True)

  def forward(self, z):
    h = torch.relu(self.BatchNorm_0(self.Dense_0(z)))
    h = torch.relu(self.BatchNorm_1(self.Dense_1(h)))
    h = self.ConvTranspose_0(picture(h, self.small))
    return torch.tanh(self.ConvTranspose_1(torch.relu(self.BatchNorm_2(h))))


class DC28Discriminator(nn.Module):

  def __init__(self, size=28, channels=1, width=64, fc=1024):
    super().__init__()
    self.Conv_0 = nn.Conv2d(channels, width, 4, 2, 1)
    self.Conv_1 = nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False)
    self.BatchNorm_0 = nn.BatchNorm2d(2 * width)
    self.Dense_0 = nn.Linear((size // 4) ** 2 * 2 * width, fc, bias=False)
    self.BatchNorm_1 = nn.BatchNorm1d(fc)
    self.Dense_1 = nn.Linear(fc, 1)

  def forward(self, x):
    h = lrelu(self.BatchNorm_0(self.Conv_1(lrelu(self.Conv_0(x)))))
    return self.Dense_1(lrelu(self.BatchNorm_1(self.Dense_0(rows(h)))))[:, 0]


class UpBlock(nn.Module):

  def __init__(self, channels, width):
    super().__init__()
    self.BatchNorm_0 = nn.BatchNorm2d(channels)
    self.Conv_0 = nn.Conv2d(channels, width, 3, padding=1)
    self.BatchNorm_1 = nn.BatchNorm2d(width)
    self.Conv_1 = nn.Conv2d(width, width, 3, padding=1)
    self.Conv_2 = nn.Conv2d(channels, width, 1)

  def forward(self, x):
    double = lambda x: interpolate(x, scale_factor=2, mode='nearest')
    h = self.Conv_0(double(torch.relu(self.BatchNorm_0(x))))
    h = self.Conv_1(torch.relu(self.BatchNorm_1(h)))
    return h + self.Conv_2(double(x))


class ResNetGenerator(nn.Module):

  def __init__(self, size=32, channels=3, width=256, z=128):
    super().__init__()
    self.times = (size // 4).bit_length() - 1
    self.Dense_0 = nn.Linear(z, 16 * width)
    for i in range(self.times):
      setattr(self, f'UpBlock_{i}', UpBlock(width, width))
    self.BatchNorm_0 = nn.BatchNorm2d(width)
    self.Conv_0 = nn.Conv2d(width, channels, 3, padding=1)

  def forward(self, z):
    h = picture(self.Dense_0(z), 4)
    for i in range(self.times):
      h = getattr(self, f'UpBlock_{i}')(h)
    return torch.tanh(self.Conv_0(torch.relu(self.BatchNorm_0(h))))


class DownBlock(nn.Module):

  def __init__(self, channels, width, halve, first, normalise):
    super().__init__()
    hidden = width if first else channels
    self.halve, self.first = halve, first
    self.Conv_0 = normalise(nn.Conv2d(channels, hidden, 3, padding=1))
    self.Conv_1 = normalise(nn.Conv2d(hidden, width, 3, padding=1))
    if halve or channels != width:
      self.Conv_2 = normalise(nn.Conv2d(channels, width, 1))

  def forward(self, x):
    pool = (lambda x: avg_pool2d(x, 2)) if self.halve else (lambda x: x)
    h = self.Conv_0(x if self.first else torch.relu(x))
    h = pool(self.Conv_1(torch.relu(h)))
    return h + (pool(self.Conv_2(x)) if hasattr(self, 'Conv_2') else x)


class ResNetDiscriminator(nn.Module):

  def __init__(self, size=32, channels=3, width=128, spectral=True):
    super().__init__()
    normalise = spectral_norm if spectral else lambda layer: layer
    downs = (size // 8).bit_length() - 1
    self.blocks = downs + 2
    for i in range(self.blocks):
      setattr(self, f'DownBlock_{i}', DownBlock(
          width if i else channels, width, i < downs, i == 0, normalise))
    self.Dense_0 = normalise(nn.Linear(width, 1))

  def forward(self, x):
    for i in range(self.blocks):
      x = getattr(self, f'DownBlock_{i}')(x)
    return self.Dense_0(torch.relu(x).sum((2, 3)))[:, 0]


# --- penalties ---------------------------------------------------------------

def gradient_norms_squared(d, x):
  """[B]; differentiable again."""
  x = x.detach().requires_grad_()
  gradient, = torch.autograd.grad(d(x).sum(), x, create_graph=True)
  return gradient.flatten(1).square().sum(1)


def gp(d, x):
  """At given points x."""
  return ((gradient_norms_squared(d, x) + 1e-12).sqrt() - 1).square().mean()


def r1(d, x, gamma=10.):
  return gamma / 2 * gradient_norms_squared(d, x).mean()


# --- losses: d(real, fake), g(fake) ------------------------------------------

NON_SATURATING = (lambda r, f: softplus(-r).mean() + softplus(f).mean(),
                  lambda f: softplus(-f).mean())
HINGE = (lambda r, f: torch.relu(1 - r).mean() + torch.relu(1 + f).mean(),
         lambda f: -f.mean())


# --- parameters --------------------------------------------------------------

def weight(kernel, layer):
  """A Flax kernel as this layer's weight."""
  if isinstance(layer, nn.ConvTranspose2d):
    return kernel[::-1, ::-1].transpose(2, 3, 0, 1).copy()
  return np.moveaxis(kernel, (-1, -2), (0, 1)).copy()


def _raw(layer):
  """The weight before spectral normalisation, if there is any."""
  if hasattr(layer, 'parametrizations'):
    return layer.parametrizations.weight.original
  return layer.weight


def load(module, params):
  """Copies a Flax tree of parameters; u and v become singular vectors."""
  for name, leaves in params.items():
    layer = getattr(module, name)
    if not {'kernel', 'scale'} & set(leaves):
      load(layer, leaves)
      continue
    with torch.no_grad():
      if 'kernel' in leaves:
        _raw(layer).copy_(torch.tensor(weight(leaves['kernel'], layer)))
      else:
        layer.weight.copy_(torch.tensor(leaves['scale']))
      if 'bias' in leaves:
        layer.bias.copy_(torch.tensor(leaves['bias']))
    if hasattr(layer, 'parametrizations'):
      matrix = _raw(layer).detach().flatten(1)
      u, _, v = torch.linalg.svd(matrix, full_matrices=False)
      sn = layer.parametrizations.weight[0]
      sn._u.copy_(u[:, 0])
      sn._v.copy_(v[0])
  return module


def gradients(module, params):
  """The module's gradients as a tree like `params`."""
  tree = {}
  for name, leaves in params.items():
    layer = getattr(module, name)
    if not {'kernel', 'scale'} & set(leaves):
      tree[name] = gradients(layer, leaves)
      continue
    tree[name] = {}
    for kind in leaves:
      if kind == 'kernel':
        grad = _raw(layer).grad.numpy()
        if isinstance(layer, nn.ConvTranspose2d):
          grad = grad.transpose(2, 3, 0, 1)[::-1, ::-1]
        else:
          grad = np.moveaxis(grad, (0, 1), (-1, -2))
      else:
        grad = (layer.weight if kind == 'scale' else layer.bias).grad.numpy()
      tree[name][kind] = grad.copy()    # backward adds to it in place
  return tree
