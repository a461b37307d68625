"""Autoencoding GAN: four nets, two cycles, one discriminator in each space.

Lazarou. "Autoencoding generative adversarial networks". 2020
(arXiv:2004.05472).

G makes x^ = G(z) of noise and E codes z^ = E(x) of data; each is given the
other's, x~ = G(E(x)) and z~ = E(G(z)). D judges pictures, D_z codes, s their
logits:

    L_D  = sum over both of E sp(-s(real))
           + (E sp(s(hat)) + E sp(s(tilde))) / 2
    L_GE = sum over both of a (E sp(-s(hat)) + E sp(-s(tilde))) / 2
           + w_x E mean |x - x~| + w_z E mean (z - z~)^2

Its author calls it AEGAN, too; that of Luo et al. (2017), two stages with a G
that stands still, is the system aegan.

Departures: L_D is twice the published code's, which Adam does not see. One
optimizer moves G and E, there two that are alike. No weight decay of 1e-8.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import inverter, pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, reconstruction
from gans_jax.nets import mlp

NETS = dict(name='dcgan')


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          e_nets: Mapping[str, Any] = {}, z_hidden: tuple[int, ...] = (64, 64),
          x_weight: float = 1., z_weight: float = .5, x_cost: float = .005,
          z_cost: float = .1, z: int = 16, prior: str = 'normal',
          objective: str = 'non_saturating',
          g_optim: Mapping[str, Any] = dict(name='adam', lr=2e-4, b1=.5),
          d_optim: Mapping[str, Any] = dict(name='adam', lr=1e-4, b1=.5),
          ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    e_nets: fields of D that are other in E, which is built as D is.
    z_hidden: widths of D_z.
    x_weight: w_x.
    z_weight: w_z.
    x_cost: a, of what D says to G and E.
    z_cost: of what D_z says.
    z: dimensions of the codes.
    prior: of gans_jax.families.priors; E's last activation follows from it.
    objective: of gans_jax.losses.adversarial.PAIRS.
    g_optim: arguments of gans_jax.optim.make, for G and E.
    d_optim: likewise, for D and D_z.
    ema: if not 0, decay of the averages of G's and E's params.
  """
  draw, squash = priors.make(prior, z), errors.choose(
      'prior', prior, inverter.SQUASH)
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  g, d = pairs.make(spec, **nets)
  e = inverter.encoder(d, z, e_nets)

  def code(t: Turn, x: jax.Array) -> jax.Array:
    return squash(t.apply('e', x))

  def cycles(t: Turn):
    """By discriminator: what is real to it, and both of its fakes."""
    x, noise = t.batch['x'], draw(t)
    made, codes = t.apply('g', noise), code(t, x)
    return dict(d=(x, made, t.apply('g', codes)),
                d_z=(noise, codes, code(t, made)))

  def d_loss(t: Turn) -> jax.Array:
    def apart(net, real, *fakes):
      on_real, *on_fakes = (t.apply(net, v) for v in (real, *fakes))
      t.log(**{f'{net}_real': on_real, f'{net}_fake': on_fakes[0]})
      return sum(pair.d(on_real, s) for s in on_fakes) / 2
    return sum(apart(net, *seen) for net, seen in cycles(t).items())

  def g_loss(t: Turn) -> jax.Array:
    seen = cycles(t)
    (x, _, x_again), (noise, _, z_again) = seen['d'], seen['d_z']
    x_error = jnp.mean(reconstruction.mean_absolute(x, x_again))
    z_error = jnp.mean(reconstruction.mean_square(noise, z_again))
    t.log(x_error=x_error, z_error=z_error)
    return x_weight * x_error + z_weight * z_error + sum(
        cost * sum(pair.g(t.apply(net, fake)) for fake in seen[net][1:]) / 2
        for net, cost in dict(d=x_cost, d_z=z_cost).items())

  decode = lambda t, z: dict(x=t.apply('g', z))
  return Game(
      nets=dict(g=g, e=e, d=d, d_z=mlp.Discriminator(tuple(z_hidden))),
      players=dict(d=Player(('d', 'd_z'), optim.make(**d_optim)),
                   g=Player(('g', 'e'), optim.make(**g_optim))),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=dict(g=ema, e=ema) if ema else {},
      sample=lambda t: decode(t, draw(t)),
      latents=dict(z=Latent(draw, decode, True, priors.OF_NORMAL[prior])),
      critic=lambda t: t.apply('d', t.batch['x']),
      encoders=dict(z=lambda t: code(t, t.batch['x'])),
      features=dict(e=lambda t: t.apply('e', t.batch['x'], features=True)[1]))
