"""One generator against one discriminator, or critic.

The objective, the penalty and the nets are functions and modules: a published
GAN of this family is a choice of them, written down in its own file.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

from gans_jax import errors, optim, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.families import parts as parts_lib
from gans_jax.families.scene import (
    Refine, Scene, Select, Term, View)
from gans_jax.game import Game, Latent, Move, Player, Together, Turn
from gans_jax.losses.adversarial import Pair

Array = jax.Array


def two_player(g: nn.Module, d: nn.Module, objective: Pair,
               prior: priors.Prior, *,
               g_tx: optax.GradientTransformation,
               d_tx: optax.GradientTransformation, classes: int = 0,
               d_terms: Sequence[Term] = (), g_terms: Sequence[Term] = (),
               lazy: Sequence[tuple[int, Term]] = (),
               heads: Mapping[str, nn.Module] | None = None,
               instead: tuple[Callable, Term] | None = None,
               view: View | None = None,
               strength: Callable[[Turn], Array] | None = None,
               select: Select | None = None, refine: Refine | None = None,
               of_normal: Callable[[Array], Array] | None = None,
               n_critic: int = 1, g_when: Callable | None = None,
               together: bool = False, ema: schedules.Averages = 0.,
               memory: Mapping[str, Any] | None = None,
               after: Callable | None = None) -> Game:
  """A game of nets `g` and `d`.

  Logged by D: its mean scores `d/real` and `d/fake`, their difference `d/gap`
  (for a Wasserstein critic its estimate of W1, up to its Lipschitz constant)
  and each of `d_terms` by name.

  Args:
    g: z [n, z] (, one-hot y [n, classes]) -> x [n, ...].
    d: x [n, ...] (, y) -> logits [n, ...].
    objective: losses of D and of G, as functions of logits.
    prior: turn -> z.
    g_tx: optimizer of G.
    d_tx: optimizer of D.
    classes: if not 0, both nets also see the label of `batch['y']`. Fakes take
      the labels of the batch: the empirical prior.
    d_terms: added to D's loss: gradient penalties, consistency, ...
    g_terms: added to G's loss: feature matching, orthogonality, ...
    lazy: (k, term), terms of D's loss played each k rounds, k times as strong,
      as moves of their own (Karras et al. 2020, appendix B); `optim.lazy`
      corrects D's optimizer for them.
    heads: nets of D's player that look at D's features, [n, F] -> [n, ...], by
      name; terms apply them, and so does `Game.heads`.
    instead: (when, term): in the rounds where `when(step)`, D's move is on the
      term alone, in place of its loss and `d_terms`.
    view: through which D sees real and fake pictures, in every pass, its own
      and G's: packing, differentiable augmentation. Terms see the pictures
      themselves; only `Scene.critic` looks through it.
    strength: turn -> p, the last argument of `view`: a schedule of the step, or
      what a controller keeps in memory.
    select: what each fake counts in G's loss, a mean over samples (top-k).
    refine: z -> z', with which both players play (latent optimisation).
    of_normal: normal noise -> z as the prior's, for sampling that D drives
      (eval.langevin); None if there is none.
    n_critic: moves of D a round, each on a fresh batch.
    g_when: step -> whether G moves in this round.
    together: both gradients at the same params, in place of D first.
    ema: if not 0, decay of the average of G's params, with which it samples; a
      number, or a function of the step; or decays by net.
    memory: initial values of what terms remember.
    after: (memory, step) -> memory at the end of a round.

  Returns:
    The game. A real and a fake batch pass D in calls of their own, so that
    batch statistics never mix. Spectral vectors move once a step of D, on the
    real batch (Miyato et al. 2018, algorithm 1).

  Raises:
    errors.ConfigError: two terms of one loss have one name.
  """
  for terms in ((*d_terms, *(term for _, term in lazy)), g_terms):
    names = [term.__name__ for term in terms]
    if len(set(names)) < len(names):
      raise errors.ConfigError(
          f'terms of one loss need names of their own, not {", ".join(names)}: '
          'leave out the part that the system has already')
  keep = ({'update_u': False}
          if 'update_u' in inspect.signature(type(d).__call__).parameters
          else {})

  def label(t: Turn) -> tuple[Array, ...]:
    return (jax.nn.one_hot(t.batch['y'], classes),) if classes else ()

  def seen(t: Turn, x: Array) -> Array:
    if view is None:
      return x
    return view(t.key(), x, *(() if strength is None else (strength(t),)))

  def decode(t: Turn, z: Array) -> dict[str, Array]:
    made = dict(x=t.apply('g', z, *label(t)))
    return {**made, 'y': t.batch['y']} if classes else made

  def generate(t: Turn) -> tuple[Array, Array, Array | float]:
    """Fakes, their z, and what z costs the player."""
    z, cost = prior(t), 0.
    if refine is not None and {'g', 'd'} <= set(t.params):   # not yet in `init`
      d, g = t.pure('d'), t.pure('g')
      z, cost = refine(t, z, lambda z: d(
          seen(t, g(z, *label(t))), *label(t), **keep))
    return decode(t, z)['x'], z, cost

  def total(t: Turn, loss: Array, terms: Sequence[Term], fake: Array,
            z: Array, **logits: Array) -> Array:
    if not terms:
      return loss
    d, g = t.pure('d'), t.pure('g')
    scene = Scene(
        t.batch['x'], fake, z, label(t),
        lambda x, *labels, **options: d(
            seen(t, x), *(labels or label(t)), **keep, **options),
        lambda z: g(z, *label(t)), **logits)
    extra = {term.__name__: term(t, scene) for term in terms}
    t.log(**extra)
    return loss + sum(extra.values())

  def judge(t: Turn, fake: Array) -> dict[str, Array]:
    on_real = t.apply('d', seen(t, t.batch['x']), *label(t))
    on_fake = t.apply('d', seen(t, fake), *label(t), **keep)
    return dict(on_real=on_real, on_fake=on_fake)

  def d_loss(t: Turn) -> Array:
    fake, z, cost = generate(t)
    logits = judge(t, fake)
    real, fakes = map(jnp.mean, logits.values())
    t.log(real=real, fake=fakes, gap=real - fakes)
    return total(t, objective.d(*logits.values()) + cost, d_terms, fake, z,
                 **logits)

  def other_loss(t: Turn) -> Array:    # its logs are not those of d_loss
    fake, z, _ = generate(t)
    return total(t, jnp.zeros(()), instead[1:], fake, z, **judge(t, fake))

  def g_loss(t: Turn) -> Array:
    fake, z, cost = generate(t)
    logits = t.apply('d', seen(t, fake), *label(t), **keep)
    loss = objective.g(logits)
    if select is not None:
      loss = jnp.mean(select(t, logits) * jax.vmap(
          lambda s: objective.g(s[None]))(logits))
    return total(t, loss + cost, g_terms, fake, z, on_fake=logits)

  def alone(every: int, term: Term) -> Move:
    def loss(t: Turn) -> Array:
      fake, z, _ = generate(t)
      return every * total(t, jnp.zeros(()), (term,), fake, z)
    loss.__name__ = f'lazy_{term.__name__}'
    return Move('d', loss, when=schedules.every(every))

  def critic(t: Turn) -> Array:
    return t.apply('d', seen(t, t.batch['x']), *label(t))

  def asked(head: str) -> Callable[[Turn], Array]:
    return lambda t: t.apply(head, t.apply(
        'd', seen(t, t.batch['x']), *label(t), features=True)[1])

  heads, d_moves = heads or {}, (Move('d', d_loss, n_critic),)
  if instead is not None:
    when, _ = instead
    d_moves = (Move('d', d_loss, n_critic, lambda step: ~when(step)),
               Move('d', other_loss, n_critic, when))
  moves = (*d_moves, Move('g', g_loss, when=g_when))
  lazily = tuple(alone(*item) for item in lazy)
  return Game(
      nets=dict(g=g, d=d, **heads),
      players=dict(d=Player(('d', *heads), d_tx), g=Player(('g',), g_tx)),
      round=((Together(moves),) if together else moves) + lazily,
      ema=schedules.averages(ema, ('g', 'd', *heads)), memory=memory or {},
      after=after,
      sample=lambda t: decode(t, prior(t)),
      latents=dict(z=Latent(prior, decode, True, of_normal)), critic=critic,
      heads={head: asked(head) for head in heads},
      # A D that sees labels could give them away.
      features={} if classes else dict(d=lambda t: t.apply(
          'd', seen(t, t.batch['x']), features=True)[1]))


def named(spec: Spec, objective: Pair, *, nets: Mapping[str, Any], z: int,
          prior: str | priors.Prior, g_optim: Mapping[str, Any],
          d_optim: Mapping[str, Any], classes: int = 0,
          parts: Mapping[str, Any] | None = None,
          around: Callable[[nn.Module], nn.Module] = lambda d: d,
          g_around: Callable[[nn.Module], nn.Module] = lambda g: g,
          **options: Any) -> Game:
  """`two_player` with nets, prior and optimizers as configs name them.

  Args:
    spec: of the data.
    objective: losses of D and of G.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors, or turn -> z.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    classes: of the labels that both nets see; 0 for none.
    parts: more of the game, by name: see gans_jax.families.parts.
    around: the pair's D -> the D that plays: one with a head of its own.
    g_around: the pair's G -> the G that plays.
    **options: of `two_player`.

  Raises:
    errors.ConfigError: unknown names, data the nets cannot take, or parts that
      do not fit.
  """
  if parts:
    given = parts_lib.add(parts, dict(
        options, spec=spec, objective=objective, nets=nets, z=z, prior=prior,
        g_optim=g_optim, d_optim=d_optim, classes=classes, around=around,
        g_around=g_around))
    return named(**given)
  g, d = pairs.make(spec, classes=classes, **nets)
  noise = prior if callable(prior) else priors.make(prior, z)
  return two_player(
      g_around(g), around(d), objective, noise,
      g_tx=optim.make(**g_optim), d_tx=optim.make(**d_optim), classes=classes,
      of_normal=priors.OF_NORMAL.get(prior), **options)
