"""Several generators in one game: a net that holds them, and their mixture.

A batch of noise is split evenly in training; samples come from the generators
by the weights of a mixture. The net is a `nets.tied.Tied`, [K, n, z] -> [K, n,
...], whose generators may share layers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses.mixture import Contest
from gans_jax.nets import mlp
from gans_jax.nets.tied import Tied

Array = jax.Array

# Which layers of the generators are the same.
SHARES = ('first', 'last')


def make(spec: Spec, size: int, *, nets: Mapping[str, Any],
         layers: Sequence[int] = (), shared: str = 'first'
         ) -> tuple[Tied, nn.Module]:
  """(G, D): a pair whose G is a set of generators.

  Args:
    spec: of the data.
    size: K.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    layers: widths of dense layers before the pair's G, with its kind of norm;
      without any the generators share nothing.
    shared: 'first': the layers are the same for all, and each has a G (Ghosh et
      al. 2018). 'last': each has its own, and G is the same for all (Hoang et
      al. 2018).

  Raises:
    errors.ConfigError: unknown names, or less than two generators.
  """
  if size < 2:
    raise errors.ConfigError(
        f'generators={size}: a set of generators has 2 or more')
  if shared not in SHARES:
    errors.unknown('shared layers of generators', shared, SHARES)
  g, d = pairs.make(spec, **nets)
  if not layers:
    return Tied(g, size), d
  dense = mlp.Layers(tuple(layers), norm=getattr(g, 'norm', None),
                     dtype=getattr(g, 'dtype', None))
  if shared == 'first':
    return Tied(g, size, before=dense), d
  return Tied(dense, size, after=g), d


def noise(t: Turn, prior: priors.Prior, size: int) -> Array:
  """[K, n / K, z]: the batch's noise, dealt out row by row.

  Every device then has rows of each generator, and keeps no share of their
  params for itself: see `together` for the way back.

  Raises:
    errors.ConfigError: K does not divide the batch.
  """
  if t.n % size:
    raise errors.ConfigError(
        f'a batch of {t.n} is not split evenly among {size} generators: '
        f'config.batch must be a multiple of {size}')
  z = prior(t)
  return jnp.swapaxes(z.reshape(t.n // size, size, *z.shape[1:]), 0, 1)


def together(x: Array) -> Array:
  """[K, n / K, ...] of generators -> [n, ...], as `noise` dealt them out."""
  return jnp.swapaxes(x, 0, 1).reshape(-1, *x.shape[2:])


def drawn(t: Turn, weights: Sequence[float]) -> Array:
  """[n] whole: of each sample the generator, drawn by weights [K] of sum 1."""
  return jax.random.choice(
      t.key(), len(weights), (t.n,), p=jnp.asarray(weights))


def mixed(t: Turn, z: Array, index: Array, name: str = 'g') -> Array:
  """[n, ...]: of noise z [n, z] what generator index [n] makes of each.

  All generators make all of them, which costs K times as much.
  """
  made = t.apply(name, z, alike=True)                           # [K, n, ...]
  return made[index, jnp.arange(len(z))]


def latents(prior: priors.Prior, weights: Sequence[float], name: str = 'g',
            of_normal: Callable | None = None) -> dict[str, Latent]:
  """Spaces of codes of a mixture: 'z', and 'generator', one-hot [n, K].

  Each decodes with the turn's own draw of the other.
  """
  size = len(weights)

  def of_z(t: Turn, z: Array) -> dict[str, Array]:
    return dict(x=mixed(t, z, drawn(t, weights), name))

  def of_generator(t: Turn, code: Array) -> dict[str, Array]:
    return dict(x=mixed(t, prior(t), jnp.argmax(code, -1), name))

  return dict(
      z=Latent(prior, of_z, True, of_normal),
      generator=Latent(lambda t: jax.nn.one_hot(drawn(t, weights), size),
                       of_generator, values=np.eye(size, dtype=np.float32)))


def game(g: Tied, d: nn.Module, contest: Contest, prior: priors.Prior,
         size: int, *, g_tx: optax.GradientTransformation,
         d_tx: optax.GradientTransformation, ema: float = 0.,
         of_normal: Callable | None = None) -> Game:
  """The game of K generators, all drawn alike, against one D.

  Args:
    g: the generators.
    d: x [n, ...] -> logits [n, outputs].
    contest: what both minimise, of losses.mixture.
    prior: turn -> z.
    size: K.
    g_tx: optimizer of G.
    d_tx: likewise.
    ema: if not 0, decay of the average of G's params, with which it samples.
    of_normal: normal noise -> z as the prior's; None if there is none.

  Returns:
    The game; a round is a step of D and one of G. Real samples, and fakes of
    all generators, pass D in calls of their own.
  """
  spaces = latents(prior, (1 / size,) * size, of_normal=of_normal)

  def judged(t: Turn) -> Array:
    x = t.apply('g', noise(t, prior, size))
    logits = t.apply('d', together(x))
    logits = logits.reshape(*x.shape[1::-1], -1)                # [n / K, K, .]
    return jnp.swapaxes(logits, 0, 1)                           # [K, n / K, .]

  def played(t: Turn, parts: Mapping[str, Array]) -> Array:
    t.log(**parts)
    return sum(parts.values())

  def d_loss(t: Turn) -> Array:
    on_real, on_fake = t.apply('d', t.batch['x']), judged(t)
    t.log(real=contest.real_logit(on_real), fake=contest.real_logit(on_fake))
    return played(t, contest.d(on_real, on_fake))

  def g_loss(t: Turn) -> Array:
    return played(t, contest.g(judged(t)))

  return Game(
      nets=dict(g=g, d=d.clone(outputs=contest.outputs)),
      players=dict(d=Player(('d',), d_tx), g=Player(('g',), g_tx)),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=dict(g=ema) if ema else {},
      sample=lambda t: spaces['z'].decode(t, prior(t)), latents=spaces,
      critic=lambda t: contest.real_logit(t.apply('d', t.batch['x'])))
