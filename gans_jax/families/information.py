"""Codes that are drawn beside the noise, and can be told of what G makes.

Chen et al. 2016, "InfoGAN". G sees (z, c); a net 'q' on D's features gives the
distribution Q(c|x), and both players are paid for

    L_I = E_{z,c} log Q(c | G(z, c)) + H(c)                            (eq. 5)

of each code, in nats, a lower bound of I(c; G(z, c)). It adds to any game of
two_player: see `Codes`, and `named`, which puts it together.
"""

import dataclasses
import math
import statistics
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import errors
from gans_jax.augment import simple
from gans_jax.augment.simple import Augment
from gans_jax.data.spec import Spec
from gans_jax.families import priors, two_player
from gans_jax.families.scene import Scene, Term
from gans_jax.game import Game, Latent, Turn
from gans_jax.losses import information
from gans_jax.losses.adversarial import Pair
from gans_jax.nets import mlp, told

Array = jax.Array

HEAD = 'q'    # its net
STEPS = 10    # of a continuous code, in a traversal


class Code(NamedTuple):
  """One code: where it comes from, and what Q says of it.

  Attributes:
    width: numbers that G sees.
    outputs: numbers that Q gives.
    draw: key, n -> [n, width].
    log_q: code [n, width], what Q gives [n, outputs] -> log Q(c|x) [n].
    entropy: H(c), in nats.
    weight: lambda.
    values: [k, width], what a traversal goes through.
  """

  width: int
  outputs: int
  draw: Callable[[Array, int], Array]
  log_q: Callable[[Array, Array], Array]
  entropy: float
  weight: float
  values: np.ndarray

  @property
  def is_category(self) -> bool:
    return self.log_q is information.categorical_log_q


def categorical(*, k: int, weight: float = 1.) -> Code:
  """One of k categories, equally likely; one-hot.

  Args:
    k: categories.
    weight: lambda; the paper has 1.
  """
  _at_least('k', k, 2)
  def draw(key: Array, n: int) -> Array:
    return jax.nn.one_hot(jax.random.randint(key, (n,), 0, k), k)
  return Code(k, k, draw, information.categorical_log_q, math.log(k), weight,
              np.eye(k, dtype=np.float32))


def uniform(*, dims: int = 1, std: float | None = 1., weight: float = .1
            ) -> Code:
  """U(-1, 1), of which Q gives a Gaussian.

  Args:
    dims: numbers, each by itself; a traversal moves all of them at once.
    std: of Q, 1 in the authors' code for MNIST; None: Q gives its logarithm.
    weight: lambda; .1 or so in the paper, 1 in the authors' code.
  """
  def draw(key: Array, n: int) -> Array:
    return jax.random.uniform(key, (n, dims), minval=-1., maxval=1.)
  return _gaussian(dims, std, draw, math.log(2.), weight,
                   np.linspace(-1, 1, STEPS))


def normal(*, dims: int = 1, std: float | None = 1., weight: float = .1
           ) -> Code:
  """N(0, 1), of which Q gives a Gaussian; arguments as `uniform`.

  A traversal goes through its quantiles.
  """
  def draw(key: Array, n: int) -> Array:
    return jax.random.normal(key, (n, dims))
  quantile = statistics.NormalDist().inv_cdf
  return _gaussian(
      dims, std, draw, math.log(2 * math.pi * math.e) / 2, weight,
      np.array([quantile((i + .5) / STEPS) for i in range(STEPS)]))


KINDS: Mapping[str, Callable[..., Code]] = dict(
    categorical=categorical, normal=normal, uniform=uniform)


def _gaussian(dims: int, std: float | None, draw, entropy: float,
              weight: float, values: np.ndarray) -> Code:
  _at_least('dims', dims, 1)
  if std is not None and not std > 0:
    raise errors.ConfigError(f'a code: std={std} of Q is above 0, or None')

  def log_q(code: Array, said: Array) -> Array:
    mean, log_std = (jnp.split(said, 2, -1) if std is None
                     else (said, math.log(std)))
    return information.gaussian_log_q(code, mean, log_std)
  return Code(dims, dims if std else 2 * dims, draw, log_q, dims * entropy,
              weight, np.repeat(values[:, None], dims, 1).astype(np.float32))


def _at_least(name: str, value: int, least: int) -> None:
  if int(value) != value or value < least:
    raise errors.ConfigError(
        f'a code: {name}={value} is a whole number of {least} or more')


