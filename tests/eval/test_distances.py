import numpy as np
import pytest
import scipy.linalg

from gans_jax.benchmark import evaluation
from gans_jax.eval import distances
from gans_jax.eval.distances import Moments, frechet


def random_gaussian(rng, d, rank=None):
  a = rng.normal(size=(d, rank or 2 * d))
  return rng.normal(size=d), a @ a.T / a.shape[1]


def rotation(rng, d):
  return np.linalg.qr(rng.normal(size=(d, d)))[0]


def test_equal_covariances_leave_the_distance_of_the_means():
  rng = np.random.default_rng(0)
  mean, cov = random_gaussian(rng, 20)
  step = rng.normal(size=20)
  assert frechet(mean, cov, mean + step, cov) == pytest.approx(
      step @ step, rel=1e-12)
  assert frechet(mean, cov, mean, cov) < 1e-12


def test_on_the_line():
  assert frechet([1.], [[4.]], [-2.], [[9.]]) == pytest.approx(9 + 1)


def test_diagonal_covariances():
  rng = np.random.default_rng(1)
  a, b = rng.uniform(.1, 3, (2, 30))
  want = np.sum((np.sqrt(a) - np.sqrt(b)) ** 2)
  assert frechet(np.zeros(30), np.diag(a), np.zeros(30), np.diag(b)
                 ) == pytest.approx(want, rel=1e-12)


def test_scaled_isotropic_normal():
  # N(0, I) against N(m, s^2 I): |m|^2 + D (1 - s)^2.
  d, m, s = 64, np.linspace(-1, 1, 64), 1.7
  assert frechet(np.zeros(d), np.eye(d), m, s ** 2 * np.eye(d)
                 ) == pytest.approx(m @ m + d * (1 - s) ** 2, rel=1e-12)


def test_symmetric_and_invariant_to_rotation():
  rng = np.random.default_rng(2)
  (m1, c1), (m2, c2), q = (
      random_gaussian(rng, 16), random_gaussian(rng, 16), rotation(rng, 16))
  value = frechet(m1, c1, m2, c2)
  assert frechet(m2, c2, m1, c1) == pytest.approx(value, rel=1e-12)
  assert frechet(q @ m1, q @ c1 @ q.T, q @ m2, q @ c2 @ q.T
                 ) == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize('exact', (0, 512))
def test_equals_the_square_root_of_the_product(exact, monkeypatch):
  monkeypatch.setattr(distances, 'EXACT', exact)    # both ways to find it
  rng, d = np.random.default_rng(3), 40
  (m1, c1), (m2, c2) = random_gaussian(rng, d), random_gaussian(rng, d)
  values = scipy.linalg.eigvals(c1 @ c2)
  want = ((m1 - m2) @ (m1 - m2) + np.trace(c1) + np.trace(c2)
          - 2 * np.sum(np.sqrt(values).real))
  assert frechet(m1, c1, m2, c2) == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize('exact', (0, 512))
def test_singular_covariances(exact, monkeypatch):
  monkeypatch.setattr(distances, 'EXACT', exact)
  # Both live in 5 of 40 dimensions, where they are 4 and 9 times the identity.
  q = rotation(np.random.default_rng(4), 40)[:, :5]
  zero = np.zeros(40)
  assert frechet(zero, 4 * q @ q.T, zero, 9 * q @ q.T) == pytest.approx(
      5, rel=1e-10)
  assert frechet(zero, np.zeros((40, 40)), zero, 9 * q @ q.T
                 ) == pytest.approx(45, rel=1e-10)


def test_moments_are_those_of_numpy_however_they_come():
  rng = np.random.default_rng(5)
  x = (rng.normal(size=(1000, 7)) @ rng.normal(size=(7, 7)) + 1e4
       ).astype(np.float32)
  want_mean = x.astype(np.float64).mean(0)
  want = np.cov(x.astype(np.float64).T)
  parts = Moments()
  for part in np.split(x, [0, 1, 400, 401, 990]):
    parts.add(part)
  merged = Moments(x[:300]).merge(Moments(x[300:])).merge(Moments())
  for m in (Moments(x), parts, merged):
    assert m.n == 1000
    np.testing.assert_allclose(m.mean, want_mean, rtol=1e-13)
    np.testing.assert_allclose(m.covariance(), want, rtol=1e-9)
    np.testing.assert_allclose(m.covariance(0), want * .999, rtol=1e-9)


