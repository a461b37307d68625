"""Evaluators of games with several generators: who makes what, and in step?"""

import numpy as np

from gans_jax import errors
from gans_jax.data.domains import Domains
from gans_jax.eval import classifier as judges
from gans_jax.eval import coverage
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

SIZE = 256    # samples at a time


def mutual_information(a: np.ndarray, b: np.ndarray) -> float:
  """`sum p(a, b) log p(a, b) / p(a) p(b)` of whole numbers [N], in nats.

  Of the shares in the sample, so too large by about (A - 1) (B - 1) / 2 N of A
  and B values. nan without any.
  """
  if not len(a):
    return float('nan')
  table = np.zeros((a.max() + 1, b.max() + 1))
  np.add.at(table, (a, b), 1)
  p = table / len(a)
  of_a, of_b = np.nonzero(p)
  joint = p[of_a, of_b]
  return float(np.sum(joint * np.log(
      joint / (p.sum(1)[of_a] * p.sum(0)[of_b]))))


def generators(real: Reference, *, n: int = 2500) -> Evaluator:
  """Whether the generators of a mixture part the modes among them.

  Values:
    information: of generator and mode, in nats: log K if each has modes of its
      own and all are drawn alike, 0 if all make the same.
    modes_mean, modes_least, modes_most: modes a generator has, with at least 20
      samples in each.

  Modes are the centres of a mixture, of which samples of high quality count, or
  the classes that the house's classifier sees.

  Args:
    real: a mixture of known centres, or labelled pictures.
    n: samples of all generators, drawn by their weights.

  Raises:
    ConfigError: other data; when it runs, a game without a latent space
      'generator'.
  """
  base.check(n)
  spec = real.spec
  judge = judges.classifier(real.source)
  count = len(spec.centres) or spec.classes

  def probe(p: Probe) -> dict[str, float]:
    latent = p.game.latents.get('generator')
    if latent is None:
      raise errors.ConfigError(
          "evaluator 'generators' is of a game with several, such as madgan: "
          "this one has no latent space 'generator'")

    def draw(t):
      code = latent.draw(t)
      return probing.x_of(latent.decode(t, code)), code.argmax(-1)

    run, parts = probing.program(p, draw), []
    for i in range(-(-n // SIZE)):
      rows = np.arange(i * SIZE, (i + 1) * SIZE) % len(p.source)
      parts.append(run(p.source.batch(rows), i))
    x, by = (np.concatenate(part)[:n] for part in zip(*parts, strict=True))
    mode = judge(x).probabilities.argmax(1)
    if spec.centres:
      _, distance = coverage.nearest(x, np.asarray(spec.centres))
      good = distance <= coverage.RADIUS * spec.std
      mode, by = mode[good], by[good]
    held = [int(np.sum(np.bincount(mode[by == k], minlength=count)
                       >= coverage.ROBUST)) for k in range(len(latent.values))]
    return dict(information=mutual_information(by, mode),
                modes_mean=np.mean(held), modes_least=min(held),
                modes_most=max(held))

  return Evaluator('generators', n, spec, base.common(
      real, n, **judge.protocol, robust=coverage.ROBUST), probe=probe)


def coupling(real: Reference, *, n: int = 2000, within: float = .25
             ) -> Evaluator:
  """Whether two generators of coupled domains make one thing of one z.

  Values:
    pixels: share of pixels in which what G_b makes is within `within` of what
      the change that made domain b makes of G_a's, both in [-1, 1]; only where
      that change is known.
    labels: share of pairs in which classifiers of the two domains, each of its
      real pictures, see the same class.
    entropy_a, entropy_b: of the classes they see, in nats; a low one would make
      agreement easy.

  Args:
    real: domains of pictures; config.data.domains.
    n: pairs.
    within: of the difference of two pixels.

  Raises:
    ConfigError: other data.
  """
  base.check(n)
  source = domains_of('coupling', real)
  told = {k: judges.classifier(getattr(source, k)) for k in 'ab'}
  low, high = real.spec.range

  def score(samples):
    values, seen = {}, {}
    if source.change is not None:
      gap = source.change(samples['a'], (low, high)) - samples['b']
      values['pixels'] = np.mean(2 * np.abs(gap) / (high - low) < within)
    for k, judge in told.items():
      seen[k] = judge(samples[k]).probabilities.argmax(1)
      values[f'entropy_{k}'] = coverage.label_entropy(
          seen[k], getattr(source, k).spec.classes)
    return {**values, 'labels': np.mean(seen['a'] == seen['b'])}

  return base.collected('coupling', n, real, score, base.common(
      real, n, within=within, **{f'{k}_{name}': value for k, judge in
                                 told.items() for name, value in
                                 judge.protocol.items()}), ('a', 'b'))


def adaptation(real: Reference) -> Evaluator:
  """How well a classifier that saw labels of domain a does on domain b.

  Values: error_a and error_b, shares of held-out pictures that the game's head
  'a' or 'b' labels wrongly.

  Args:
    real: domains of labelled pictures; config.data.domains.

  Raises:
    ConfigError: other data; when it runs, a game without a classifier.
  """
  source = domains_of('adaptation', real)
  held = source.held_out()

  def probe(p: Probe) -> dict[str, float]:
    found = {}
    for k in 'ab':
      if k not in p.game.heads:
        raise errors.ConfigError(
            "evaluator 'adaptation' is of a game with a classifier of both "
            'domains: give cogan class_weight=10')
      part = getattr(held, k)
      run, wrong = probing.program(p, p.game.heads[k]), 0
      for i in range(0, len(part), SIZE):
        rows = np.arange(i, min(i + SIZE, len(part)))
        one = part.batch(np.resize(rows, SIZE))
        guess = run({k: one['x']}, i)[:len(rows)].argmax(1)
        wrong += int(np.sum(guess != judges.whole(one['y'])[:len(rows)]))
      found[f'error_{k}'] = wrong / len(part)
    return found

  size = {f'n_{k}': len(getattr(held, k)) for k in 'ab'}
  return Evaluator('adaptation', 0, real.spec, base.common(
      real, 0, heldout='test', **size), probe=probe)


def domains_of(name: str, real: Reference) -> Domains:
  """The source as two domains.

  Raises:
    ConfigError: it is none, or without labels.
  """
  source = real.source
  if not isinstance(source, Domains):
    raise errors.ConfigError(
        f"evaluator {name!r} is of two domains: give the data domains="
        f"'negative', say; {real.spec.name!r} has one")
  if not (source.a.spec.classes and source.b.spec.classes):
    raise errors.ConfigError(
        f'evaluator {name!r} needs labels, to learn what is on pictures; '
        f'{real.spec.name!r} has none')
  return source
