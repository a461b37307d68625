"""MAD-GAN: several generators, and a D that tells which one made a sample.

Ghosh, Kulharia, Namboodiri, Torr, Dokania. "Multi-agent diverse generative
adversarial networks". CVPR 2018. With `beta`: Hoang, Nguyen, Le, Phung. "MGAN:
training generative adversarial nets with multiple generators". ICLR 2018.

K generators with some layers in common, of which each sample comes from one at
random. MAD-GAN's D is a softmax over "real" and the generators,

    L_D = E_x -log D_0(x) + sum_k E_z -log D_k(G_k(z))
    L_G = sum_k E_z log(1 - D_0(G_k(z))), or sum_k E_z -log D_0(G_k(z))

so that to be told apart the generators must move to different modes. MGAN has
a D of real and fake, and a classifier C on its features:

    L_D = E_x sp(-s(x)) + E sp(s(G_k(z))) + E -log C_k(G_k(z))
    L_G = E sp(-s(G_k(z))) + beta E -log C_k(G_k(z))

The first layers are shared in MAD-GAN, all but the first in MGAN. One step each
a round, with the batch split evenly among generators; see `losses.mixture`.

Departures: the default loss of G does not saturate, as a reference
implementation has it, not the paper's log(1 - D). BatchNorm's statistics and z
are a generator's own; MGAN's code has one for all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import generator_set, priors
from gans_jax.game import Game
from gans_jax.losses import adversarial, mixture

NETS = dict(name='dcgan28')
ADAM = dict(name='adam', lr=1e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, generators: int = 4,
          layers: Sequence[int] = (), shared: str = 'first',
          objective: str = 'non_saturating', beta: float = 0., z: int = 100,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of either paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    generators: K, which divides the batch.
    layers: widths of dense layers before the pair's G.
    shared: what generators have in common: 'first', these layers, or 'last'.
    objective: 'non_saturating' or 'minimax', of gans_jax.losses.adversarial.
    beta: if not 0, the game is MGAN's, with diversity of this weight.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of the generators' params; 0 for none.

  Raises:
    errors.ConfigError: unknown names, or less than two generators.
  """
  pair = errors.choose('objective', objective, {
      k: adversarial.PAIRS[k] for k in ('minimax', 'non_saturating')})
  g, d = generator_set.make(spec, generators, nets=nets, layers=layers,
                            shared=shared)
  contest = (mixture.classified(generators, pair, beta) if beta else
             mixture.multiclass(generators, pair))
  return generator_set.game(
      g, d, contest, priors.make(prior, z), generators,
      g_tx=optim.make(**g_optim), d_tx=optim.make(**d_optim), ema=ema,
      of_normal=priors.OF_NORMAL[prior])
