"""Projection: the codes whose decoded pictures are nearest to given ones.

By gradient, for any game with a latent space: z, or the w of a style generator.
What "near" means is a function: pixels, D's features (AnoGAN), LPIPS; or it is
what a predictor says, with no picture to be near to.
"""

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gans_jax import asked, data, errors
from gans_jax.apps import inverse
from gans_jax.data import decode as files
from gans_jax.data.spec import Batch
from gans_jax.eval import export
from gans_jax.eval.evaluators import probing
from gans_jax.eval.onepass import Probe
from gans_jax.families import inverter
from gans_jax.families.search import search
from gans_jax.game import Turn
from gans_jax.losses import reconstruction

Array = jax.Array
# turn (with the batch), x [n, ...] -> (what is made -> costs [n]).
Objective = Callable[[Turn, Array], Callable[[Array], Array]]


class Projection(NamedTuple):
  """What a search has found.

  Attributes:
    codes: [n, ...].
    made: of these, [n, ...].
    costs: [n], of `made`.
    curve: [steps, n], costs on the way, of the start that ended best.
  """

  codes: np.ndarray
  made: np.ndarray
  costs: np.ndarray
  curve: np.ndarray


def project(p: Probe, batch: Batch, objective: Objective, *,
            latent: str = 'z', steps: int = 500,
            tx: optax.GradientTransformation | None = None, starts: int = 1
            ) -> Projection:
  """Codes of the examples of a batch, in one program a start.

  Args:
    p: a game, with averaged params in their places (`inverse.of_run`). Nets run
      in evaluation mode.
    batch: examples 'x' [n, ...], and the conditions of the game.
    objective: what each example's code is to lower; a `Discrepancy` of
      gans_jax.families.inverter is one.
    latent: the space of codes.
    steps: of the optimizer.
    tx: Adam(.01) by default.
    starts: searches, each from codes drawn anew; of each example the one that
      ended lowest is kept.

  Raises:
    errors.ConfigError: no such latent space, or no start.
  """
  if starts < 1:
    raise errors.ConfigError(f'{starts} starts of a search: 1 or more')
  space = errors.choose('latent space of this game', latent, p.game.latents)

  def one(t):
    cost = objective(t, t.batch['x'])
    decode = lambda z: probing.x_of(space.decode(t, z))
    z, curve = search(lambda z: cost(decode(z)), space.draw(t), steps=steps,
                      tx=tx)
    made = decode(z)
    return Projection(z, made, cost(made), jnp.swapaxes(curve, 0, 1))

  run = probing.program(p, one)
  best = run(batch, 0)
  for i in range(1, starts):
    new = run(batch, i)
    better = new.costs < best.costs
    keep = lambda a, b, better=better: np.where(
        better.reshape(-1, *[1] * (a.ndim - 1)), a, b)
    best = Projection(*map(keep, new, best))
  return best._replace(curve=best.curve.T)


def of_pictures(error: Callable[[Array, Array], Array]) -> Objective:
  """`error(x, made)` [n], of gans_jax.losses.reconstruction or a LPIPS."""
  return lambda t, x: lambda made: error(x, made)


class How(NamedTuple):
  """Options of a projection, as a command line has them.

  Attributes:
    steps: of Adam.
    rate: its own, falling to 0 along a cosine.
    starts: searches, of which the best is kept.
    latent: the space of codes.
    features: weight of D's features beside the mean square of pictures.
  """

  steps: int = 500
  rate: float = .1
  starts: int = 1
  latent: str = 'z'
  features: float = 0.


def of_text(p: Probe, text: str, labels: Sequence[int] | None = None) -> Batch:
  """What launch/sample.py --project asks for.

  Args:
    p: of a run (`inverse.of_run`).
    text: numbers of held-out examples, '0-7', or files of pictures, with
      options after a colon: 'me.png:steps=1000,starts=4', see `How`.
    labels: what a conditional G is told, repeated; those of the examples by
      default.

  Returns:
    dict of `real` and `made` [n, ...], `codes` [n, ...] and `costs` [n].

  Raises:
    errors.ConfigError: no such example, file, option or space; files and no
      labels for a G that needs them.
  """
  items = asked.parse(text, 'example')
  how = errors.call('projection', How, **{
      k: v for _, options, _ in items for k, v in options.items()})
  names = [name for name, _, _ in items]
  if not names:
    raise errors.ConfigError('--project: numbers of held-out examples, 0-7, or '
                             'a file of a picture')
  numbers = all(name.replace('-', '').isdigit() for name in names)
  batch = (_held_out(p, export.numbers('project', ','.join(names)))
           if numbers else _pictures(p, names))
  n = len(batch['x'])
  space = errors.choose('latent space of this game', how.latent,
                        p.game.latents)
  if labels is not None:
    batch = {**batch, 'y': np.resize(labels, n).astype(np.int32)}
  elif not numbers and 'y' in _made(p, space, batch):
    raise errors.ConfigError('this game is told a label of what it makes: give '
                             '--labels for the pictures of files')
  devices = jax.device_count()    # over which a batch is laid
  rows = np.resize(np.arange(n), -(-n // devices) * devices)
  found = project(
      p, probing.fitted({k: v[rows] for k, v in batch.items()}, p.source.spec),
      inverter.discrepancy(reconstruction.mean_square, f_weight=how.features),
      latent=how.latent, steps=how.steps, starts=how.starts,
      tx=optax.adam(optax.cosine_decay_schedule(how.rate, how.steps)))
  return dict(real=batch['x'], made=found.made[:n], codes=found.codes[:n],
              costs=found.costs[:n])


def _held_out(p: Probe, rows: Sequence[int]) -> Batch:
  source, split = inverse.unseen(p.source)
  if max(rows) >= len(source):
    raise errors.ConfigError(
        f'--project={max(rows)}: {p.source.spec.name} ({split}) has examples '
        f'0 to {len(source) - 1}')
  return source.batch(np.asarray(rows))


def _pictures(p: Probe, names: Sequence[str]) -> Batch:
  """Files, cropped and resized as a folder of the data's size would be."""
  spec = p.source.spec
  shape = spec.shapes.get('x', ())
  if len(shape) != 3:
    raise errors.ConfigError(
        f'--project: files are pictures, and examples of {spec.name} are '
        f'{list(shape)}: give numbers of held-out ones')
  for name in names:
    if not os.path.isfile(name):
      raise errors.ConfigError(
          f'--project: there is no file {name}; or give numbers, 0-7')
  x = np.concatenate([data.pictures(
      data.raw(files.decode(name)[None], None, name=name, split='file'),
      size=shape[0], channels=shape[2], range=spec.range).batch(
          np.arange(1))['x'] for name in names])
  return {**p.source.batch(np.arange(len(x)) % len(p.source)), 'x': x}


def _made(p: Probe, space, batch: Batch) -> dict:
  """Shapes of what the game makes of codes."""
  def made(batch):
    t = Turn(p.game, p.state, batch, p.key, stage=p.stage, train=False)
    return space.decode(t, space.draw(t))
  found = jax.eval_shape(made, probing.fitted(batch, p.source.spec))
  return found if isinstance(found, dict) else {}
