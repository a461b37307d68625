"""Small games on fixed numbers, whose losses and gradients are recorded.

`tests/parity` measures the same in PyTorch, in float64, at these sizes and at
those of the papers.
"""

from typing import NamedTuple

import flax.linen as nn
import jax
import numpy as np

from gans_jax.losses import adversarial, penalties
from gans_jax.nets import dc28, dcgan, resnet
from tests.nets.filled import draw, fill


class Case(NamedTuple):
  """A generator, a discriminator, shapes of their inputs, a pair of losses."""

  g: nn.Module
  d: nn.Module
  z: tuple[int, ...]
  x: tuple[int, ...]
  pair: adversarial.Pair


def case(name, size, width):
  """dcgan, dc28 or sn32, of pictures and nets that big."""
  ns, hinge = adversarial.non_saturating, adversarial.hinge
  rgb = (size, size, 3)
  if name == 'dcgan':
    return Case(dcgan.Generator(rgb, width), dcgan.Discriminator(width),
                (4, 10), (4, *rgb), ns)
  if name == 'dc28':
    grey = (size, size, 1)
    return Case(dc28.Generator(grey, width, 4 * width),
                dc28.Discriminator(width, 4 * width), (4, 10), (4, *grey), ns)
  return Case(resnet.Generator(rgb, width), resnet.Discriminator(width),
              (4, 10), (4, *rgb), hinge)


SMALL = {'dcgan': (16, 4), 'dc28': (12, 4), 'sn32': (8, 4)}
PAPER = {'dcgan': (64, 6), 'dc28': (28, 16), 'sn32': (32, 12)}


def inputs(c):
  """z, real pictures and points for penalties, all in range."""
  return draw(*c.z), np.tanh(draw(*c.x)), np.tanh(draw(*c.x, seed=2))


def variables(net, x):
  """`fill`, with u and v the first singular vectors, where SN stands still."""
  filled = fill(net, x)

  def settle(params, stats):
    for name, leaf in stats.items():
      if 'u' not in leaf:
        settle(params[name], leaf)
        continue
      # Wrappers are numbered as they wrap: convolutions, then the last layer.
      i = int(name.split('_')[-1])
      layer = f'Conv_{i}' if f'Conv_{i}' in params else 'Dense_0'
      kernel = params[layer]['kernel'].astype(np.float64)
      u, _, v = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]).T,
                              full_matrices=False)
      leaf['u'], leaf['v'] = u[:, 0], v[0]

  settle(filled['params'], filled.get('spectral', {}))
  return filled


def adversarial_gradients(c, gv, dv, z, x):
  """d_loss, g_loss and the gradients of each: pure, to be compiled."""
  def apply(net, variables, params, x):
    return net.apply({**variables, 'params': params}, x, train=True,
                     mutable=[k for k in variables if k != 'params'])[0]

  def d_loss(params):
    fake = apply(c.g, gv, gv['params'], z)
    return c.pair.d(apply(c.d, dv, params, x), apply(c.d, dv, params, fake))

  def g_loss(params):
    return c.pair.g(apply(c.d, dv, dv['params'], apply(c.g, gv, params, z)))

  return {'d': jax.value_and_grad(d_loss)(dv['params']),
          'g': jax.value_and_grad(g_loss)(gv['params'])}


def penalty_gradients(d, dv, x):
  """gp at given points, r1, and the gradients of each."""
  def critic(params):
    return lambda x: d.apply({'params': params}, x, train=True)

  def gp(params):
    return penalties.power_penalty(
        penalties.gradient_norms(critic(params), x))

  r1 = lambda params: penalties.r1(critic(params), x)
  return {'gp': jax.value_and_grad(gp)(dv['params']),
          'r1': jax.value_and_grad(r1)(dv['params'])}


def summary(found):
  """Each loss, its gradient's norm, and its slope along a fixed direction."""
  numbers = {}
  for name, (loss, gradient) in found.items():
    numbers[name] = float(loss)
    leaves = [np.ravel(g) for g in jax.tree.leaves(gradient)]
    numbers[f'{name}_norm'] = float(np.linalg.norm(np.concatenate(leaves)))
    numbers[f'{name}_slope'] = float(sum(
        g @ np.cos(np.arange(g.size)) for g in leaves))
  return numbers