class Codes:
  """The codes of a game: part of its latent, and what is said of them.

  Attributes:
    codes: by name.
    outputs: of Q, for all of them.
  """

  def __init__(self, z: int, asked: Mapping[str, Mapping[str, Any]]):
    """Makes them.

    Args:
      z: dimensions of the noise, behind which the codes come.
      asked: by name, dict(kind=..., **its arguments) of KINDS.

    Raises:
      errors.ConfigError: none asked, or unknown kinds or arguments.
    """
    if not asked:
      raise errors.ConfigError(
          "no codes: give some, codes=dict(category=dict(kind='categorical', "
          'k=10)) for example, or choose a game without')
    if stray := {'z', HEAD} & set(asked):
      raise errors.ConfigError(f'a code may not be called {min(stray)!r}')
    self.codes, self._seen, self._said = {}, {}, {}
    self.outputs, seen = 0, z
    for name, options in asked.items():
      options = dict(options)
      kind = options.pop('kind', None)
      code = errors.call(f'code {name!r}', errors.choose(
          f'kind of code {name!r}', kind, KINDS), **options)
      self.codes[name] = code
      self._seen[name] = slice(seen, seen + code.width)
      self._said[name] = slice(self.outputs, self.outputs + code.outputs)
      seen, self.outputs = seen + code.width, self.outputs + code.outputs

  def prior(self, noise: priors.Prior) -> priors.Prior:
    """Turn -> (noise, codes) [n, z + widths]."""
    return lambda t: jnp.concatenate([noise(t), *(
        code.draw(t.key(), t.n) for code in self.codes.values())], -1)

  def told(self, name: str) -> Callable[[nn.Module], nn.Module]:
    """A conditional G -> the G that takes the category `name` for its label.

    Raises:
      errors.ConfigError: no such code, or one that is no category.
    """
    code = errors.choose('code to be told as a label', name, self.codes)
    if not code.is_category:
      raise errors.ConfigError(
          f'code {name!r} is told as a label, and is not categorical')
    place = self._seen[name]
    return lambda g: told.Told(g, place.start, place.stop)

  def term(self, through: Augment | None = None) -> Term:
    """`-sum lambda L_I`, of D's loss and of G's; logged 'information_loss'.

    L_I of each code is logged as 'information_<name>', in nats.

    Args:
      through: (key, x) -> x, what is done to samples before their categories
        are told; numbers are told of the samples themselves.

    Raises:
      errors.ConfigError: in the loss, a D that does not judge each by itself.
    """
    def information_loss(t: Turn, scene: Scene) -> Array:
      def ask(x: Array) -> Array:
        _, features = scene.critic(x, features=True)
        # Q is D's player's: in G's loss its statistics stay.
        said = t.apply(HEAD, features)
        if len(said) != t.n:
          raise errors.ConfigError(
              f'codes are told of single samples, and D sees {t.n} of them as '
              f'{len(said)}: leave out the packing')
        return said

      said = {False: ask(scene.fake)}
      said[True] = (said[False] if through is None
                    else ask(through(t.key(), scene.fake)))
      found = {name: information.mutual_information(code.log_q(
          scene.z[:, self._seen[name]],
          said[code.is_category][:, self._said[name]]), code.entropy)
               for name, code in self.codes.items()}
      t.log(**{f'information_{name}': v for name, v in found.items()})
      return -sum(self.codes[name].weight * v for name, v in found.items())
    return information_loss

  def shown(self, game: Game) -> Game:
    """The game with what Q says as heads, and the codes as latent spaces.

    `heads[name]` is what Q gives of a code, a category's logits first;
    `features['d']` what it looks at. `latents[name]` decodes a code with the
    noise and the other codes of the turn: those of one key are the same.
    """
    whole, q = game.latents['z'], game.heads[HEAD]

    def space(name: str, code: Code) -> Latent:
      def decode(t: Turn, c: Array):
        return whole.decode(t, whole.draw(t).at[:, self._seen[name]].set(c))
      return Latent(lambda t: code.draw(t.key(), t.n), decode,
                    values=code.values)

    return dataclasses.replace(
        game,
        latents={**game.latents, **{
            name: space(name, code) for name, code in self.codes.items()}},
        heads={**{k: v for k, v in game.heads.items() if k != HEAD}, **{
            name: lambda t, said=said: q(t)[:, said]
            for name, said in self._said.items()}},
        features={**game.features, 'd': lambda t: t.apply(
            'd', t.batch['x'], features=True)[1]})


def named(spec: Spec, objective: Pair, *, codes: Mapping[str, Any],
          q: Mapping[str, Any], told_as_label: str = '',
          told_through: str = '', z: int, prior: str,
          parts: Mapping[str, Any] | None = None, **options: Any) -> Game:
  """`two_player.named` with codes.

  Args:
    spec: of the data; labels, if it has any, are not looked at.
    objective: losses of D and of G.
    codes: see `Codes`.
    q: arguments of Q's dense layers on D's features, of `mlp.Discriminator`.
    told_as_label: name of a category that G, a conditional one, is told in the
      place of a label; '': codes join the noise.
    told_through: augmentations of gans_jax.augment.simple, with commas, of what
      categories are told; '': of the samples as they are.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    parts: more of the game, by name: gans_jax.families.parts.
    **options: of `two_player.named`.

  Raises:
    errors.ConfigError: unknown names or arguments, or parts that do not fit.
  """
  if 'latent' in (parts or {}):
    raise errors.ConfigError(
        "part 'latent' moves all of G's latent to please D, codes too, which "
        'Q could then not be asked for: leave it out')
  drawn = Codes(z, codes)
  q = {'hidden': (), **q}
  head = errors.call('q', mlp.Discriminator, **{
      **q, 'hidden': tuple(q['hidden']), 'outputs': drawn.outputs})
  term = drawn.term(
      simple.make(told_through, spec.shapes['x']) if told_through else None)
  return drawn.shown(two_player.named(
      spec, objective, z=z, prior=drawn.prior(priors.make(prior, z)),
      g_around=drawn.told(told_as_label) if told_as_label else lambda g: g,
      heads={HEAD: head}, d_terms=(term,), g_terms=(term,), parts=parts,
      **options))
