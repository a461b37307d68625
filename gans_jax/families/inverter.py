"""Inverters of a frozen generator: which z gives this x?

A run has two stages. In the first a GAN is trained, any of two players; in the
second G and D stand still, in evaluation mode, and an encoder E is trained
against them, or nothing is, and codes are searched for by gradient. The stages
are the moves' `when`, so a run that is killed goes on in the one it was in.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

from gans_jax import errors, optim, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import priors, terms, two_player
from gans_jax.families.search import search
from gans_jax.game import Game, Move, Player, Turn
from gans_jax.losses import adversarial, reconstruction

Array = jax.Array
Code = Callable[[Turn, Array], Array]    # turn, x [n, ...] -> codes [n, z]
Loss = Callable[[Turn, Code], Array]     # turn, E -> a scalar
# turn, x -> (made [n, ...] -> [n]): what is known of x is found once.
Discrepancy = Callable[[Turn, Array], Callable[[Array], Array]]

# E's last activation, by the prior, whose range it has.
SQUASH: Mapping[str, Callable[[Array], Array]] = dict(
    normal=lambda h: h, narrow=lambda h: .1 * h, uniform=jnp.tanh,
    uniform01=jax.nn.sigmoid,
    uniform_unit=lambda h: 3. ** .5 * jnp.tanh(h))


def decode(t: Turn, z: Array) -> Array:
  """G(z), frozen: by the statistics of BatchNorm that training has left."""
  return t.apply('g', z, train=False)


def features(t: Turn, x: Array) -> Array:
  """f(x) [n, k], the input of D's last layer, frozen."""
  return t.apply('d', x, train=False, features=True)[1]


def discrepancy(error: reconstruction.Error, x_weight: float = 1.,
                f_weight: float = 1.) -> Discrepancy:
  """`x_weight error(x, x') + f_weight error(f(x), f(x'))`, [n].

  AnoGAN's (Schlegl et al. 2017, eq. 5 and 6) has sums of absolutes and the
  weights 1 - lambda and lambda; f-AnoGAN's (2019, eq. 4) means of squares and
  the weights 1 and kappa. With sums a weight stands for a ratio that changes
  with the numbers of pixels and features; with means it does not.

  Args:
    error: of gans_jax.losses.reconstruction.
    x_weight: of the pictures.
    f_weight: of D's features; 0: D is not looked at.
  """
  def of(t: Turn, x: Array) -> Callable[[Array], Array]:
    f = features(t, x) if f_weight else None

    def to(made: Array) -> Array:
      total = x_weight * error(x, made)
      if f is None:
        return total
      return total + f_weight * error(f, features(t, made))
    return to
  return of


def of_real(measure: Discrepancy) -> Loss:
  """Of x and G(E(x)), x real: "izi" by pictures, "izi_f" by features, too."""
  def loss(t: Turn, code: Code) -> Array:
    x = t.batch['x']
    return jnp.mean(measure(t, x)(decode(t, code(t, x))))
  return loss


def _relative(t: Turn, x: Array, made: Array) -> None:
  """Logs `E |x - x'|^2 / E |x - mean x|^2`: 1 is what a constant reaches."""
  t.log(relative=jnp.mean(jnp.square(x - made)) / jnp.maximum(
      jnp.mean(jnp.square(x - jnp.mean(x, 0))), 1e-12))


def of_generated(measure: Discrepancy, prior: priors.Prior) -> Loss:
  """Of G(z) and G(E(G(z))): AEGAN, Luo et al. 2017. No real x is seen."""
  def loss(t: Turn, code: Code) -> Array:
    x = decode(t, prior(t))
    made = decode(t, code(t, x))
    _relative(t, x, made)
    return jnp.mean(measure(t, x)(made))
  return loss


def of_codes(prior: priors.Prior) -> Loss:
  """`mean (z - E(G(z)))^2`: "direct" in AEGAN, "ziz" in f-AnoGAN.

  Where G takes several z to one picture, E gives their mean, which need not.
  """
  def loss(t: Turn, code: Code) -> Array:
    z = prior(t)
    x = decode(t, z)
    found = code(t, x)
    _relative(t, x, decode(t, found))
    return jnp.mean(reconstruction.mean_square(z, found))
  return loss


