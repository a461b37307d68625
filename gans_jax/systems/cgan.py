"""Conditional GAN.

Mirza, Osindero. "Conditional generative adversarial nets". arXiv 1411.1784,
2014.

Both players see the label y:

    L_D = E_{x,y} sp(-s(x, y)) + E_{z,y} sp(s(G(z, y), y))            (eq. 2)
    L_G = E_{z,y} sp(-s(G(z, y), y))

with the y of fakes drawn from the labels of the data. D must see a fake with
the label that G was given; one step each a round.

Departures: none; the defaults are the MNIST experiment's, but for its momentum
and its rate, which configs/cgan_mnist.py has change over time. Other pairs join
a one-hot label to what they are given.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='cgan')
SGD = dict(name='sgd', lr=0.1, momentum=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          z: int = 100, prior: str = 'uniform01',
          g_optim: Mapping[str, Any] = SGD,
          d_optim: Mapping[str, Any] = SGD, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  return two_player.named(
      spec, adversarial.non_saturating, classes=conditioning.classes(spec),
      nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema,
      parts=parts)
