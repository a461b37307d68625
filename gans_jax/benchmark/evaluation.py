"""Evaluation's numerics against the reference implementations, in turns.

frechet2048: `distances.frechet` at 2048 dimensions against the square root of
the product by scipy.linalg.sqrtm, as pytorch-fid and clean-fid take it. Both
are checked against a distance that is known exactly. manifold10k: precision,
recall, density and coverage of 10,000 against 10,000 features of 2048
dimensions, against prdc.

Both sides work on the host's CPU, with the same BLAS settings.
"""

import contextlib
import functools
import importlib
import io
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.benchmark.timing import Ratio, Spread, clock
from gans_jax.benchmark.versus import Result
from gans_jax.eval import distances
from gans_jax.eval.measures.manifold import manifold

# The least ratio that is aimed at, on two CPU cores.
TARGETS = dict(frechet2048=15., manifold10k=2.5)
DIMS, SAMPLES = 2048, 10_000
K = 5    # prdc's neighbours


def compare(rows: Sequence[str] = (), *, repeats: int = 3, dims: int = DIMS,
            samples: int = SAMPLES) -> Iterator[Result]:
  """Runs comparisons, and yields each when it is done.

  Each side plays once unclocked, while its memory is traced, and then once a
  turn.

  Args:
    rows: of TARGETS; all by default.
    repeats: turns of each side.
    dims: of the features.
    samples: of each set.

  Raises:
    errors.ConfigError: an unknown row, or a reference is not installed.
  """
  made = []
  for row in rows or TARGETS:
    make = errors.choose('row', row, ROWS)
    made.append((row, make(dims, samples)))    # complains before any work
  for row, (title, sides, judge) in made:
    values, peaks = zip(*map(_traced, sides.values()), strict=True)
    speeds = [[] for _ in sides]
    for _ in range(repeats):
      for play, out in zip(sides.values(), speeds, strict=True):
        out.append(1 / clock(play))
    ours, theirs = sides
    yield Result(
        f'{row}: {title}, {repeats} turns each', 'a second',
        {n: Spread.of(s) for n, s in zip(sides, speeds, strict=True)},
        {theirs: Ratio.of(*speeds)}, TARGETS[row],
        judge(*values) + (
            'seconds: ' + ', '.join(
                f'{n} {1 / Spread.of(s).median:.3g}'
                for n, s in zip(sides, speeds, strict=True)),
            f'arrays of {ours} besides the inputs: {peaks[0] / 1e6:,.0f} MB at '
            f'most'))


def known(dims: int, seed: int = 0) -> tuple[tuple[np.ndarray, ...], float]:
  """Two Gaussians that do not commute, and their exact distance.

  `x -> T x` with T symmetric and positive moves the first onto the second
  along the shortest way (Olkin & Pukelsheim 1982), so with `S2 = T S1 T` the
  trace of `(S1 S2)^(1/2)` is that of `T S1`. Eigenvalues of S1 span 6 orders
  of magnitude, as those of Inception features do.
  """
  rng = np.random.default_rng(seed)
  basis = np.linalg.qr(rng.normal(size=(dims, dims)))[0]
  s1 = (basis * np.logspace(0, -6, dims)) @ basis.T
  a = rng.normal(size=(dims, dims))
  t = a @ a.T / dims + .1 * np.eye(dims)
  s1, t = (s1 + s1.T) / 2, (t + t.T) / 2
  s2 = t @ s1 @ t
  step = rng.normal(size=dims) / np.sqrt(dims)
  exact = (step @ step + np.trace(s1) + np.trace(s2)
           - 2 * np.sum(t * s1))
  return (np.zeros(dims), s1, step, (s2 + s2.T) / 2), float(exact)


def features(dims: int, samples: int, seed: int = 0
             ) -> tuple[np.ndarray, np.ndarray]:
  """Two sets [samples, dims] float32 near a curved sheet, the second moved."""
  rng = np.random.default_rng(seed)
  weights = rng.normal(size=(16, dims)) / 4
  return tuple(
      np.maximum(rng.normal(shift, 1, (samples, 16)) @ weights, 0)
      .astype(np.float32) for shift in (0., .3))


def _frechet(dims, samples):
  del samples
  linalg = _needed('scipy.linalg')
  moments, exact = known(dims)

  def theirs():
    m1, s1, m2, s2 = moments
    root = linalg.sqrtm(s1 @ s2)
    gap = m1 - m2
    return float(gap @ gap + np.trace(s1) + np.trace(s2)
                 - 2 * np.trace(root).real)

  def judge(mine, other):
    return (f'relative error against the exact {exact:.6g}: gans_jax '
            f'{abs(mine / exact - 1):.1e}, sqrtm {abs(other / exact - 1):.1e}',)

  return (f'Fréchet distance of {dims} dimensions',
          {'gans_jax': functools.partial(distances.frechet, *moments),
           'scipy sqrtm': theirs}, judge)


def _manifold(dims, samples):
  prdc = _needed('prdc')
  real, fake = features(dims, samples)

  def theirs():
    with contextlib.redirect_stdout(io.StringIO()):    # it prints
      return prdc.compute_prdc(real, fake, K)

  def judge(mine, other):
    off = max(abs(value - other[name])
              for name, value in mine._asdict().items())
    values = ', '.join(f'{n} {v:.4f}' for n, v in mine._asdict().items())
    return values, f'largest difference from prdc {off:.1e}'

  return (f'precision, recall, density, coverage of {samples} and {samples} '
          f'features of {dims} dimensions, k={K}',
          {'gans_jax': lambda: manifold(real, fake, K, closed=False),
           'prdc': theirs}, judge)


def _traced(play: Callable[[], Any]) -> tuple[Any, int]:
  """What it returns, and the most bytes that it held."""
  tracemalloc.start()
  try:
    value = play()
    return value, tracemalloc.get_traced_memory()[1]
  finally:
    tracemalloc.stop()


def _needed(name: str):
  try:
    return importlib.import_module(name)
  except ImportError as e:
    raise errors.ConfigError(
        f'{name.partition(".")[0]} is not installed: it is in the extra '
        '[parity]; `bash launch/test.sh parity` makes .venv-parity, whose '
        'python runs launch/bench.py eval') from e


ROWS = dict(frechet2048=_frechet, manifold10k=_manifold)
