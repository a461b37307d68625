"""How far pictures lie from the manifold of triangles."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.data import triangles
from gans_jax.eval.measures import blocks

BANK, STARTS, STEPS = 20_000, 8, 40
CHUNK = 64    # pictures at a time


def distance(x: np.ndarray, bank: int = BANK, starts: int = STARTS,
             steps: int = STEPS, seed: int = 0) -> np.ndarray:
  """Squared distance [N] of pictures to the nearest triangle's.

  Lucic et al. 2018 (arXiv:1711.10337), section 5. From the nearest of a bank
  of triangles the corners go downhill by Levenberg-Marquardt (6 unknowns); the
  best of some starts counts. It is an upper bound of the distance.

  Args:
    x: [N, H, H, 1] or [N, H, H] in 0..1.
    bank: triangles that starts are taken from.
    starts: for each picture.
    steps: downhill.
    seed: of the bank.

  Raises:
    ValueError: pictures that are not square, or nan.
  """
  x = np.asarray(x, np.float32)
  x = x[..., 0] if x.ndim == 4 else x
  if x.ndim != 3 or x.shape[1] != x.shape[2] or not np.isfinite(x).all():
    raise ValueError('square grey pictures [N, H, H, 1] without nan are '
                     f'needed, not {list(x.shape)}')
  pixels = x.shape[1]
  corners, pictures = _bank(pixels, bank, seed)
  near = np.empty((len(x), starts), np.int64)
  for rows, d in blocks.squared(x.reshape(len(x), -1), pictures):
    near[rows] = np.argpartition(d, starts - 1, axis=1)[:, :starts]
  out = np.empty(len(x))
  for i in range(0, len(x), CHUNK):
    rows = np.resize(np.arange(i, min(i + CHUNK, len(x))), CHUNK)
    found = _descend(corners[near[rows]].reshape(-1, 6),
                     np.repeat(x[rows], starts, 0).reshape(CHUNK * starts, -1),
                     pixels, steps)
    found = np.asarray(found).reshape(CHUNK, starts).min(1)
    out[rows] = found
  return out


@functools.lru_cache(maxsize=2)
def _bank(pixels, size, seed):
  corners = triangles.vertices(size, np.random.default_rng([seed, 2]))
  corners = corners.astype(np.float32)
  return corners, np.concatenate([
      triangles.render(corners[i:i + 1000], pixels).reshape(-1, pixels ** 2)
      for i in range(0, size, 1000)])


@functools.partial(jax.jit, static_argnames=('pixels', 'steps'))
def _descend(corners, targets, pixels, steps):
  """Squared distances [M] after Levenberg-Marquardt from corners [M, 6]."""
  def gap(c, target):
    return triangles.render(
        c.reshape(1, 3, 2), pixels, jnp).reshape(-1) - target

  def one(c, target):
    def step(_, carry):
      c, damping, least = carry
      r, j = gap(c, target), jax.jacfwd(gap)(c, target)    # [P], [P, 6]
      a = j.T @ j
      move = jnp.linalg.solve(
          a + damping * (jnp.diag(jnp.diag(a)) + 1e-3 * jnp.eye(6)), j.T @ r)
      there = c - move
      value = jnp.sum(gap(there, target) ** 2)
      better = value < least
      return (jnp.where(better, there, c),
              jnp.clip(jnp.where(better, damping / 3, damping * 4), 1e-6, 1e6),
              jnp.where(better, value, least))
    start = (c, jnp.asarray(1e-2, jnp.float32), jnp.sum(gap(c, target) ** 2))
    return jax.lax.fori_loop(0, steps, step, start)[2]
  return jax.vmap(one)(corners, targets)


def f1(precision: float, recall: float) -> float:
  """The harmonic mean; 0 if both are."""
  total = precision + recall
  return 2 * precision * recall / total if total else 0.
