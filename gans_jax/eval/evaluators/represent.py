"""Evaluators of representations: what do the features of a net tell of labels?

Beside each number stands that of the same nets with their initial params, since
a random net is not bad at it: 1-NN on the codes of an untrained encoder of 8x8
digits is right in 88 %.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from gans_jax import errors
from gans_jax import game as game_lib
from gans_jax.data.spec import Source
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.measures import probe as measure
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

# (train [N, D], labels [N], test [M, D]) -> labels [M].
Labeller = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def knn(real: Reference, *, n: int = 10_000, n_train: int = 60_000, k: int = 1,
        of: str = 'z', heldout: Mapping[str, Any] | None = None,
        init_seed: int = 0) -> Evaluator:
  """Accuracy of the k nearest training examples, by distance in features.

  Donahue et al. 2017 (arXiv:1605.09782), section 4.1: 1-NN on E(x).

  Values: accuracy; random, of the nets as they were initialised.

  Args:
    real: the training data, with labels.
    n: held-out examples; fewer where there are fewer.
    n_train: training examples, likewise.
    k: neighbours.
    of: of the game's encoders or features: 'z', 'e', 'd'.
    heldout: arguments of `data.make` for held-out examples; None: the split
      'test' of the same data set.
    init_seed: of the initial params.

  Raises:
    ConfigError: no labels or held-out examples; when it runs, a game without
      such a representation.
  """
  label = lambda train, y, test: measure.nearest_labels(train, y, test, k)
  return _representation('knn', real, n, n_train, of, heldout, init_seed,
                         label, k=k)


def linear_probe(real: Reference, *, n: int = 10_000, n_train: int = 60_000,
                 l2: float = 1e-3, of: str = 'z',
                 heldout: Mapping[str, Any] | None = None, init_seed: int = 0
                 ) -> Evaluator:
  """Accuracy of logistic regression on features; see `measures.probe`.

  Values: accuracy; random, of the nets as they were initialised.

  Args:
    real: the training data, with labels.
    n: held-out examples; fewer where there are fewer.
    n_train: training examples, likewise.
    l2: of the weights.
    of: as of `knn`.
    heldout: likewise.
    init_seed: likewise.

  Raises:
    ConfigError: see `knn`.
  """
  label = lambda train, y, test: measure.linear_labels(
      train, y, test, real.spec.classes, l2)
  return _representation('linear_probe', real, n, n_train, of, heldout,
                         init_seed, label, l2=l2)


def features(p: Probe, of: str, source: Source, n: int
             ) -> tuple[np.ndarray, np.ndarray]:
  """Features [n, k] and labels [n] of the first n of a source, shuffled.

  Raises:
    ConfigError: the game has no such representation, or one that is not of
      single examples.
  """
  known = {**p.game.features, **p.game.encoders}
  if not known:
    raise errors.ConfigError(
        'this game names no representation: its Game needs encoders= or '
        'features=')
  run = probing.program(p, errors.choose(
      'representation of this game', of, known))
  found, labels = [], []
  for i, (batch, size) in enumerate(
      probing.chunks(source, n, p.source.spec)):
    part = np.asarray(run(batch, i))
    if len(part) != len(batch['x']):
      raise errors.ConfigError(
          f'the representation {of!r} of this game has {len(part)} rows for '
          f'{len(batch["x"])} examples: a packed D has none of single ones')
    found.append(part.reshape(len(part), -1)[:size])
    labels.append(judges.whole(batch['y'])[:size])
  return np.concatenate(found), np.concatenate(labels)


def initial(p: Probe, seed: int = 0) -> Probe:
  """The same game before any round was played.

  Args:
    p: the game as it is.
    seed: of the initial params.
  """
  rows = np.arange(probing.BATCH) % len(p.source)
  with jax.transfer_guard('allow'):
    state = jax.jit(lambda batch: game_lib.init(
        p.game, jax.random.key(seed), batch, p.stage))(p.source.batch(rows))
  return p._replace(state=state)


def _representation(name: str, real: Reference, n: int, n_train: int, of: str,
                    asked: Mapping[str, Any] | None, init_seed: int,
                    label: Labeller, **options: float) -> Evaluator:
  base.check(n)
  spec = real.spec
  if not spec.classes:
    raise errors.ConfigError(
        f'evaluator {name!r} needs labels; {spec.name!r} has none')
  other, at_start = probing.heldout(real.source, asked), []

  def probe(p: Probe) -> dict[str, float]:
    def accuracy(p):
      train, y = features(p, of, p.source, n_train)
      test, wanted = features(p, of, other, n)
      return float(np.mean(label(train, y, test) == wanted))
    if not at_start:    # the same at every step of a run
      at_start.append(accuracy(initial(p, init_seed)))
    return dict(accuracy=accuracy(p), random=at_start[0])

  protocol = base.better(base.common(
      real, n, n_train=real.count(n_train), n_heldout=min(n, len(other)),
      heldout=f'{other.spec.name}:{other.spec.split}', nets='evaluation mode',
      of=of, init_seed=init_seed, **options), random=None)
  return Evaluator(name, n, spec, protocol, probe=probe)
