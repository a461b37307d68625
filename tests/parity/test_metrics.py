"""Metrics on the same features, and resizing, against the references.

pytorch-fid, clean-fid, torch-fidelity and prdc. What is found here is recorded
as numbers in tests/eval, where neither they nor torch are installed.
"""

import contextlib
import importlib
import io

import pytest

torch = pytest.importorskip('torch')

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from gans_jax.benchmark import evaluation  # noqa: E402
from gans_jax.eval import distances, resize  # noqa: E402
from gans_jax.eval.distances import Moments  # noqa: E402
from gans_jax.eval.measures import kernel  # noqa: E402
from gans_jax.eval.measures.inception_score import (  # noqa: E402
    inception_score)
from gans_jax.eval.measures.manifold import manifold  # noqa: E402
from tests.eval import test_distances, test_resize  # noqa: E402
from tests.eval.measures import (  # noqa: E402
    test_inception_score as test_score)
from tests.eval.measures import test_kernel_distance  # noqa: E402
from tests.eval.measures import test_manifold  # noqa: E402


# Both bilinear ones find places in float32: errors of 1e-7 of some hundred
# pixels, times steps of up to 255.
TORCH_ERROR = .03


def needs(name):
  return pytest.importorskip(name)


def sets(n=500, m=400, d=64, seed=0):
  """Rectified features of a few directions, as an Inception's."""
  rng = np.random.default_rng(seed)
  w = rng.normal(size=(12, d)) / 3
  return tuple(np.maximum(
      rng.normal(shift, 1, (k, 12)) @ w + rng.normal(0, .2, (k, d)), 0
  ).astype(np.float32) for k, shift in ((n, 0.), (m, .2)))


def classic(x):
  return x.mean(0), np.cov(x, rowvar=False)


@pytest.mark.parametrize('d', (64, 600))    # below and above EXACT
def test_frechet(d):
  a, b = sets(1500, 1200, d)
  ours = distances.frechet_of(Moments(a), Moments(b))
  assert ours > .1
  fidelity = needs('torch_fidelity.metric_fid')
  theirs = fidelity.fid_statistics_to_metric(
      *(fidelity.fid_features_to_statistics(torch.tensor(x)) for x in (a, b)),
      verbose=False)
  assert ours == pytest.approx(
      theirs['frechet_inception_distance'], rel=1e-4, abs=1e-3)
  moments = [*classic(a.astype(np.float64)), *classic(b.astype(np.float64))]
  for distance in (sqrtm('pytorch_fid.fid_score').calculate_frechet_distance,
                   sqrtm('cleanfid.fid').frechet_distance):
    assert ours == pytest.approx(distance(*moments), rel=1e-8)


def sqrtm(name):
  """The module, with the sqrtm that it was written for.

  scipy 1.18 is to drop the argument `disp`, and then returns the root alone.
  """
  module = needs(name)
  inner = module.linalg

  class Linalg:
    @staticmethod
    def sqrtm(a, disp=True):
      root = inner.sqrtm(a)
      return root if disp else (root, 0.)

  module.linalg = Linalg
  return module


def test_frechet_of_fewer_samples_than_features():
  a, b = sets(40, 30, 64)
  fidelity = needs('torch_fidelity.metric_fid')
  theirs = fidelity.fid_statistics_to_metric(
      *(fidelity.fid_features_to_statistics(torch.tensor(x)) for x in (a, b)),
      verbose=False)['frechet_inception_distance']
  # Theirs adds the roots of what rounding leaves of eigenvalues that are 0.
  assert distances.frechet_of(Moments(a), Moments(b)) == pytest.approx(
      theirs, rel=1e-4, abs=1e-3)


