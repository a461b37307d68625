"""BigGAN: large batches, a shared embedding of labels, z at every block.

Brock, Donahue, Simonyan. "Large scale GAN training for high fidelity natural
image synthesis". ICLR 2019.

    L_D = E_x [1 - s(x, y)]+ + E_z [1 + s(G(z, y), y)]+
    L_G = -E_z s(G(z, y), y) + beta sum_W |W^T W * (1 - I)|_F^2          (eq. 3)

The game is SAGAN's, with two steps of D a round and batches of 2,048; the nets
are those of `nets.biggan`. The sum is over G's kernels but the embedding. One
samples with the average of G's params, which begins late, with BatchNorm's
statistics of samples by those very params, and may draw z from within a cutoff:
modes `statistics` and `cutoff` of evaluation.

Departures: fakes have the labels of the batch, where BigGAN-PyTorch draws them
evenly. Spectral vectors move in their own player's steps alone, and there is
no average of them beside that of the params. The paper normalises by the whole
batch of 2,048; with `config.mesh.accumulate=8` BatchNorm sees 256, as in
BigGAN-PyTorch. The gradient of the regularisation is exact: that of
BigGAN-PyTorch is a half of it (`penalties.orthogonality`).
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import schedules
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial
from gans_jax.nets import biggan

NETS = dict(name='biggan', width=96, attention=64)
G_ADAM = dict(name='adam', lr=5e-5, b1=0., b2=0.999)
D_ADAM = dict(name='adam', lr=2e-4, b1=0., b2=0.999)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          conditional: bool = True, z: int = 120, prior: str = 'normal',
          n_critic: int = 2, ortho: float = 1e-4, ema: float = 0.9999,
          ema_start: int = 20_000,
          g_optim: Mapping[str, Any] = G_ADAM,
          d_optim: Mapping[str, Any] = D_ADAM,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; labelled ones if `conditional`.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    conditional: show both nets the label.
    z: dimensions of the noise, a multiple of G's blocks and one more.
    prior: of gans_jax.families.priors.
    n_critic: steps of D a round.
    ortho: beta; 0 for no regularisation.
    ema: decay of the average of G's params; 0 for none.
    ema_start: round until which it is a copy of them.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    parts: more of the game, by name: gans_jax.families.parts.

  Raises:
    errors.ConfigError: a conditional game on data without labels, or data or
      a z that the nets cannot take.
  """
  # Without a shared embedding BatchNorm's gains and biases are tables.
  embeddings = (biggan.SHARED,) if nets.get('shared', 1) else ('scale', 'bias')
  return two_player.named(
      spec, adversarial.hinge, nets=nets, z=z, prior=prior, n_critic=n_critic,
      classes=conditioning.classes(spec) if conditional else 0,
      g_terms=[terms.orthogonality(ortho, skip=embeddings)] if ortho else [],
      ema=schedules.averages(ema, ('g', 'd'), ema_start), g_optim=g_optim,
      d_optim=d_optim, parts=parts)
