"""SAGAN: self-attention, and spectral normalisation of both nets.

Zhang, Goodfellow, Metaxas, Odena. "Self-attention generative adversarial
networks". ICML 2019.

    L_D = E_x [1 - s(x, y)]+ + E_z [1 + s(G(z, y), y)]+                 (eq. 4)
    L_G = -E_z s(G(z, y), y)

Both nets attend to the whole picture where it has `nets.attention` pixels a
side (eqs. 1 to 3, `layers.attention`), by a gain that begins at 0. Labels as in
sngan: a projection in D, conditional batch normalisation in G. Two time scales
in place of several steps of D: Adam(0, 0.9) of 1e-4 for G, 4e-4 for D.

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='resnet', width=(1024, 1024, 512, 256, 128, 64),
            d_width=(64, 128, 256, 512, 1024, 1024), d_downs=5, spectral=True,
            g_spectral=True, attention=32)
G_ADAM = dict(name='adam', lr=1e-4, b1=0., b2=0.9)
D_ADAM = dict(name='adam', lr=4e-4, b1=0., b2=0.9)


def gains(params: Any) -> list[jax.Array]:
  """Gains of the attention layers among `params`."""
  leaves = jax.tree_util.tree_leaves_with_path(params)
  return [x for path, x in leaves if path[-1].key == 'gain']


def attention(t, scene):
  """Costs nothing; logs the mean size of the gains of all attention."""
  found = gains(t.params['g']) + gains(t.params['d'])
  t.log(gain=jnp.mean(jnp.abs(jnp.stack(found))) if found else jnp.zeros(()))
  return jnp.zeros(())


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          conditional: bool = True, z: int = 128, prior: str = 'normal',
          g_optim: Mapping[str, Any] = G_ADAM,
          d_optim: Mapping[str, Any] = D_ADAM, ema: float = 0.,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; labelled ones if `conditional`.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    conditional: show both nets the label.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a conditional game on data without labels.
  """
  return two_player.named(
      spec, adversarial.hinge, nets=nets, z=z, prior=prior, g_optim=g_optim,
      d_optim=d_optim, ema=ema, parts=parts, g_terms=(attention,),
      classes=conditioning.classes(spec) if conditional else 0)
