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

Departures: MAD-GAN's default is the loss of G that does not saturate, which a
reference implementation has, not the paper's log(1 - D). BatchNorm's statistics
are a generator's own: MGAN's code normalises all of them together. It gives all
generators the same z, here each has its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import generator_set, priors
from gans_jax.game import Game, Move, Player, Turn
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
    shared: 'first' or 'last': what generators have in common, these layers or
      the pair's G.
    objective: 'non_saturating' or 'minimax', of gans_jax.losses.adversarial.
    beta: if not 0, the game is MGAN's, with diversity of this weight.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of the generators' params; 0 for none.

  Raises:
    errors.ConfigError: unknown names, less than two generators; when a round is
      traced, a batch that they do not divide.
  """
  pair = errors.choose('objective', objective, {
      k: adversarial.PAIRS[k] for k in ('minimax', 'non_saturating')})
  g, d = generator_set.make(spec, generators, nets=nets, layers=layers,
                            shared=shared)
  contest = (mixture.classified(generators, pair, beta) if beta else
             mixture.multiclass(generators, pair))
  noise = priors.make(prior, z)
  spaces = generator_set.latents(noise, (1 / generators,) * generators,
                                 of_normal=priors.OF_NORMAL[prior])

  def judged(t: Turn) -> jax.Array:
    x = t.apply('g', generator_set.noise(t, noise, generators))
    logits = t.apply('d', x.reshape(-1, *x.shape[2:]))
    return logits.reshape(*x.shape[:2], -1)                     # [K, n / K, .]

  def played(t: Turn, parts: Mapping[str, jax.Array]) -> jax.Array:
    t.log(**parts)
    return sum(parts.values())

  def d_loss(t: Turn) -> jax.Array:
    on_real, on_fake = t.apply('d', t.batch['x']), judged(t)
    t.log(real=contest.real_logit(on_real), fake=contest.real_logit(on_fake))
    return played(t, contest.d(on_real, on_fake))

  def g_loss(t: Turn) -> jax.Array:
    return played(t, contest.g(judged(t)))

  return Game(
      nets=dict(g=g, d=d.clone(outputs=contest.outputs)),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=dict(g=ema) if ema else {},
      sample=lambda t: spaces['z'].decode(t, noise(t)), latents=spaces,
      critic=lambda t: contest.real_logit(t.apply('d', t.batch['x'])))
