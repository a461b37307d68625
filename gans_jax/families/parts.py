"""Parts that a config adds to any game of `two_player.named`, by name.

    c.model.parts = dict(consistency=dict(real=10., augment='flip,shift'),
                         top_k=dict(gamma=.99, every=1000, floor=.5),
                         drift=dict(weight=1e-3))

A part is a function of the arguments that the game has so far, and of options
of its own; it returns the arguments that change. They add up in any order. What
a system has of itself (a penalty, a view) stays, and a part that it has already
is refused by its name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax

from gans_jax import errors, optim, schedules
from gans_jax.augment import ada, diffaug, simple
from gans_jax.augment.rotation import check_square
from gans_jax.families import (
    consistency, latent_optimisation, packing, rotation, selection, terms)
from gans_jax.losses import adversarial

# Arguments of `two_player.named`.
Given = Mapping[str, Any]


def add(parts: Mapping[str, Mapping[str, Any]], given: Given
        ) -> dict[str, Any]:
  """The arguments of a game with parts.

  Args:
    parts: by name of PARTS, options of each.
    given: the arguments without them.

  Returns:
    The arguments with them.

  Raises:
    errors.ConfigError: an unknown part or option, or one that does not fit the
      game or its data.
  """
  given = dict(given)
  for name, options in parts.items():
    part = errors.choose('part', name, PARTS)
    if not isinstance(options, Mapping):
      raise errors.ConfigError(
          f'part {name!r} has options, not {options!r}: {name}=dict() for '
          'those it has by default')
    given |= errors.call(f'part {name!r}', part, given, **options)
  return given


# --- what is added to the losses ---------------------------------------------

def _add(given: Given, **more: tuple) -> dict[str, Any]:
  return {k: (*given.get(k, ()), *v) for k, v in more.items()}


def _penalty(given: Given, term: Callable, every: int) -> dict[str, Any]:
  """A term of D's, in every round or lazily, with D's optimizer corrected."""
  if every < 1:
    raise errors.ConfigError(f'{term.__name__}: every={every} is 1 or more')
  if every == 1:
    return _add(given, d_terms=(term,))
  return dict(_add(given, lazy=((every, term),)),
              d_optim=optim.lazy(dict(given['d_optim']), every))


def cr(given: Given, *, augment: str, real: float = 10., fake: float = 0.
       ) -> dict[str, Any]:
  """CR; bCR with `fake` as well: `consistency.image`, `augment.simple`."""
  how = simple.make(augment, given['spec'].shapes['x'])
  return _add(given, d_terms=(consistency.image(how, real, fake),))


def zcr(given: Given, *, d: float = 5., g: float = .5, std: float = .05
        ) -> dict[str, Any]:
  """zCR: `consistency.latent_d` and `latent_g`; ICR with bCR."""
  return _add(given, d_terms=(consistency.latent_d(d, std),),
              g_terms=(consistency.latent_g(g, std),))


def gradient_penalty(
    given: Given, *, points: str = 'interpolates', weight: float = 10.,
    centre: float = 1., power: int = 2, one_sided: bool = False,
    every: int = 1) -> dict[str, Any]:
  """WGAN-GP, WGAN-LP, DRAGAN, ...: `terms.gradient_penalty`."""
  return _penalty(given, terms.gradient_penalty(
      points, weight, centre, power, one_sided), every)


def r1(given: Given, *, gamma: float, every: int = 1) -> dict[str, Any]:
  """`terms.r1`."""
  return _penalty(given, terms.r1(gamma), every)


def r2(given: Given, *, gamma: float, every: int = 1) -> dict[str, Any]:
  """`terms.r2`."""
  return _penalty(given, terms.r2(gamma), every)


def drift(given: Given, *, weight: float = 1e-3, of_mean: bool = False
          ) -> dict[str, Any]:
  """`terms.drift`, or `terms.mean_drift`."""
  term = terms.mean_drift if of_mean else terms.drift
  return _add(given, d_terms=(term(weight),))


def feature_matching(given: Given, *, weight: float = 1.,
                     absolute: bool = False) -> dict[str, Any]:
  """G's, next to its loss: `terms.feature_matching`."""
  return _add(given, g_terms=(terms.feature_matching(weight, absolute),))


def orthogonal(given: Given, *, weight: float = 1e-4,
               skip: Sequence[str] = ('shared',)) -> dict[str, Any]:
  """Of G's kernels: `terms.orthogonality`."""
  return _add(given, g_terms=(terms.orthogonality(weight, 'g', skip),))


def rotations(given: Given, *, d: float = 1., g: float = .2,
              spectral: bool = False) -> dict[str, Any]:
  """SS-GAN's: D tells turns of real pictures, G is paid for its own."""
  check_square(given['spec'].shapes['x'])
  _free(given, 'heads')
  return dict(_add(given, d_terms=(rotation.term(d),),
                   g_terms=(rotation.term(g, of='fake'),)),
              heads=rotation.heads(spectral))


