"""Adversarial autoencoders: E gives a Gaussian over codes, G decodes them.

Their prior is N(0, I). Papers differ in what each player minimises of a
reconstruction, a sample of the prior and the posterior; here are those three,
and what a game says of its codes.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax import optim
from gans_jax.families import priors
from gans_jax.game import Game, Latent, Loss, Move, Player, Together, Turn
from gans_jax.losses import adversarial, reconstruction, variational

Array = jax.Array
# Codes [n, Z] -> (codes [n, Z], log determinant of the Jacobian [n]).
Flow = Callable[[Turn, Array], tuple[Array, Array]]


class Drawn(NamedTuple):
  """What is made of a batch.

  Attributes:
    made: [n, ...], reconstructions, of codes drawn from the posterior.
    fake: [n, ...], samples, of codes drawn from the prior.
    kl: [n], of the posterior from the prior; after a flow that of the draw.
  """

  made: Array
  fake: Array
  kl: Array


class Coder(NamedTuple):
  """How a game encodes and decodes.

  Attributes:
    z: dimensions of the codes.
    encode: turn -> posteriors of the examples of its batch.
    decode: turn, codes -> dict of x, and of y where there are labels.
    flow: what posteriors go through; None: nothing.
  """

  z: int
  encode: Callable[[Turn], variational.Posterior]
  decode: Callable[[Turn, Array], dict[str, Array]]
  flow: Flow | None = None

  def draw(self, t: Turn, q: variational.Posterior | None = None) -> Drawn:
    """Of the turn's batch; moves that are `shared` get the same.

    Args:
      t: the turn.
      q: its posteriors, if they are known already.
    """
    q = self.encode(t) if q is None else q
    z, eps = q.draw(t.key())
    if self.flow is None:
      kl = q.kl()
    else:
      z, log_det = self.flow(t, z)
      kl = variational.flow_kl(q, eps, z, log_det)
    made = self.decode(t, z)['x']
    return Drawn(made, self.decode(t, t.normal(self.z))['x'], kl)

  def code(self, t: Turn) -> Array:
    """[n, Z]: the posteriors' means, through the flow if there is one."""
    mean = self.encode(t).mean
    return mean if self.flow is None else self.flow(t, mean)[0]

  def views(self) -> dict[str, Any]:
    """Fields of `Game`: samples, the space z, its encoder, features."""
    prior = priors.make('normal', self.z)
    return dict(
        sample=lambda t: self.decode(t, prior(t)),
        latents=dict(z=Latent(prior, self.decode, True,
                              priors.OF_NORMAL['normal'])),
        encoders=dict(z=self.code), features=dict(e=self.code))


def error(x: Array, made: Array) -> Array:
  """`E |x - made|^2 / 2`, summed within an example: a scalar.

  `-E log N(x; made, I)`, without its constant.
  """
  return jnp.mean(reconstruction.sum_square(x, made)) / 2


def against(real: Array, *fakes: Array) -> Array:
  """D's `E sp(-s(x)) + sum_i E sp(s(x_i))`, of the logits of several fakes."""
  return (adversarial.mean(lambda s: jax.nn.softplus(-s), real)
          + sum(adversarial.mean(jax.nn.softplus, fake) for fake in fakes))


def look(t: Turn, net: str, drawn: Drawn, **options: bool
         ) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
  """What a net says, and its features: of real, reconstructed and sampled.

  They pass it in calls of their own, so that batch statistics never mix.
  """
  logits, features = zip(*(t.apply(net, x, features=True, **options) for x in (
      t.batch['x'], drawn.made, drawn.fake)))
  return logits, features


def at_once(nets: Mapping[str, nn.Module], coder: Coder,
            losses: Mapping[str, Loss], optims: Mapping[str, Mapping[str, Any]],
            **fields: Any) -> Game:
  """A game in which all step at once, from one forward pass.

  Args:
    nets: by name; each has a player of its own.
    coder: how the game encodes and decodes.
    losses: by player.
    optims: by player, arguments of gans_jax.optim.make.
    **fields: more of `Game`.
  """
  moves = tuple(Move(player, loss) for player, loss in losses.items())
  return Game(
      nets=nets, round=(Together(moves, shared=True),),
      players={p: Player((p,), optim.make(**optims[p])) for p in losses},
      critic=lambda t: t.apply('d', t.batch['x']), **coder.views(), **fields)
