"""Evaluator of a game's spaces of codes: perceptual path length."""

import numpy as np

from gans_jax import errors
from gans_jax.eval.evaluators import base, perceptual, probing
from gans_jax.eval.measures import bootstrap, path_length
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

SAMPLING = ('full', 'end')


def ppl(real: Reference, *, n: int = 10_000, space: str = 'z',
        sampling: str = 'full', distance: str = 'lpips', crop: bool = False,
        epsilon: float = path_length.EPSILON, seed: int = 0) -> Evaluator:
  """Perceptual path length; see `measures.path_length`.

  Values: `ppl_<space>_<sampling>`, with `_<distance>` behind it if that is not
  LPIPS on VGG16, and its 95% interval, `..._low` and `..._high`.

  Both pictures of a pair have the same label and noise. Codes of a space that
  says so are interpolated on a sphere, others on a line.

  Args:
    real: the data.
    n: pairs; published numbers are of 50,000.
    space: of the game's latents: 'z', or 'w' of a style generator.
    sampling: 'full', from anywhere between two codes, or 'end', from codes.
    distance: see `perceptual.Distance`.
    crop: only the middle of a picture (of faces).
    epsilon: the step.
    seed: of the places on the paths.

  Raises:
    ConfigError: unknown names, weights that are not here; when it runs, a game
      without that space.
  """
  base.check(n)
  if sampling not in SAMPLING:
    errors.unknown('sampling', sampling, SAMPLING)
  if not 0 < epsilon < 1:
    raise errors.ConfigError(f'epsilon={epsilon} must be within 0 and 1')
  measure = perceptual.Distance(distance, real.spec, crop)
  name = f'ppl_{space}_{sampling}'
  if distance != 'lpips':
    name += f'_{distance}'

  def probe(p: Probe) -> dict[str, float]:
    latent = errors.choose('space of codes of this game', space, p.game.latents)
    draw = probing.program(p, latent.draw)
    # Codes come as part of the batch, so that labels and noise are the same.
    decode = probing.program(p, lambda t: probing.x_of(latent.decode(
        t, t.batch['codes'])))
    between = path_length.slerp if latent.spherical else path_length.lerp
    rng, found = np.random.default_rng(seed), []
    for i in range(-(-n // probing.BATCH)):
      rows = np.arange(i * probing.BATCH, (i + 1) * probing.BATCH)
      batch = p.source.batch(rows % len(p.source))
      a, b = (draw(batch, 3 * i + k) for k in (0, 1))
      t = (rng.uniform(size=len(a)) if sampling == 'full'
           else np.zeros(len(a)))
      x, y = (decode({**batch, 'codes': between(a, b, s).astype(np.float32)},
                     3 * i + 2) for s in (t, t + epsilon))
      found.append(measure(x, y))
    lengths = np.concatenate(found)[:n] / epsilon ** 2
    interval = bootstrap.mean(path_length.kept(lengths))
    return {name: interval.value, f'{name}_low': interval.low,
            f'{name}_high': interval.high}

  protocol = base.common(
      real, n, **measure.protocol, space=space, sampling=sampling,
      epsilon=epsilon, percentiles=list(path_length.DROP), path_seed=seed,
      better={name: 'lower', f'{name}_low': None, f'{name}_high': None})
  return Evaluator('ppl', n, real.spec, protocol, probe=probe)