def test_kid_of_torch_fidelity():
  metric_kid = needs('torch_fidelity.metric_kid')
  a, b = sets()
  for n in (400, 150):
    theirs = metric_kid.kernel_mmd(a[:n], b[:n])
    assert kernel.mmd2(a[:n], b[:n]) == pytest.approx(theirs, rel=1e-4)
  random = np.random.RandomState(2020)
  ours = [kernel.mmd2(a[random.choice(500, 100, replace=False)],
                      b[random.choice(400, 100, replace=False)])
          for _ in range(7)]
  theirs = metric_kid.kid_features_to_metric(
      torch.tensor(a), torch.tensor(b), kid_subsets=7, kid_subset_size=100,
      rng_seed=2020, verbose=False)
  assert np.mean(ours) == pytest.approx(
      theirs['kernel_inception_distance_mean'], rel=1e-4)


def test_kid_of_clean_fid():
  clean = needs('cleanfid.fid')
  a, b = sets(300, 300)
  theirs = clean.kernel_distance(
      a.astype(np.float64), b.astype(np.float64), num_subsets=3,
      max_subset_size=300)
  assert kernel.kid(a, b, 1, 300).value == pytest.approx(theirs, rel=1e-6)
  assert kernel.kid_full(a, b).value == pytest.approx(theirs, rel=1e-6)
  # Other subsets: within the errors of both.
  ours = kernel.kid(a, b, 100, 100)
  np.random.seed(0)
  assert ours.value == pytest.approx(
      clean.kernel_distance(a, b, 100, 100), abs=6 * ours.error)


@pytest.mark.parametrize('n, splits', ((500, 10), (503, 10), (64, 1)))
def test_inception_score(n, splits):
  isc = needs('torch_fidelity.metric_isc')
  logits = np.random.default_rng(n).normal(0, 3, (n, 1008)).astype(np.float32)
  for shuffle in (False, True):
    theirs = isc.isc_features_to_metric(torch.tensor(logits), splits, shuffle)
    ours = inception_score(logits, splits, 2020 if shuffle else None)
    assert ours == pytest.approx(
        (theirs['inception_score_mean'], theirs['inception_score_std']),
        rel=1e-9, abs=1e-9)


def prdc_of(a, b, k):
  with contextlib.redirect_stdout(io.StringIO()):
    found = needs('prdc').compute_prdc(a, b, k)
  return tuple(float(found[name]) for name in (
      'precision', 'recall', 'density', 'coverage'))


@pytest.mark.parametrize('k', (1, 3, 5))
@pytest.mark.parametrize('d', (8, 64, 1000))
def test_manifolds_of_prdc(k, d):
  a, b = sets(d=d)
  ours = manifold(a, b, k, closed=False)
  assert ours == pytest.approx(prdc_of(a, b, k), abs=1e-3)
  assert ours.precision > .1 and ours.coverage < 1


@pytest.mark.parametrize('k', (3, 5))
def test_precision_and_recall_of_torch_fidelity(k):
  prc = needs('torch_fidelity.metric_prc')
  a, b = sets()
  theirs = prc.prc_features_to_metric(
      torch.tensor(b), torch.tensor(a), prc_neighborhood=k, verbose=False)
  assert manifold(a, b, k)[:2] == pytest.approx(
      (theirs['precision'], theirs['recall']), abs=1e-3)


def test_benchmark_runs_against_the_references():
  needs('prdc')
  fast, balls = evaluation.compare(repeats=1, dims=24, samples=200)
  assert 'largest difference from prdc 0.0e+00' in balls.notes
  assert fast.ratios['scipy sqrtm'].medians > 0


@pytest.mark.parametrize('source, size', test_resize.SIZES)
def test_resizing_of_torch_and_tensorflow_1(source, size):
  x = test_resize.pictures(source, n=2)
  nchw = torch.tensor(x).permute(0, 3, 1, 2).float()
  theirs = torch.nn.functional.interpolate(
      nchw, size, mode='bilinear', align_corners=False)
  np.testing.assert_allclose(
      resize.resize(x, size, 'pytorch'), theirs.permute(0, 2, 3, 1),
      atol=TORCH_ERROR)
  module = needs('torch_fidelity.interpolate_compat_tensorflow')
  theirs = module.interpolate_bilinear_2d_like_tensorflow1x(
      nchw, size=size, align_corners=False)
  np.testing.assert_allclose(
      resize.resize(x, size, 'tf1_legacy'), theirs.permute(0, 2, 3, 1),
      atol=TORCH_ERROR)


