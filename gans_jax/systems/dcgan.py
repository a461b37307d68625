"""Deep convolutional GAN.

Radford, Metz, Chintala. "Unsupervised representation learning with deep
convolutional generative adversarial networks". ICLR 2016.

The game is that of GAN with the non-saturating loss; the paper is about nets:
strided convolutions in place of pooling, batch normalisation in both except at
G's output and D's input, no hidden fully connected layers at 64 pixels, ReLU in
G with tanh at its output, LeakyReLU(0.2) in D, all weights from N(0, 0.02), and
Adam(2e-4, beta1 = 0.5).

At 28 pixels the published code is class-conditional: a one-hot label is
concatenated to z, to the input of every fully connected layer and, as constant
channels, to every feature map.

Departures: pictures lie in [-1, 1] with tanh also at 28 pixels, where the code
used [0, 1] with a sigmoid.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dcgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          conditional: bool = False, z: int = 100, prior: str = 'uniform',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; of 28 pixels, or of those that nets.dcgan takes.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    conditional: show both nets the label.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a picture size that the nets cannot take, or a
      conditional game on data without labels.
  """
  return two_player.named(
      spec, adversarial.non_saturating,
      classes=conditioning.classes(spec) if conditional else 0, nets=nets, z=z,
      prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema, parts=parts)