def label_smoothing(given: Given, *, alpha: float = .9) -> dict[str, Any]:
  """`adversarial.smoothed`: D's target of real samples is alpha."""
  if not 0 < alpha <= 1:
    raise errors.ConfigError(f'label smoothing: alpha={alpha} is not in (0, 1]')
  objective = given['objective']
  if objective.d is not adversarial.non_saturating.d:
    raise errors.ConfigError(
        "labels are smoothed where D's loss is cross entropy, objective "
        "'non_saturating' or 'minimax': this system has another")
  return dict(objective=adversarial.smoothed(alpha, objective))


# --- what the players see ----------------------------------------------------

def augmented(given: Given, *, policy: str = 'color,translation,cutout',
              translate: float = .125, cut: float = .5, chance: float = 1.
              ) -> dict[str, Any]:
  """DiffAugment, before all else that D sees through: `augment.diffaug`."""
  change = diffaug.make(policy, given['spec'].shapes['x'], translate=translate,
                        cut=cut, chance=chance)
  own = given.get('view')
  def view(key: jax.Array, x: jax.Array, *strength: jax.Array) -> jax.Array:
    a, b = jax.random.split(key)
    return own(b, change(a, x), *strength)
  return dict(view=change if own is None else view)


def ada_pipe(given: Given, *, p: float | Mapping[str, float],
             pipe: str = 'bgc', transforms: Mapping[str, float] | None = None
             ) -> dict[str, Any]:
  """ADA's, before all else, with a p that is set: `augment.ada`.

  p is a number, or dict(start=, end=, steps=) of `schedules.cosine`.
  """
  _free(given, 'strength')
  ada.check((1, *given['spec'].shapes['x']))
  change, own = ada.make(pipe, transforms=transforms), given.get('view')
  chance = schedules.read('p', p)
  def view(key: jax.Array, x: jax.Array, strength: jax.Array) -> jax.Array:
    a, b = jax.random.split(key)
    x = change(a, x, strength)
    return x if own is None else own(b, x)
  return dict(view=view, strength=lambda t: chance(t.step))


def pack(given: Given, *, m: int = 2) -> dict[str, Any]:
  """D judges m samples at once, after all else: `packing.packed`."""
  if given.get('classes'):
    raise errors.ConfigError(
        'packing: a pack holds samples of several labels, and D takes one: '
        'pack in a game without labels')
  packed, own = packing.packed(m), given.get('view')
  def view(key: jax.Array, x: jax.Array, *strength: jax.Array) -> jax.Array:
    a, b = jax.random.split(key)
    return packed(b, own(a, x, *strength))
  return dict(view=packed if own is None else view)


def top_k(given: Given, *, gamma: float = .99, every: int = 1000,
          floor: float = .5, largest: bool = True) -> dict[str, Any]:
  """`selection.top_k` with `schedules.anneal(gamma, every, floor)`."""
  selection.check(gamma, every, floor)
  _free(given, 'select')
  return dict(select=selection.top_k(
      schedules.anneal(gamma, every, floor), largest))


def latent(given: Given, *, step: str = 'natural', alpha: float = .9,
           beta: float = .1, weight: float = .1, clip: float = 1.,
           share: float = 1.) -> dict[str, Any]:
  """LOGAN: `latent_optimisation.refine`."""
  _free(given, 'refine')
  if clip and given['prior'] == 'normal':
    raise errors.ConfigError(
        f"latent: z is clipped to +-{clip}, which a normal z often is beyond: "
        "set clip=0., or config.model.prior='uniform' as in the paper")
  return dict(refine=latent_optimisation.refine(
      step, alpha, beta, weight, clip, share))


def _free(given: Given, name: str) -> None:
  if given.get(name) is not None:
    raise errors.ConfigError(f'this game has a {name!r} of its own already')


# --- nets and optimizers -----------------------------------------------------

def minibatch(given: Given, *, kernels: int = 100, dims: int = 5
              ) -> dict[str, Any]:
  """D ends by minibatch discrimination: `nets.layers.minibatch`."""
  return dict(nets={**given['nets'], 'minibatch': dict(
      kernels=kernels, dims=dims)})


def virtual(given: Given, *, n: int) -> dict[str, Any]:
  """G's BatchNorm is virtual, by n references: `nets.layers.virtual_norm`."""
  return dict(nets={**given['nets'], 'virtual': n})


def history(given: Given, *, weight: float, players: str = 'dg'
            ) -> dict[str, Any]:
  """`optim.historical_average` of the players 'd', 'g' or 'dg'."""
  if not players or set(players) - set('dg'):
    errors.unknown('players', players, ('d', 'g', 'dg'))
  return {f'{p}_optim': {**given[f'{p}_optim'], 'history': weight}
          for p in players}


PARTS: Mapping[str, Callable[..., dict[str, Any]]] = dict(
    ada=ada_pipe,
    consistency=cr,
    diffaug=augmented,
    drift=drift,
    feature_matching=feature_matching,
    gradient_penalty=gradient_penalty,
    history=history,
    label_smoothing=label_smoothing,
    latent=latent,
    latent_consistency=zcr,
    minibatch=minibatch,
    orthogonal=orthogonal,
    packing=pack,
    r1=r1,
    r2=r2,
    rotation=rotations,
    top_k=top_k,
    virtual=virtual,
)
