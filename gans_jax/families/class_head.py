"""D is a classifier: real or fake is a class, or a question beside the classes.

What D and G minimise is a rule over what D says of a batch: of real samples,
of those with labels, of fakes. See `losses.classification.Head` for what its
logits stand for.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import flax.linen as nn
import jax

from gans_jax import optim, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, classification

Array = jax.Array


class Judged(NamedTuple):
  """Samples, and what D says of them.

  Attributes:
    x: [n, ...].
    logits: [n, outputs].
    features: what D gives besides: the input of its last layer.
    y: [n], labels; of fakes those that were asked for. None without labels.
    weights: [n], 1 where y may be looked at; None: everywhere.
  """

  x: Array
  logits: Array
  features: Array
  y: Array | None = None
  weights: Array | None = None


class Scene(NamedTuple):
  """What a rule looks at.

  Attributes:
    real: the batch.
    labelled: examples with labels: the batch itself, with weights if only some
      have any, or those that the data gives beside it (config.data.beside).
    fake: G's samples; in its own move its gradient flows through them.
    z: [n, z], their noise.
  """

  real: Judged
  labelled: Judged
  fake: Judged
  z: Array


# Named parts of a loss, weighted: their sum is minimised, each is logged.
Rule = Callable[[Turn, Scene], dict[str, Array]]


def class_head(g: nn.Module, d: nn.Module, d_rule: Rule, g_rule: Rule,
               prior: priors.Prior, *, g_tx, d_tx, conditional: int = 0,
               ema: float | Mapping[str, float] = 0.,
               memory: Mapping[str, Any] | None = None) -> Game:
  """A game of G against a classifier.

  Args:
    g: z [n, z] (, one-hot y [n, classes]) -> x [n, ...].
    d: x [n, ...] -> logits [n, outputs], class logits first; `features=True`
      gives something besides.
    d_rule: what D minimises.
    g_rule: what G minimises. What it does not look at is not computed.
    prior: turn -> z.
    g_tx: optimizer of G.
    d_tx: likewise.
    conditional: if not 0, G is asked for the labels of the batch, of as many
      classes; D never sees them.
    ema: if not 0, decay of the average of G's params, with which it samples;
      or decays by net: an averaged D classifies better (Salimans et al. 2016).
    memory: initial values of what rules remember.

  Returns:
    The game; a round is a step of D and one of G, on the same batch. Real
    samples, labelled ones and fakes pass D in calls of their own.

  Raises:
    errors.ConfigError: an average of a net that is neither g nor d.
  """
  keep = ({'update_u': False}
          if 'update_u' in inspect.signature(type(d).__call__).parameters
          else {})

  def decode(t: Turn, z: Array) -> dict[str, Array]:
    if not conditional:
      return dict(x=t.apply('g', z))
    y = t.batch['y']
    return dict(x=t.apply('g', z, jax.nn.one_hot(y, conditional)), y=y)

  def judge(t: Turn, x: Array, *facts, **options) -> Judged:
    return Judged(x, *t.apply('d', x, features=True, **options), *facts)

  def scene(t: Turn) -> Scene:
    z, batch = prior(t), t.batch
    fake = decode(t, z)['x']
    real = judge(t, batch['x'], batch.get('y'), batch.get('labelled'))
    labelled = real
    if 'x_labelled' in batch:
      labelled = judge(t, batch['x_labelled'], batch['y_labelled'], **keep)
    return Scene(real, labelled, judge(t, fake, batch.get('y'), **keep), z)

  def played(t: Turn, rule: Rule) -> Array:
    parts = rule(t, scene(t))
    t.log(**parts)
    return sum(parts.values())

  def d_loss(t: Turn) -> Array:
    return played(t, d_rule)

  def g_loss(t: Turn) -> Array:
    return played(t, g_rule)

  return Game(
      nets=dict(g=g, d=d),
      players=dict(d=Player(('d',), d_tx), g=Player(('g',), g_tx)),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=schedules.averages(ema, ('g', 'd')), memory=memory or {},
      sample=lambda t: decode(t, prior(t)),
      latents=dict(z=Latent(prior, decode, spherical=True)),
      critic=lambda t: t.apply('d', t.batch['x']),
      features=dict(d=lambda t: t.apply('d', t.batch['x'], features=True)[1]))


def named(spec: Spec, d_rule: Rule, g_rule: Rule, *, outputs: int,
          nets: Mapping[str, Any], z: int, prior: str,
          g_optim: Mapping[str, Any], d_optim: Mapping[str, Any],
          **options: Any) -> Game:
  """`class_head` with nets, prior and optimizers as configs name them.

  Args:
    spec: of the data.
    d_rule: what D minimises.
    g_rule: what G minimises.
    outputs: logits of D.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    **options: of `class_head`.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  g, d = pairs.make(spec, **nets)
  return class_head(
      g, d.clone(outputs=outputs), d_rule, g_rule, priors.make(prior, z),
      g_tx=optim.make(**g_optim), d_tx=optim.make(**d_optim), **options)


def labels(scene: Scene) -> Array:
  """`E (-l_y + log sum_k e^{l_k})` of the labelled examples, K logits."""
  seen = scene.labelled
  return classification.cross_entropy(seen.logits, seen.y, seen.weights)


def halves(head: classification.Head, scene: Scene) -> Array:
  """`(E_x sp(-s) + E_z sp(s)) / 2`, s the logit of "real".

  Salimans et al. 2016 (arXiv:1606.03498), section 5, as their code has it.
  """
  return adversarial.minimax.d(
      head.real_logit(scene.real.logits),
      head.real_logit(scene.fake.logits)) / 2
