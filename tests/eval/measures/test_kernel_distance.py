import numpy as np
import pytest

from gans_jax.eval.measures import blocks, kernel


def test_closed_form_of_point_masses():
  # All reals at a, all fakes at b: k(a,a) + k(b,b) - 2 k(a,b).
  a, b = np.array([1., 2., -1.]), np.array([.5, 0., 2.])
  k = lambda x, y: (x @ y / 3 + 1) ** 3
  want = k(a, a) + k(b, b) - 2 * k(a, b)
  x, y = np.tile(a, (5, 1)), np.tile(b, (8, 1))
  assert kernel.mmd2(x, y) == pytest.approx(want, rel=1e-12)
  found = kernel.kid(x, y, subsets=3, size=4)
  assert found == pytest.approx((want, 0.), rel=1e-5, abs=1e-12)
  full = kernel.kid_full(x, y)
  assert full == pytest.approx((want, 0.), rel=1e-5, abs=1e-7)


def test_the_sum_of_the_definition():
  rng = np.random.default_rng(0)
  x, y = rng.normal(size=(6, 4)), rng.normal(size=(5, 4))
  k = lambda a, b: (a @ b / 4 + 1) ** 3
  want = (np.mean([k(x[i], x[j]) for i in range(6) for j in range(6) if i != j])
          + np.mean([k(y[i], y[j]) for i in range(5) for j in range(5)
                     if i != j])
          - 2 * np.mean([k(a, b) for a in x for b in y]))
  assert kernel.mmd2(x, y) == pytest.approx(want, rel=1e-12)


def test_unbiased_and_its_error_is_the_spread_over_draws():
  found = []
  for seed in range(200):
    rng = np.random.default_rng(seed)
    found.append(kernel.kid_full(
        rng.normal(size=(80, 4)), rng.normal(size=(60, 4))))
  values, errors = np.transpose(found)
  spread = values.std(ddof=1)
  assert abs(values.mean()) < 3 * spread / np.sqrt(200)
  assert (values < 0).mean() > .3    # unbiased ones fall below 0, too
  assert .7 < np.sqrt(np.mean(errors ** 2)) / spread < 1.6


def test_known_distance_of_two_normals():
  # d = 1: E k = E (xy + 1)^3 = 1 + 3 E x E y + 3 E x^2 E y^2 + E x^3 E y^3;
  # N(m, 1) has moments m, 1 + m^2, m^3 + 3 m.
  moments = lambda m: np.array([1., m, 1 + m ** 2, m ** 3 + 3 * m])
  gap = moments(.5) - moments(0.)
  want = np.sum([1, 3, 3, 1] * gap ** 2)
  values = [kernel.mmd2(rng.normal(size=(200, 1)),
                        rng.normal(.5, 1, (200, 1)))
            for rng in map(np.random.default_rng, range(150))]
  error = np.std(values, ddof=1) / np.sqrt(150)
  assert abs(np.mean(values) - want) < 3 * error
  assert error < want / 10


def test_subsets_are_of_all_samples_when_they_are_as_large():
  rng = np.random.default_rng(1)
  x, y = rng.normal(size=(2, 50, 3)).astype(np.float32)
  want = kernel.mmd2(x, y)
  one = kernel.kid(x, y, subsets=1, size=50)
  assert one.value == pytest.approx(want, rel=1e-6)
  assert np.isnan(one.error)
  assert kernel.kid(x, y, subsets=4).value == pytest.approx(want, rel=1e-6)
  assert kernel.kid_full(x, y).value == pytest.approx(want, rel=1e-6)


def test_error_of_subsets_is_that_of_their_mean():
  rng = np.random.default_rng(2)
  x, y = rng.normal(size=(2, 4000, 3))
  means = [kernel.kid(x, y, 20, 50, seed) for seed in range(60)]
  spread = np.std([m.value for m in means], ddof=1)
  assert np.mean([m.error for m in means]) == pytest.approx(spread, rel=.25)


def test_full_one_is_a_block_at_a_time(monkeypatch):
  rng = np.random.default_rng(3)
  x, y = rng.normal(size=(41, 3)), rng.normal(size=(33, 3))
  want = kernel.kid_full(x, y)
  monkeypatch.setattr(blocks, 'ENTRIES', 200)
  assert kernel.kid_full(x, y) == pytest.approx(want, rel=1e-12)


def test_jackknife_is_that_of_leaving_out():
  rng = np.random.default_rng(4)
  x, y = rng.normal(size=(9, 3)), rng.normal(size=(7, 3))
  x, y = x.astype(np.float32), y.astype(np.float32)
  without = lambda a, i: np.delete(a, i, 0)
  a = np.array([kernel.mmd2(without(x, i), y) for i in range(9)])
  b = np.array([kernel.mmd2(x, without(y, i)) for i in range(7)])
  want = np.sqrt(8 * a.var() + 6 * b.var())
  assert kernel.kid_full(x, y).error == pytest.approx(want, rel=1e-9)


def test_recorded_from_torch_fidelity():
  rng = np.random.default_rng(9)
  x = rng.normal(size=(60, 12)).astype(np.float32)
  y = rng.normal(.3, 1.2, (50, 12)).astype(np.float32)
  assert kernel.mmd2(x[:50], y) == pytest.approx(SUBSET, rel=1e-6)


# kernel_mmd of the first 50; tests/parity/test_metrics.py.
SUBSET = .5250548280376601


def test_bad_input():
  x = np.zeros((10, 3))
  for bad in (x[:1], x[:, :2], x * np.nan, x[0]):
    with pytest.raises(ValueError):
      kernel.kid(x, bad)
    with pytest.raises(ValueError):
      kernel.kid_full(x, bad)
  with pytest.raises(ValueError, match='subsets'):
    kernel.kid(x, x, subsets=0)
  with pytest.raises(ValueError, match='at least 2'):
    kernel.mmd2(x[:1], x)
  with pytest.raises(ValueError, match='at least 3'):
    kernel.kid_full(x, x[:2])
