"""Evaluators of sequences of letters: motifs, and design by a predictor."""

import functools

import jax
import numpy as np

from gans_jax import errors
from gans_jax.apps import design as search
from gans_jax.data import dna
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

MOST = 4 ** 6     # k-mers that are counted


def motif(real: Reference, *, n: int = 2000, word: str = dna.MOTIF,
          k: int = 4) -> Evaluator:
  """How often a motif is in samples, letters as the likeliest ones.

  Values:
    rate: share of the samples that have the motif anywhere; `rate_real`;
      `rate_random`, expected of uniform letters, up to overlaps.
    twice: share that has it more than once, of those that have it.
    certainty: mean greatest probability of a letter; 1 is one-hot.
    kmers: Jensen-Shannon divergence of the shares of words of k letters, from
      samples to data, in nats.
    distinct: share of the samples that are all different.

  Args:
    real: sequences.
    n: samples.
    word: the motif.
    k: length of the words that are counted.

  Raises:
    ConfigError: the data is no sequences, or has no such letters.
  """
  base.check(n)
  alphabet = _alphabet('motif', real)
  length, letters = real.spec.shapes['x']
  if not 1 <= k <= length or letters ** k > MOST:
    raise errors.ConfigError(
        f'motif: words of k={k} of {letters} letters: at most {MOST} of them, '
        'and no longer than a sequence')
  want = dna.encode([word], alphabet, len(word), 'motif')[0].argmax(-1)
  found = None

  def score(samples):
    nonlocal found
    if found is None:
      x = np.concatenate([b['x'].argmax(-1) for b in real.batches()])
      found = occurrences(x, want), shares(x, k, letters)
    x = samples['x'].argmax(-1)
    counts, words = occurrences(x, want), shares(x, k, letters)
    has = counts > 0
    places = max(length - len(word) + 1, 0)
    return dict(
        rate=has.mean(), rate_real=(found[0] > 0).mean(),
        rate_random=1 - (1 - float(letters) ** -len(word)) ** places,
        twice=(counts[has] > 1).mean() if has.any() else 0.,
        certainty=samples['x'].max(-1).mean(),
        kmers=jensen_shannon(words, found[1]),
        distinct=len(np.unique(x, axis=0)) / len(x))

  return base.collected('motif', n, real, score, base.better(
      base.common(real, n, word=word, k=k), rate='higher', rate_real=None,
      rate_random=None, twice=None, certainty='higher', kmers='lower',
      distinct='higher'))


def design(real: Reference, *, n: int = 64, steps: int = 300, lr: float = .1,
           noise: float = 1e-5, prior: float = 0., head: str = 'score',
           n_real: int | None = 2000) -> Evaluator:
  """Moves z to what a predictor scores high; see `apps.design`.

  Values:
    before, after: mean predicted score of samples, and of designs.
    percentile: share of the data whose predicted score is below `after`, in
      percent; `percentile_before`.
    letters, percentile_letters: the same of designs as their likeliest
      letters, one-hot: what can be synthesised.
    data, data_max: mean and greatest predicted score of the data.
    error: root mean square of predicted minus measured scores, on the data.

  Args:
    real: sequences with scores.
    n: designs, a multiple of 64 or less than that.
    steps: of Adam; 10,000 in the paper.
    lr: as published, as are all up to `prior`.
    noise: on gradients.
    prior: weight of |z|^2 / 2.
    head: of Game.heads: Turn -> scores [B].
    n_real: examples of the data; None: all.

  Raises:
    ConfigError: the data is no sequences; when it runs, a game without such a
      head.
  """
  base.check(n)
  _alphabet('design', real)

  def probe(p: Probe) -> dict[str, float]:
    says = probing.program(p, errors.choose(
        'head of this game', head, p.game.heads))
    predict = lambda source, count: np.concatenate([
        np.asarray(says(batch, i))[:size] for i, (batch, size) in enumerate(
            probing.chunks(source, count, real.spec))])
    count = real.count(n_real)
    of_data = predict(p.source, count)
    measured = np.concatenate([
        b['score'][:size] for b, size in probing.chunks(
            p.source, count, real.spec)])
    run = jax.jit(functools.partial(
        search.design, p.game, head=head, stage=p.stage, steps=steps, lr=lr,
        noise=noise, prior=prior))
    found = []
    for i, (batch, size) in enumerate(probing.chunks(p.source, n, real.spec)):
      with jax.transfer_guard('allow'):
        made = jax.device_get(run(
            p.state.replace(opt={}, ema={}), batch,
            jax.random.fold_in(p.key, i)))
      hard = np.eye(real.spec.shapes['x'][-1], dtype=np.float32)[
          made.made['x'].argmax(-1)]
      found.append([v[:size] for v in (
          made.first, made.scores, np.asarray(says({**batch, 'x': hard}, i)))])
    before, after, hard = (np.concatenate(v) for v in zip(*found, strict=True))
    percentile = lambda v: 100 * np.mean(of_data < v.mean())
    return dict(
        before=before.mean(), after=after.mean(), letters=hard.mean(),
        data=of_data.mean(), data_max=of_data.max(),
        percentile_before=percentile(before), percentile=percentile(after),
        percentile_letters=percentile(hard),
        error=np.sqrt(np.mean((of_data - measured) ** 2)))

  return Evaluator('design', n, real.spec, base.better(
      base.common(real, n, n_real=real.count(n_real), steps=steps, lr=lr,
                  noise=noise, prior=prior, head=head),
      before=None, after='higher', letters='higher', data=None, data_max=None,
      percentile_before=None, percentile='higher', percentile_letters='higher',
      error='lower'), probe=probe)


def occurrences(letters: np.ndarray, word: np.ndarray) -> np.ndarray:
  """In how many places `word` [K] is in each of [N, L], overlaps too: [N]."""
  if len(word) > letters.shape[1]:
    return np.zeros(len(letters), int)
  windows = np.lib.stride_tricks.sliding_window_view(letters, len(word), 1)
  return (windows == word).all(-1).sum(-1)


def shares(letters: np.ndarray, k: int, size: int) -> np.ndarray:
  """Shares of all words of k letters in [N, L], of `size` letters: [size^k]."""
  windows = np.lib.stride_tricks.sliding_window_view(letters, k, 1)
  number = windows @ size ** np.arange(k)[::-1]
  counts = np.bincount(number.reshape(-1), minlength=size ** k)
  return counts / counts.sum()


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
  """Of two tables of shares [K], in nats: from 0 to log 2."""
  middle = (p + q) / 2
  def kl(a):
    some = a > 0
    return np.sum(a[some] * np.log(a[some] / middle[some]))
  return float((kl(p) + kl(q)) / 2)


def _alphabet(name: str, real: Reference) -> str:
  if not real.spec.alphabet:
    raise errors.ConfigError(
        f'evaluator {name!r} is of sequences of letters, such as data '
        f"'dna'; {real.spec.name!r} has none")
  return real.spec.alphabet
