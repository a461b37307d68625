"""Evaluator of an encoder: does the game give back what it is shown?"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Batch, Source
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference


def inverse(p: Probe, latent: str = 'z'
            ) -> Callable[[Batch, int], dict[str, np.ndarray]]:
  """(batch, i) -> dict of its `codes` and what the game makes of them, `x`.

  Args:
    p: the game, with averaged params in their places.
    latent: a space of codes that the game encodes into.

  Raises:
    ConfigError: the game has no encoder, or none into that space.
  """
  if not p.game.encoders:
    raise errors.ConfigError(
        'this game has no encoder, so it cannot say which codes give an '
        'example: those of ali, bigan, bigbigan, veegan, aegan, anogan, '
        'autoencoding_gan, vae_gan, cvae_gan and ian have one')
  encode = errors.choose('space that this game encodes into', latent,
                         p.game.encoders)

  def both(t):
    codes = encode(t)
    made = p.game.latents[latent].decode(t, codes)
    return dict(codes=codes, x=probing.x_of(made))
  return probing.program(p, both)


def of_source(p: Probe, source: Source, n: int, latent: str = 'z') -> Batch:
  """Reconstructions of the first n of a source, shuffled.

  Returns:
    dict of `real` and `made` [n, ...], `codes` [n, ...]; fewer where the source
    has fewer.

  Raises:
    ConfigError: see `inverse`.
  """
  run, parts = inverse(p, latent), []
  for i, (batch, size) in enumerate(
      probing.chunks(source, n, p.source.spec)):
    found = run(batch, i)
    parts.append((batch['x'][:size], found['x'][:size], found['codes'][:size]))
  real, made, codes = map(np.concatenate, zip(*parts, strict=True))
  return dict(real=real, made=made, codes=codes)


def reconstruction(real: Reference, *, n: int = 2000, latent: str = 'z',
                   heldout: Mapping[str, Any] | None = None, seed: int = 0
                   ) -> Evaluator:
  """How near G(E(x)) is to x, for held-out x.

  Values:
    mse: mean square of x - G(E(x)), over elements and examples.
    mse_relative: over that of x less the mean example: 1 is what a constant
      reaches.
    distance: mean of |x - G(E(x))|.
    distance_permuted: of x and the reconstruction of another example.
    agreement: share of reconstructions that the house's classifier labels as x,
      or, of a mixture, that have the same nearest centre; data with labels or
      centres only.
    agreement_permuted: that with the reconstruction of another example.

  Args:
    real: the training data.
    n: held-out examples; fewer where there are fewer.
    latent: the space of codes.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.
    seed: of the classifier's training.

  Raises:
    ConfigError: no held-out examples; when it runs, a game without an encoder.
  """
  base.check(n)
  spec = real.spec
  other = probing.heldout(real.source, heldout)
  judge, told = None, {}
  if spec.centres or spec.classes:
    judge = judges.classifier(real.source, seed=seed)
    told = dict(judge.protocol, classifier_seed=seed)

  def probe(p: Probe) -> dict[str, float]:
    found = of_source(p, other, n, latent)
    x, made = (found[k].astype(np.float64) for k in ('real', 'made'))
    length = lambda gap: float(np.mean(np.linalg.norm(
        gap.reshape(len(gap), -1), axis=1)))
    mse = float(np.mean((x - made) ** 2))
    # Shuffled already, so the next example is any other one.
    values = dict(mse=mse, mse_relative=mse / float(np.mean(x.var(0))),
                  distance=length(x - made),
                  distance_permuted=length(x - np.roll(made, 1, 0)))
    if judge is not None:
      of_x, of_made = (judge(found[k]).probabilities.argmax(1)
                       for k in ('real', 'made'))
      values |= dict(
          agreement=float(np.mean(of_x == of_made)),
          agreement_permuted=float(np.mean(of_x == np.roll(of_made, 1))))
    return values

  better = dict(mse='lower', mse_relative='lower', distance='lower',
                distance_permuted=None, agreement='higher',
                agreement_permuted=None)
  protocol = base.better(base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode',
      latent=latent, **{**told, 'heldout':
                        f'{other.spec.name}:{other.spec.split}'}), **better)
  return Evaluator('reconstruction', n, spec, protocol, probe=probe)