@pytest.mark.parametrize('source', (
    (32, 32), (64, 48), (299, 300), (301, 512), (15, 700)))
def test_resizing_of_clean_fid(source):
  module = needs('cleanfid.resize')
  x = test_resize.pictures(source)[0]
  for mode, kind in (('clean', 'clean'), ('legacy_pytorch', 'pytorch')):
    theirs = module.build_resizer(mode)(x)
    ours = resize.resize(x[None], 299, kind)[0]
    np.testing.assert_allclose(
        ours, theirs, atol=1e-3 if kind == 'clean' else TORCH_ERROR)


def test_numbers_recorded_in_the_fast_suite():
  """What tests/eval has as constants, found anew with the references."""
  a, b = test_distances.samples()
  fid = sqrtm('pytorch_fid.fid_score').calculate_frechet_distance(
      *classic(a.astype(np.float64)), *classic(b.astype(np.float64)))
  assert test_distances.RECORDED == pytest.approx(fid, rel=1e-7)

  real, fake = test_manifold.two_sets()
  assert test_manifold.PRDC == pytest.approx(prdc_of(real, fake, 5), abs=1e-6)
  prc = needs('torch_fidelity.metric_prc').prc_features_to_metric(
      torch.tensor(fake), torch.tensor(real), prc_neighborhood=3,
      verbose=False)
  assert test_manifold.CLOSED == pytest.approx(
      (prc['precision'], prc['recall']), abs=1e-6)

  rng = np.random.default_rng(9)
  x = rng.normal(size=(60, 12)).astype(np.float32)
  y = rng.normal(.3, 1.2, (50, 12)).astype(np.float32)
  assert test_kernel_distance.SUBSET == pytest.approx(
      needs('torch_fidelity.metric_kid').kernel_mmd(
          x[:50].astype(np.float64), y.astype(np.float64)), rel=1e-7)

  logits = np.random.default_rng(8).normal(0, 2, (301, 12)).astype(np.float32)
  isc = needs('torch_fidelity.metric_isc').isc_features_to_metric(
      torch.tensor(logits), 3)
  assert test_score.RECORDED == pytest.approx(
      (isc['inception_score_mean'], isc['inception_score_std']), rel=1e-7)

  x = test_resize.pictures((13, 9), seed=5)
  nchw = torch.tensor(x).permute(0, 3, 1, 2).float()
  clean = needs('cleanfid.resize').make_resizer(
      'PIL', False, 'bicubic', (5, 7))(x[0])
  tf1 = importlib.import_module(
      'torch_fidelity.interpolate_compat_tensorflow'
  ).interpolate_bilinear_2d_like_tensorflow1x(
      nchw, size=(7, 5), align_corners=False)[0].permute(1, 2, 0)
  pytorch = torch.nn.functional.interpolate(
      nchw, (7, 5), mode='bilinear', align_corners=False)[0].permute(1, 2, 0)
  for kind, theirs in (('clean', clean), ('tf1_legacy', tf1),
                       ('pytorch', pytorch)):
    np.testing.assert_allclose(test_resize.RECORDED[kind],
                               np.asarray(theirs)[::3, 2, 0], atol=1e-4)


@pytest.mark.parametrize('source, size', test_resize.SIZES)
def test_box_and_lanczos_are_this_pils(source, size):
  x = test_resize.pictures(source)[0]
  for kind, filter_ in (('box', Image.BOX), ('lanczos', Image.LANCZOS)):
    want = test_resize.by_pil(x, size, filter_)
    np.testing.assert_allclose(
        resize.resize(x[None], size, kind)[0], want, atol=1e-3)
