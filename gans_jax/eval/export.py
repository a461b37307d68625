"""Samples of a run as files: a grid, single pictures, arrays."""

import pathlib
from collections.abc import Iterator, Sequence

import jax
import numpy as np

from gans_jax import drawing, errors, images
from gans_jax.data import dna
from gans_jax.data.spec import Batch, Spec
from gans_jax.eval.sampler import MODE, Mode, Sampler

FASTA = ('.fa', '.fasta')


def numbers(name: str, text: str | None) -> list[int] | None:
  """[0, 1, 2, 42] of '0-2,42'; None of None.

  Raises:
    errors.ConfigError: it is written otherwise.
  """
  if text is None:
    return None
  out = []
  for part in text.split(','):
    low, dash, high = part.strip().partition('-')
    if not low.isdigit() or (dash and not high.isdigit()):
      raise errors.ConfigError(
          f'--{name}={text!r}: whole numbers and ranges such as 0-9,42')
    out.extend(range(int(low), int(high if dash else low) + 1))
  return out


def draw(experiment, state, step: int, mesh, *, n: int, seed: int = 0,
         seeds: Sequence[int] | None = None,
         labels: Sequence[int] | None = None, ema: bool = True,
         mode: Mode = MODE) -> Batch:
  """Draws n samples, or one for each of `seeds`.

  Args:
    experiment: what the run's config builds.
    state: of one run.
    step: of the state, for its stage.
    mesh: devices.
    n: samples, if no `seeds`.
    seed: of all the noise, if no `seeds`.
    seeds: each gives a sample that does not depend on the others.
    labels: repeated to the number of samples.
    ema: use the averaged params.
    mode: how else they are drawn.

  Returns:
    dict of arrays [n, ...].

  Raises:
    errors.ConfigError: labels of data or of a game that has none, or a mode
      that the game cannot take.
  """
  game, source = experiment.game, experiment.source
  ema = ema and bool(game.ema)
  how = dict(ema=ema, stage=game.stage(step), mode=mode)
  count = n if seeds is None else len(seeds)
  labels = None if labels is None else np.resize(labels, count)
  if seeds is None:
    sampler = Sampler(game, source, experiment.config['batch'], mesh)
    return sampler.draw(state, jax.random.key(seed), **how)(n, labels)
  sampler = Sampler(game, source, 1)
  made = [sampler.draw(state, jax.random.key(s), **how)(
      1, None if labels is None else labels[i:i + 1])
      for i, s in enumerate(seeds)]
  return jax.tree.map(lambda *x: np.concatenate(x), *made)


def write(out: pathlib.Path, samples: Batch, spec: Spec,
          names: Sequence[int] | None = None) -> list[pathlib.Path]:
  """Writes what the ending of `out` says; see launch/sample.py.

  Args:
    out: *.png, *.npz, *.fasta or a folder.
    samples: dict of arrays [n, ...].
    spec: of the data.
    names: of single pictures, seeds for example; 0, 1, ... by default.

  Returns:
    What was written.

  Raises:
    errors.ConfigError: single pictures of data that is not pictures.
  """
  if out.suffix == '.npz':
    out.parent.mkdir(parents=True, exist_ok=True)
    # Without its range a float picture means nothing to another reader.
    np.savez_compressed(out, **samples, range=np.asarray(spec.range))
    return [out]
  if out.suffix == '.png':
    images.save_png(out, drawing.draw(samples, spec))
    return [out]
  n = len(next(iter(samples.values())))
  names = range(n) if names is None else names
  if out.suffix in FASTA:
    alphabet = letters(spec, out)
    dna.write(out, dna.decode(samples['x'], alphabet),
              [f'{name:06d}' for name in names])
    return [out]
  if out.suffix:
    raise errors.ConfigError(
        f'--out={out}: ends neither with .png (a grid) nor with .npz (arrays) '
        'nor with .fasta (sequences); a folder for single pictures has no '
        'ending')
  paths = [out / f'{name:06d}.png' for name in names]
  for path, picture in zip(paths, _single(samples, spec), strict=True):
    images.save_png(path, picture)
  return paths


def letters(spec: Spec, out: pathlib.Path) -> str:
  """The alphabet; ConfigError if the data is no sequences of letters."""
  if not spec.alphabet:
    raise errors.ConfigError(
        f'--out={out}: {spec.name!r} has no letters to write; ask for a .png '
        'or a .npz')
  return spec.alphabet


def _single(samples: Batch, spec: Spec) -> Iterator[np.ndarray]:
  """A uint8 picture of each sample."""
  if spec.kind:
    for i in range(len(next(iter(samples.values())))):
      yield drawing.draw({k: v[i:i + 1] for k, v in samples.items()}, spec)
    return
  x = samples['x']
  if x.ndim != 4:
    raise errors.ConfigError(
        f'single pictures of samples of shape {list(x.shape[1:])}: ask for '
        'a .npz')
  yield from images.to_uint8(x, spec.range)