@pytest.mark.parametrize('cuts', ((), (1,), (13, 14), range(1, 200)))
def test_covariance_does_not_depend_on_the_batches(cuts):
  rng = np.random.default_rng(7)
  x = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6)) + 3
  want, merged = np.cov(x.T), Moments()
  for part in reversed(np.split(x, list(cuts))):    # in any order
    merged.merge(Moments(part))
  np.testing.assert_allclose(merged.covariance(), want, rtol=0,
                             atol=1e-12 * np.abs(want).max())
  np.testing.assert_allclose(merged.mean, x.mean(0), rtol=1e-12)


@pytest.mark.parametrize('exact', (0, 512))
def test_gaussians_that_do_not_commute(exact, monkeypatch):
  monkeypatch.setattr(distances, 'EXACT', exact)
  for d in (2, 50, 200):    # eigenvalues over 6 orders of magnitude
    moments, want = evaluation.known(d)
    assert frechet(*moments) == pytest.approx(want, rel=1e-10)


def test_exact_moments_above_the_dimensions_of_singular_values():
  d, s = 600, 1.3
  m = np.linspace(-1, 1, d)
  assert d > distances.EXACT
  value = frechet(np.zeros(d), np.eye(d), m, s ** 2 * np.eye(d))
  assert value == pytest.approx(m @ m + d * (1 - s) ** 2, rel=1e-11)


@pytest.mark.parametrize('exact', (0, 512))
def test_fewer_samples_than_features(exact, monkeypatch):
  monkeypatch.setattr(distances, 'EXACT', exact)
  x = np.random.default_rng(8).normal(size=(12, 30))
  assert distances.frechet_of(Moments(x), Moments(x)) < 1e-10
  # Moved and stretched about its mean: |m|^2 + (1 - s)^2 tr S.
  y = 3 * (x - x.mean(0)) + x.mean(0) + 1
  assert distances.frechet_of(Moments(x), Moments(y)) == pytest.approx(
      30 + 4 * np.trace(np.cov(x.T)), rel=1e-9)


def test_recorded_from_the_references():
  # pytorch-fid, clean-fid and torch-fidelity; tests/parity/test_metrics.py.
  a, b = samples()
  assert distances.frechet_of(Moments(a), Moments(b)) == pytest.approx(
      RECORDED, rel=1e-6)


def samples():
  rng = np.random.default_rng(11)
  a = rng.normal(size=(90, 16)) @ rng.normal(size=(16, 16))
  b = rng.normal(size=(80, 16)) @ rng.normal(size=(16, 16)) + .5
  return a.astype(np.float32), b.astype(np.float32)


RECORDED = 140.01407643700827


def test_bad_moments_are_refused():
  zero, one = np.zeros(3), np.eye(3)
  for args, words in (
      ((zero, one, np.zeros(2), np.eye(2)), 'same extractor'),
      ((zero, one, zero, np.eye(2)), r'second covariance is \[2, 2\]'),
      ((zero, one * np.nan, zero, one), 'nan'),
      ((zero, one, zero, -one), 'eigenvalue -1')):
    with pytest.raises(ValueError, match=words):
      frechet(*args)


def test_merging_leaves_the_other_as_it_was():
  other = Moments(np.eye(3))
  mine = Moments().merge(other)
  mine.add(np.ones((4, 3)))
  assert other.n == 3
  np.testing.assert_allclose(other.covariance(), np.cov(np.eye(3)))


def test_distance_of_samples_of_one_distribution_is_small():
  rng = np.random.default_rng(6)
  a, b, c = (Moments(rng.normal(m, 1, size=(5000, 8))) for m in (0, 0, 1))
  assert distances.frechet_of(a, b) < .02
  assert distances.frechet_of(a, c) == pytest.approx(8, rel=.05)


def test_bad_features_are_refused():
  with pytest.raises(ValueError, match='nan'):
    Moments(np.array([[np.nan, 1.]]))
  with pytest.raises(ValueError, match='dimensions'):
    Moments(np.ones((2, 3))).add(np.ones((2, 4)))
  with pytest.raises(ValueError, match='covariance of 1'):
    Moments(np.ones((1, 3))).covariance()


@pytest.mark.parametrize('triangles', [True, False])
def test_the_product_of_roots_is_the_dense_one(triangles, monkeypatch):
  monkeypatch.setattr(distances, 'EXACT', 8)
  a, b = np.random.default_rng(0).normal(size=(2, 37, 37))
  if triangles:
    a, b = np.tril(a), np.tril(b)
  np.testing.assert_allclose(distances._cross(a, b), a.T @ b, atol=1e-12)
  short = a[:, :5]    # a root of lower rank
  np.testing.assert_allclose(
      distances._cross(short, b), short.T @ b, atol=1e-12)
