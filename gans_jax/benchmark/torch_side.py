"""The same games in PyTorch, eager, as one writes them there.

The nets are those of tests/parity/torch_nets.py, which the parity tests hold
equal to ours in losses, gradients and penalties. Needs a checkout, and the
extra [parity].
"""

import os
import sys

import numpy as np

from gans_jax import errors
from gans_jax.benchmark.timing import Side, clock

try:
  import torch
  from torch import nn

  from tests.parity import torch_nets
except ImportError as e:
  raise errors.ConfigError(
      'a comparison with PyTorch needs the extra [parity] and a checkout: '
      f"pip install -e '.[parity]', in an environment of its own ({e})") from e

WASSERSTEIN = (lambda r, f: f.mean() - r.mean(), lambda f: -f.mean())
PENALTY = 10.


def side(setup, width: int = 0, size: int = 0, **unused) -> Side:
  """Training of a setup of gans_jax.benchmark.versus in PyTorch.

  Args:
    setup: a Setup.
    width: as it was given to the setup; 0 for its default.
    size: likewise.
    **unused: what else was given to the setup, and stands in it.

  Returns:
    The side; one play is as many rounds as a dispatch of ours.
  """
  del unused
  torch.manual_seed(0)
  make, lr, betas = dict(
      dcgan64=(_dcgan64, 2e-4, (.5, .999)), sn32=(_sn32, 2e-4, (0., .9)),
      sn32_gp=(_sn32_gp, 2e-4, (0., .9)), ring=(_ring, 1e-3, (.5, .999)),
  )[setup.name]
  g, d, losses, noise, penalty = make(width, size)
  x = setup.source.batch(np.arange(len(setup.source)))['x']
  x = torch.tensor(np.moveaxis(x, -1, 1).copy() if x.ndim == 4 else x)
  one = trainer(g, d, losses, noise, penalty, x, setup.batch, lr, betas)

  threads = fastest_threads(one)

  def play():
    torch.set_num_threads(threads)
    for _ in range(setup.rounds):
      one()

  return Side(f'PyTorch, {threads} threads', play, setup.rounds * setup.batch)


def fastest_threads(one) -> int:
  """One thread or all cores, whichever plays a round sooner here.

  For small nets, and on a machine that others use, two threads wait for each
  other more than they help.
  """
  times = {}
  for n in sorted({1, len(os.sched_getaffinity(0))}):
    torch.set_num_threads(n)
    one()
    times[n] = min(clock(one) for _ in range(3))
  return min(times, key=times.get)


def trainer(g, d, losses, noise, penalty, x, batch, lr, betas):
  """A function that plays a round: a step of D, then one of G.

  No side does work that the other is spared: fakes are made without gradients
  in D's step, and D's weights get none in G's.
  """
  d_loss, g_loss = losses
  optimizers = [torch.optim.Adam(m.parameters(), lr, betas) for m in (g, d)]
  g_adam, d_adam = optimizers

  def step(optimizer, loss):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()

  def play():
    real = x[torch.randint(len(x), (batch,))]
    with torch.no_grad():
      fake = g(noise(batch))
    d.requires_grad_(True)
    loss = d_loss(d(real), d(fake))
    if penalty:
      share = torch.rand(batch, *(1,) * (x.ndim - 1))
      loss = loss + PENALTY * torch_nets.gp(
          d, share * real + (1 - share) * fake)
    first = step(d_adam, loss)
    d.requires_grad_(False)
    return first, step(g_adam, g_loss(d(g(noise(batch)))))

  return play


def describe() -> str:
  return f'PyTorch {torch.__version__}, Python {sys.version.split()[0]}'


def _normal(z):
  return lambda n: torch.randn(n, z)


def _dcgan64(width, size):
  width, size = width or 128, size or 64
  return (torch_nets.DCGANGenerator(size, width=width),
          torch_nets.DCGANDiscriminator(size, width=width // 2),
          torch_nets.NON_SATURATING, lambda n: 2 * torch.rand(n, 100) - 1,
          False)


def _sn32(width, size, spectral=True):
  width, size = width or 256, size or 32
  return (torch_nets.ResNetGenerator(size, width=width),
          torch_nets.ResNetDiscriminator(size, width=width // 2,
                                         spectral=spectral),
          torch_nets.HINGE, _normal(128), False)


def _sn32_gp(width, size):
  g, d, _, noise, _ = _sn32(width, size, spectral=False)
  return g, d, WASSERSTEIN, noise, True


def _ring(width, size):
  del size
  width = width or 128

  def mlp(inputs, outputs, activation):
    return nn.Sequential(
        nn.Linear(inputs, width), activation(), nn.Linear(width, width),
        activation(), nn.Linear(width, outputs))

  return (mlp(8, 2, nn.ReLU), mlp(2, 1, lambda: nn.LeakyReLU(.2)),
          torch_nets.NON_SATURATING, _normal(8), False)
