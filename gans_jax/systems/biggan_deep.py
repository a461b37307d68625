"""BigGAN-deep: the game of BigGAN with deeper, narrower nets.

Brock, Donahue, Simonyan. "Large scale GAN training for high fidelity natural
image synthesis". ICLR 2019, appendix B.

Bottleneck blocks, two a picture size, and skips that keep what they carry
(`nets.biggan_deep`); z isn't cut, and is given whole to every BatchNorm beside
the embedding. The losses, the steps and how one samples: see `systems.biggan`.

Departures: those of `systems.biggan`. G's last convolution has as many channels
as a picture, where the published TensorFlow module makes 128 and drops the
rest, which nothing trains (its 50.4M params are 50.2M without them).
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.game import Game
from gans_jax.systems import biggan

NETS = dict(name='biggan_deep', width=128, attention=64)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, z: int = 128,
          g_optim: Mapping[str, Any] = biggan.G_ADAM,
          d_optim: Mapping[str, Any] = biggan.D_ADAM, n_critic: int = 2,
          ortho: float = 1e-4, conditional: bool = True,
          prior: str = 'normal', ema: float = 0.9999, ema_start: int = 20_000,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; labelled ones if `conditional`.
    nets: as `systems.biggan.build`, as are all the others.
    z: dimensions of the noise; any.
    g_optim: of G.
    d_optim: of D.
    n_critic: steps of D a round.
    ortho: weight of orthogonal regularisation.
    conditional: show both nets the label.
    prior: of z.
    ema: decay of the average of G's params.
    ema_start: round at which it begins.
    parts: more of the game, by name.

  Raises:
    errors.ConfigError: as there.
  """
  return biggan.build(
      spec, nets=nets, conditional=conditional, z=z, prior=prior,
      n_critic=n_critic, ortho=ortho, ema=ema, ema_start=ema_start,
      g_optim=g_optim, d_optim=d_optim, parts=parts)
