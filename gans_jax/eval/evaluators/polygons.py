"""Evaluators of triangles: precision and recall on a known manifold."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gans_jax import data, errors
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.measures import polygon
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

THRESHOLD = .75    # squared distance in 0..1: the paper's
TEST = 'test'


def polygon_precision(real: Reference, *, n: int = 1024,
                      threshold: float = THRESHOLD) -> Evaluator:
  """Share of samples that are nearly triangles; see `measures.polygon`.

  Values: precision; distance, the mean squared distance from the manifold.

  Args:
    real: the triangles.
    n: samples; 1024 in the paper.
    threshold: squared distance in 0..1.

  Raises:
    ConfigError: other data.
  """
  _check('polygon_precision', real, n, threshold)
  return base.collected(
      'polygon_precision', n, real,
      lambda s: _precision(s['x'], real.spec.range, threshold),
      _protocol(real, n, threshold))


def polygons(real: Reference, *, n: int = 1024, threshold: float = THRESHOLD,
             restarts: int = 5, steps: int = 1000, rate: float = .05
             ) -> Evaluator:
  """Precision, recall and F1 on triangles.

  Lucic et al. 2018 (arXiv:1711.10337), section 5. A held-out triangle is
  recalled if some code z is found whose picture is near it, by Adam from codes
  of the prior.

  Values: precision, recall, f1; distance and recall_distance, mean squared
  distances.

  Args:
    real: the triangles.
    n: samples, and held-out triangles.
    threshold: squared distance in 0..1.
    restarts: codes that Adam starts from; the best counts.
    steps: of Adam.
    rate: of Adam.

  Raises:
    ConfigError: other data; when it runs, a game without codes z.
  """
  _check('polygons', real, n, threshold)
  if restarts < 1 or steps < 0:
    raise errors.ConfigError(f'restarts={restarts} must be 1 or more, '
                             f'steps={steps} not below 0')
  shape, size = real.spec.shapes['x'], probing.BATCH
  test = data.make('triangles', split=TEST, pixels=shape[0], n=n,
                   range=real.spec.range)
  low, high = real.spec.range

  def probe(p: Probe) -> dict[str, float]:
    latent = errors.choose('space of codes of this game', 'z', p.game.latents)
    tx = optax.adam(rate)

    def invert(t):
      """Squared distance [size] of the batch to what codes can make."""
      def gaps(z):
        made = latent.decode(t, z)
        made = made['x'] if isinstance(made, dict) else made
        gap = (made - t.batch['x']) / (high - low)
        return jnp.sum(gap ** 2, range(1, gap.ndim))

      def step(carry, _):
        z, opt, best = carry
        values, pull = jax.vjp(gaps, z)
        updates, opt = tx.update(pull(jnp.ones_like(values))[0], opt)
        return (z + updates, opt, jnp.minimum(best, values)), None
      z = latent.draw(t)
      start = (z, tx.init(z), jnp.full(size, jnp.inf, jnp.float32))
      (z, _, best), _ = jax.lax.scan(step, start, length=steps)
      return jnp.minimum(best, gaps(z))

    find, make = (probing.program(p, f) for f in (invert, p.game.sample))
    reached, samples = [], []
    for i, (batch, count) in enumerate(probing.chunks(test, n, test.spec)):
      reached.append(np.min([
          find(batch, i * restarts + k) for k in range(restarts)], 0)[:count])
      made = make(batch, i)
      samples.append((made['x'] if isinstance(made, dict) else made)[:count])
    found = _precision(np.concatenate(samples), real.spec.range, threshold)
    reached = np.concatenate(reached)
    recall = float(np.mean(reached <= threshold))
    return {**found, 'recall': recall, 'recall_distance': reached.mean(),
            'f1': polygon.f1(found['precision'], recall)}

  protocol = _protocol(real, n, threshold, n_test=n, restarts=restarts,
                       steps=steps, rate=rate)
  return Evaluator('polygons', n, real.spec, protocol, probe=probe)


def _precision(x, limits, threshold):
  x = (np.asarray(x, np.float64) - limits[0]) / (limits[1] - limits[0])
  d = polygon.distance(x)
  return dict(precision=float(np.mean(d <= threshold)), distance=d.mean())


def _check(name, real, n, threshold):
  base.check(n)
  shape = real.spec.shapes['x']
  if real.spec.name != 'triangles' or len(shape) != 3 or (
      shape[0] != shape[1] or shape[2] != 1):
    raise errors.ConfigError(
        f"evaluator {name!r} is of the data set 'triangles', grey, not of "
        f'{real.spec.name!r} with x of shape {list(shape)}')
  if not threshold > 0:
    raise errors.ConfigError(f'threshold={threshold} must be above 0')


def _protocol(real, n, threshold, **more):
  return base.common(
      real, n, threshold=threshold, bank=polygon.BANK, starts=polygon.STARTS,
      quantised='none', **more, better=dict(
          precision='higher', recall='higher', f1='higher', distance='lower',
          recall_distance='lower'))
