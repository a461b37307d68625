"""Evaluators that compare samples with real pictures in a network's features.

Names follow the network: only what the FID Inception network saw is called
`fid`, `kid`, `inception_score` and so on; anything else has the extractor in
its name, `fd_efficientnet_lite0`, `kid_efficientnet_lite0`. All of them look at
the same passes over samples and data, whatever is asked for at once.
"""

import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Source
from gans_jax.eval import classifier as judges
from gans_jax.eval import distances, pictures
from gans_jax.eval.evaluators import base
from gans_jax.eval.features import extractor as extractors
from gans_jax.eval.measures import (
    extrapolate, inception_score as scores, intra, kernel, manifold, memorise)
from gans_jax.eval.measures import prd as curves
from gans_jax.eval.onepass import Collect, Evaluator
from gans_jax.eval.reference import Reference

STANDARD = extractors.STANDARD
POOL = 'pool'
ROWS = 2048    # features whose moments are taken at a time


class Frechet:
  """Streams the moments of samples; their distance from the real ones."""

  def __init__(self, name: str, real: distances.Moments, view):
    self._name, self._real, self._view = name, real, view
    self._fake, self._waiting = distances.Moments(), []

  def add(self, part) -> None:
    self._waiting.append(base.flat(part[self._view]))
    # Each update costs as much as a matrix [D, D]: few are made.
    if sum(map(len, self._waiting)) >= ROWS:
      self._take()

  def result(self) -> dict[str, float]:
    self._take()
    return {self._name: distances.frechet_of(self._real, self._fake)}

  def _take(self):
    if self._waiting:
      self._fake.add(np.concatenate(self._waiting))
      self._waiting = []


def fid(real: Reference, *, n: int = 50_000, n_real: int | None = None,
        resize: str = 'clean', extractor: str = STANDARD) -> Evaluator:
  """Fréchet distance of pooled features: Heusel et al. 2017 (1706.08500).

  Values: fid; fd_<extractor> of another extractor.

  Args:
    real: pictures.
    n: samples; published numbers have 50,000 (10,000 in the first paper).
    n_real: how many real ones, chosen once; None: all.
    resize: of resize.RESIZES; 'clean' as papers should, 'tf1_legacy' as
      NVIDIA's code, 'pytorch' as pytorch-fid. It moves the value.
    extractor: of known.KNOWN.

  Raises:
    ConfigError: data that is not pictures, unknown names, or weights that are
      not on this machine. The same of all evaluators here.
  """
  return _frechet('fid', 'fd', POOL, real, n, n_real, resize, extractor)


def sfid(real: Reference, *, n: int = 50_000, n_real: int | None = None,
         resize: str = 'clean', extractor: str = STANDARD) -> Evaluator:
  """Fréchet distance of a spatial map: sFID, Nash et al. 2021 (2103.03841).

  It sees where things are: the first 7 channels of mixed_6, 17 x 17. Values:
  sfid; sfd_<extractor> of another extractor that has such a map.
  """
  return _frechet('sfid', 'sfd', 'spatial', real, n, n_real, resize, extractor)


def _frechet(standard, other, tap, real, n, n_real, resize, extractor):
  view, protocol = base.view(
      standard, real, n, n_real, resize, extractor, tap, covariance_ddof=1)
  name = base.frechet_name(standard, other, extractor)
  start = lambda: Frechet(name, real.moments(view, n_real), view)
  return Evaluator(standard, n, real.spec, base.better(protocol, **{
      name: 'lower'}), start, (view,), real, n_real)


