"""Real examples through a game's encoder and back, and paths between them."""

import pathlib
from typing import Any

import jax
import numpy as np

from gans_jax import errors, images
from gans_jax.data.spec import Batch, Source, Spec
from gans_jax.eval.evaluators import probing, reconstruct
from gans_jax.eval.measures import path_length
from gans_jax.eval.onepass import Probe


def unseen(train: Source) -> tuple[Source, str]:
  """Held-out examples and their split; of data without any the training set."""
  try:
    found = probing.heldout(train)
  except errors.ConfigError:
    found = train
  return found, found.spec.split


def pairs(p: Probe, n: int, latent: str = 'z') -> Batch:
  """Held-out examples and their reconstructions.

  Args:
    p: the game, with averaged params in their places.
    n: examples.
    latent: the space of codes.

  Returns:
    dict of `real` and `made` [n, ...], and `codes` [n, ...].

  Raises:
    errors.ConfigError: a game without an encoder.
  """
  return reconstruct.of_source(p, unseen(p.source)[0], n, latent)


def between(p: Probe, n: int, steps: int, latent: str = 'z') -> Batch:
  """Paths in codes between held-out examples, decoded.

  On a sphere where the space says so. The ends of a path are reconstructions.

  Args:
    p: the game, with averaged params in their places.
    n: paths, each between two examples of its own.
    steps: codes on a path, its ends among them.
    latent: the space of codes.

  Returns:
    dict of `real` [n, 2, ...], `made` [n, steps, ...] and `codes` [n, steps,
    ...].

  Raises:
    errors.ConfigError: a game without an encoder, or fewer than two steps.
  """
  if steps < 2:
    raise errors.ConfigError(
        f'{steps} pictures between two are too few: ask for 2 or more')
  found = pairs(p, 2 * n, latent)
  real, codes = (found[k] for k in ('real', 'codes'))
  n = len(real) // 2
  space = p.game.latents[latent]
  mix = path_length.slerp if space.spherical else path_length.lerp
  a, b = codes[:2 * n:2], codes[1:2 * n:2]
  path = np.stack([mix(a, b, np.full(n, s)) for s in np.linspace(
      0, 1, steps)], 1).astype(np.float32)                # [n, steps, ...]
  decode = probing.program(p, lambda t: probing.x_of(
      space.decode(t, t.batch['codes'])))
  flat = path.reshape(n * steps, *path.shape[2:])
  parts = []
  for start in range(0, len(flat), probing.BATCH):
    rows = np.arange(start, start + probing.BATCH)
    batch = p.source.batch(rows % len(p.source))
    parts.append(decode({**batch, 'codes': flat[rows % len(flat)]}, 0)[
        :len(flat) - start])
  made = np.concatenate(parts)
  return dict(real=real[:2 * n].reshape(n, 2, *real.shape[1:]),
              made=made.reshape(n, steps, *made.shape[1:]), codes=path)


def picture(found: Batch, spec: Spec) -> np.ndarray:
  """uint8 [H, W, 3]: of `pairs` or of `between`.

  Each reconstruction stands to the right of its example, and what it leaves,
  if that is in `found`, to the right of it; each path between the two. Points
  of the plane: real ones in grey, what the game makes in red.
  """
  real, made = found['real'], found['made']
  shape = spec.shapes['x']
  if len(shape) != 3:
    return images.picture(made.reshape(-1, *shape), spec.range,
                          centres=spec.centres or None,
                          real=real.reshape(-1, *shape))
  if real.ndim == 4:
    rows = np.stack([real, made, *(found[k] for k in ('left',) if k in found)
                     ], 1)                           # [n, 2 or 3, H, W, C]
    each = rows.shape[1]
    columns = each * int(np.ceil(np.sqrt(len(rows) / each)))
  else:
    rows = np.concatenate([real[:, :1], made, real[:, 1:]], 1)
    columns = rows.shape[1]
  return images.grid(rows.reshape(-1, *shape), spec.range, columns)


def write(out: pathlib.Path, found: Batch, spec: Spec) -> pathlib.Path:
  """Writes a picture, or the arrays.

  Args:
    out: *.png or *.npz.
    found: of `pairs` or `between`.
    spec: of the data.

  Raises:
    errors.ConfigError: another ending.
  """
  if out.suffix == '.png':
    images.save_png(out, picture(found, spec))
  elif out.suffix == '.npz':
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, **found, range=np.asarray(spec.range))
  else:
    raise errors.ConfigError(
        f'--out={out}: reconstructions are written as .png (a grid) or .npz '
        '(arrays)')
  return out


def of_run(experiment: Any, state: Any, step: int, ema: bool = True) -> Probe:
  """A run's game, to be looked into.

  Args:
    experiment: what its config builds.
    state: of one seed.
    step: of the state.
    ema: whether averaged params are used for the nets that have them.
  """
  params = {**state.params, **(state.ema if ema else {})}
  return Probe(experiment.game, state.replace(params=params),
               experiment.source, jax.random.key(0),
               experiment.game.stage(step))


def asked(experiment: Any, state: Any, step: int, n: int,
          steps: int | None = None, ema: bool = True) -> Batch:
  """`pairs` of a run, or `between` if there are `steps`: see `of_run`."""
  p = of_run(experiment, state, step, ema)
  return pairs(p, n) if steps is None else between(p, n, steps)