def trained(gan: Game, e: nn.Module, losses: Mapping[str, Loss], *,
            e_optim: Mapping[str, Any], start: int,
            squash: Callable[[Array], Array] = lambda h: h) -> Game:
  """The game `gan` for `start` rounds, then that of encoders.

  Args:
    gan: of players that own nets 'g' and 'd', with a latent space 'z'.
    e: x [n, ...] -> [n, z].
    losses: of 'e', the game's encoder, and of others to compare it with, each
      an `e` of its own; by the name of net and player.
    e_optim: arguments of gans_jax.optim.make.
    start: rounds of the GAN; 0: its nets stay as the run begins with them.
    squash: E's last activation.

  Returns:
    The game, with the encoder of z. From round `start` on the params,
    statistics, optimizers and memory of `gan` do not change in any bit.

  Raises:
    errors.ConfigError: a negative `start`, or averaged params: E is the inverse
      of G's own.
  """
  _check(gan, start)

  def code(name: str) -> Code:
    return lambda t, x: squash(t.apply(name, x))

  def move(name: str, loss: Loss) -> Move:
    def e_loss(t: Turn) -> Array:
      return loss(t, code(name))
    return Move(name, e_loss, when=schedules.after(start))

  return dataclasses.replace(
      gan, nets={**gan.nets, **dict.fromkeys(losses, e)},
      players={**gan.players, **{name: Player((name,), optim.make(**e_optim))
                                 for name in losses}},
      round=(*until(gan.round, start),
             *(move(name, loss) for name, loss in losses.items())),
      after=gan.after and (lambda memory, step: jax.tree.map(
          lambda new, old: jnp.where(step < start, new, old),
          gan.after(memory, step), memory)),
      encoders=dict(z=lambda t: code('e')(t, t.batch['x'])),
      features={**gan.features, 'e': lambda t: t.apply(
          'e', t.batch['x'], features=True)[1]})


def searched(gan: Game, measure: Discrepancy, *, steps: int, lr: float
             ) -> Game:
  """`gan` with codes by search: AnoGAN, Schlegl et al. 2017, section 2.2.

  Args:
    gan: as of `trained`.
    measure: what the search lowers.
    steps: of Adam.
    lr: its rate.

  Raises:
    errors.ConfigError: averaged params.
  """
  _check(gan, 0)

  def code(t: Turn) -> Array:
    to = measure(t, t.batch['x'])
    return search(lambda z: to(decode(t, z)), gan.latents['z'].draw(t),
                  steps=steps, tx=optax.adam(lr))[0]

  return dataclasses.replace(gan, encoders=dict(z=code))


def scored(game: Game, measure: Discrepancy) -> Game:
  """`game` with a head 'anomaly' [n]: how far G(code of x) is from x."""
  def anomaly(t: Turn) -> Array:
    made = decode(t, game.encoders['z'](t))
    return measure(t, t.batch['x'])(made)
  return dataclasses.replace(game, heads={**game.heads, 'anomaly': anomaly})


def until(moves: Any, stop: int) -> tuple[Any, ...]:
  """The moves of a round, played before round `stop` alone."""
  def ended(item):
    when = item.when or (lambda step: jnp.bool_(True))
    return dataclasses.replace(
        item, when=lambda step: when(step) & (step < stop))
  return tuple(map(ended, moves))


def encoder(d: nn.Module, z: int, options: Mapping[str, Any]) -> nn.Module:
  """E as D is built, with z outputs.

  Args:
    d: of a pair.
    z: dimensions of the codes.
    options: of its fields, those that are other in E: dict(norm='batch').

  Raises:
    errors.ConfigError: a D with another end, or without such fields.
  """
  known = {f.name for f in dataclasses.fields(d)} - {'parent', 'name'}
  if 'outputs' not in known:
    raise errors.ConfigError(
        f'E is built as D, with {z} outputs, and {type(d).__name__} has no '
        "'outputs': choose another pair of nets, 'mlp' or 'dcgan'")
  for option in options:
    if option not in known - {'outputs'}:
      errors.unknown(f'field of {type(d).__name__}, which E is built as,',
                     option, known - {'outputs'})
  fixed = {k: tuple(v) if isinstance(v, (list, tuple)) else v
           for k, v in options.items()}
  return d.clone(outputs=z, **fixed)


def gan(spec: Spec, *, objective: str, penalty: float, **options: Any
        ) -> Game:
  """The first stage: `two_player.named`, by the name of its objective.

  Args:
    spec: of the data.
    objective: of gans_jax.losses.adversarial.PAIRS.
    penalty: weight of WGAN-GP's gradient penalty; 0 for none.
    **options: of `two_player.named`.
  """
  return two_player.named(
      spec, errors.choose('objective', objective, adversarial.PAIRS),
      d_terms=(terms.gradient_penalty(weight=penalty),) if penalty else (),
      **options)


def named(spec: Spec, losses: Mapping[str, Loss], *,
          e_optim: Mapping[str, Any], start: int, e_nets: Mapping[str, Any],
          z: int, prior: str, **options: Any) -> Game:
  """`trained`, with nets, prior and optimizers as configs name them.

  Args:
    spec: of the data.
    losses: see `trained`.
    e_optim: likewise.
    start: likewise.
    e_nets: see `encoder`.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    **options: of `gan`.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  squash = errors.choose('prior', prior, SQUASH)
  first = gan(spec, z=z, prior=prior, **options)
  return trained(first, encoder(first.nets['d'], z, e_nets), losses,
                 e_optim=e_optim, start=start, squash=squash)


def _check(gan: Game, start: int) -> None:
  if start < 0:
    raise errors.ConfigError(f'{start} rounds of the GAN: 0 or more')
  if gan.ema:
    raise errors.ConfigError(
        "codes are found for G's own params, not for averaged ones: leave ema "
        'out')