def fid_infinity(real: Reference, *, n: int = 50_000,
                 n_real: int | None = None, resize: str = 'clean',
                 extractor: str = STANDARD, least: int | None = None,
                 points: int = extrapolate.POINTS) -> Evaluator:
  """FID at infinitely many samples: Chong and Forsyth 2020 (1911.07023).

  Values: fid_infinity and the standard error of its fit, fid_infinity_error;
  fd_infinity_<extractor> of another extractor. The real set is not
  extrapolated: with few real pictures a part of the bias stays.

  Args:
    real, n, n_real, resize, extractor: see `fid`.
    least: of the smallest subset; None: a tenth of n.
    points: subsets that the line goes through.
  """
  view, protocol = base.view(
      'fid_infinity', real, n, n_real, resize, extractor, POOL,
      covariance_ddof=1, least=least or n // 10, points=points)
  if n < 2 * max(2, least or n // 10) or points < 3:
    raise errors.ConfigError(
        f'fid_infinity: a line through {points} points from {least} samples on '
        f'needs 3 points and twice as many samples, not n={n}')
  name = base.frechet_name('fid_infinity', 'fd_infinity', extractor)

  def score(found):
    fake, moments = found[view], real.moments(view, n_real)
    fit = extrapolate.extrapolate(
        lambda rows: distances.frechet_of(
            moments, distances.Moments(fake[rows])), len(fake), least, points)
    return {name: fit.value, f'{name}_error': fit.error}

  return _collected('fid_infinity', n, real, n_real, view, score, protocol,
                    {name: 'lower', f'{name}_error': None})


def intra_fid(real: Reference, *, n: int = 50_000, n_real: int | None = None,
              resize: str = 'clean', extractor: str = STANDARD,
              least: int = 2) -> Evaluator:
  """Mean Fréchet distance within classes: Miyato and Koyama 2018 (1802.05637).

  Values: intra_fid, and that of the worst class, intra_fid_worst;
  intra_fd_<extractor> of another extractor. Samples of a class are those that
  were asked for by its label.

  Args:
    real: labelled pictures.
    n, n_real, resize, extractor: see `fid`; both over all classes.
    least: samples of a class that one believes in; fewer are an error.
  """
  view, protocol = base.view(
      'intra_fid', real, n, n_real, resize, extractor, POOL,
      covariance_ddof=1, classes=real.spec.classes, least=least)
  if not real.spec.classes:
    raise errors.ConfigError(
        f'intra_fid is of labelled data; {real.spec.name!r} has no labels')
  name = base.frechet_name('intra_fid', 'intra_fd', extractor)

  def score(found):
    if 'y' not in found:
      raise errors.ConfigError(
          'intra_fid is of conditional samples; these have no labels')
    mean, each = intra.intra_frechet(
        real.features(view, n_real), real.labels(n_real), found[view],
        judges.whole(found['y']), least)
    return {name: mean, f'{name}_worst': max(each.values())}

  return _collected('intra_fid', n, real, n_real, view, score, protocol,
                    {name: 'lower', f'{name}_worst': 'lower'})


def kid(real: Reference, *, n: int = 50_000, n_real: int | None = None,
        resize: str = 'clean', extractor: str = STANDARD, subsets: int = 100,
        size: int = 1000) -> Evaluator:
  """Kernel distance, unbiased at any n: Binkowski et al. 2018 (1801.01401).

  Values: kid, and its standard error, kid_error; not multiplied by 1000. Of
  sets that are no larger than a subset all samples are taken at once, and the
  error is a jackknife's.

  Args:
    real, n, n_real, resize, extractor: see `fid`.
    subsets: random subsets that are averaged over.
    size: of each.
  """
  if subsets < 2 or size < 2:
    raise errors.ConfigError(
        f'kid: {subsets} subsets of {size}; at least 2 of 2 are needed')
  whole = min(n, real.count(n_real)) <= size
  how = (dict(estimator='all samples') if whole else
         dict(estimator='subsets', subsets=subsets, subset_size=size))
  view, protocol = base.view(
      'kid', real, n, n_real, resize, extractor, POOL,
      least=3 if whole else 2, **how)
  name = extractors.named('kid', extractor)

  def score(found):
    both = real.features(view, n_real), found[view]
    value, error = (kernel.kid_full(*both) if whole else
                    kernel.kid(*both, subsets, size))
    return {name: value, f'{name}_error': error}

  return _collected('kid', n, real, n_real, view, score, protocol,
                    {name: 'lower', f'{name}_error': None})


def inception_score(real: Reference, *, n: int = 50_000, splits: int = 10,
                    resize: str = 'clean', extractor: str = STANDARD
                    ) -> Evaluator:
  """Inception score: Salimans et al. 2016 (1606.03498).

  Values: inception_score and its standard deviation over the splits,
  inception_score_std. Real pictures are not looked at. The standard network's
  logits are those of 1008 classes without the bias.

  Args:
    real: pictures of the same kind.
    n: samples; published numbers have 50,000.
    splits: parts.
    resize, extractor: see `fid`.
  """
  tap = 'logits_unbiased' if extractor == STANDARD else 'logits'
  view, protocol = base.view(
      'inception_score', real, n, 0, resize, extractor, tap, least=splits,
      splits=splits)
  name = extractors.named('inception_score', extractor)

  def score(found):
    mean, std = scores.inception_score(found[view], splits)
    return {name: mean, f'{name}_std': std}

  return base.collected(
      'inception_score', n, real, score, base.better(
          protocol, **{name: 'higher', f'{name}_std': None}), (view,))


def precision_recall(real: Reference, *, n: int = 10_000,
                     n_real: int | None = 10_000, resize: str = 'clean',
                     extractor: str = STANDARD, k: int = 3,
                     prdc_k: int = 5) -> Evaluator:
  """Quality apart from diversity, by manifolds of nearest neighbours.

  Values:
    precision, recall: Kynkäänniemi et al. 2019 (1904.06991), closed balls to
      the k-th neighbour, as NVIDIA's code.
    precision_k<k>, recall_k<k>, density, coverage: Naeem et al. 2020
      (2002.09797), open balls to the `prdc_k`-th, as the package prdc.

  Args:
    real, n, n_real, resize, extractor: see `fid`; all depend on both numbers.
    k: of improved precision and recall.
    prdc_k: of density and coverage.
  """
  if min(k, prdc_k) < 1:
    raise errors.ConfigError(f'precision_recall: k={min(k, prdc_k)} must be '
                             'at least 1')
  view, protocol = base.view(
      'precision_recall', real, n, n_real, resize, extractor, POOL,
      least=max(k, prdc_k) + 2, k=k, prdc_k=prdc_k)
  names = [extractors.named(name, extractor) for name in (
      'precision', 'recall', f'precision_k{prdc_k}', f'recall_k{prdc_k}',
      'density', 'coverage')]

  def score(found):
    both = real.features(view, n_real), found[view]
    closed = manifold.manifold(*both, k, closed=True)
    open_ = manifold.manifold(*both, prdc_k, closed=False)
    return dict(zip(names, (closed.precision, closed.recall, *open_),
                    strict=True))

  return _collected('precision_recall', n, real, n_real, view, score, protocol,
                    dict.fromkeys(names, 'higher'))


def prd(real: Reference, *, n: int | None = None, resize: str = 'clean',
        extractor: str = STANDARD, clusters: int = 20, runs: int = 10
        ) -> Evaluator:
  """Precision and recall of distributions: Sajjadi et al. 2018 (1806.00035).

  Values: prd_f8, which is of recall, and prd_f1_8, of precision.

  Args:
    real: pictures.
    n: samples, and as many real ones; None: 10,000, or all real ones if they
      are fewer.
    resize, extractor: see `fid`.
    clusters: of each clustering.
    runs: clusterings.
  """
  n = n or min(10_000, real.count())
  if n > real.count():
    raise errors.ConfigError(
        f'prd compares as many real pictures as samples, n={n}, and '
        f'{real.spec.name!r} has {real.count()}')
  if min(clusters, runs) < 1:
    raise errors.ConfigError(f'prd: {clusters} clusters, {runs} times')
  view, protocol = base.view(
      'prd', real, n, n, resize, extractor, POOL, least=clusters,
      clusters=clusters, runs=runs)
  names = [extractors.named(k, extractor) for k in ('prd_f8', 'prd_f1_8')]

  def score(found):
    curve = curves.prd(real.features(view, n), found[view], clusters, runs)
    return dict(zip(names, (curve.f_beta(8), curve.f_beta(1 / 8)),
                    strict=True))

  return _collected('prd', n, real, n, view, score, protocol,
                    dict.fromkeys(names, 'higher'))


def authenticity(real: Reference, *, n: int = 10_000,
                 n_real: int | None = None, resize: str = 'clean',
                 extractor: str = STANDARD) -> Evaluator:
  """Share of samples that are no copies: Alaa et al. 2022 (2102.08921).

  Values: authenticity; a perfect generator has about 1/2, copies 0.

  Args:
    real: what the generator was trained on.
    n, n_real, resize, extractor: see `fid`; copies of pictures that are left
      out can't be seen.
  """
  view, protocol = base.view(
      'authenticity', real, n, n_real, resize, extractor, POOL)
  name = extractors.named('authenticity', extractor)
  score = lambda found: {name: memorise.authenticity(
      real.features(view, n_real), found[view])}
  return _collected('authenticity', n, real, n_real, view, score, protocol,
                    {name: None})


def copying(real: Reference, *, n: int = 10_000, n_real: int | None = None,
            resize: str = 'clean', extractor: str = STANDARD,
            heldout: str | None = None) -> Evaluator:
  """Are samples nearer to the training data than held-out pictures are?

  Meehan et al. 2020 (2004.05675). Values: copying_z, below about -3 copied,
  far above 3 off the data; copying_share.

  Args:
    real: what the generator was trained on.
    n, n_real, resize, extractor: see `fid`.
    heldout: pictures it was not trained on, see `pictures.open_source`; None:
      the data's split 'test'.

  Raises:
    ConfigError: no held-out pictures are known.
  """
  view, protocol = base.view(
      'copying', real, n, n_real, resize, extractor, POOL)
  test = Reference(_held_out(real.source, heldout), real.mesh)
  base.check_alike(test, real)
  protocol |= dict(heldout=f'{test.spec.name}:{test.spec.split}',
                   heldout_n=test.count())
  names = [extractors.named(k, extractor)
           for k in ('copying_z', 'copying_share')]

  def score(found):
    out = memorise.copying(real.features(view, n_real), test.features(view),
                           found[view])
    return dict(zip(names, out, strict=True))

  return _collected('copying', n, real, n_real, view, score, protocol,
                    dict.fromkeys(names))


def _held_out(source: Source, where: str | None) -> Source:
  if where is not None:
    return pictures.open_source(where)
  if source.spec.split == 'train':
    _, test, how = judges.held_out(source)
    if not how.startswith('a tenth'):
      return test
  raise errors.ConfigError(
      f'copying needs pictures that were not trained on, and of '
      f'{source.spec.name!r} ({source.spec.split}) no other split is known: '
      'give heldout=DIR, an .npz or a data set such as mnist5k:test')


def _collected(name, n, real, n_real, view, score, protocol, directions):
  return Evaluator(
      name, n, real.spec, base.better(protocol, **directions),
      lambda: Collect((view, 'y'), score), (view,), real, n_real)
