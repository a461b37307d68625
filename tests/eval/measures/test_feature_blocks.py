import numpy as np
import pytest

from gans_jax.eval.measures import blocks


def brute(a, b):
  return ((a[:, None].astype(np.float64) - b[None]) ** 2).sum(-1)


@pytest.mark.parametrize('block', (None, 1, 7, 100))
def test_distances_are_those_of_the_definition(block):
  rng = np.random.default_rng(0)
  a, b = (rng.normal(size=(n, 5)).astype(np.float32) for n in (23, 31))
  got = np.full((23, 31), np.nan)
  for rows, d in blocks.squared(a, b, block):
    got[rows] = d
  np.testing.assert_allclose(got, brute(a, b), rtol=1e-4, atol=1e-5)
  assert (got >= 0).all()


@pytest.mark.parametrize('block', (None, 1, 7, 100))
def test_each_pair_once(block):
  x = np.random.default_rng(1).normal(size=(23, 5)).astype(np.float32)
  got = np.full((23, 23), np.nan)
  for rows, d in blocks.upper(x, block):
    assert d.shape == (rows.stop - rows.start, 23 - rows.start)
    got[rows, rows.start:] = d
  upper = np.triu_indices(23, 1)
  np.testing.assert_allclose(got[upper], brute(x, x)[upper], rtol=1e-4)
  assert np.isinf(np.diag(got)).all()


def test_centring_keeps_what_an_offset_would_cancel():
  rng = np.random.default_rng(2)
  a, b = (rng.normal(size=(40, 8)).astype(np.float32) + 1000 for _ in '12')
  want = brute(a, b)
  (_, plain), = blocks.squared(a, b)
  (_, d), = blocks.squared(*blocks.centred(a, b))
  assert np.abs(plain - want).max() > .1
  np.testing.assert_allclose(d, want, rtol=1e-4)


def test_blocks_stay_within_their_bound(monkeypatch):
  monkeypatch.setattr(blocks, 'ENTRIES', 200)
  a, b = np.zeros((50, 2), np.float32), np.zeros((30, 2), np.float32)
  sizes = [d.size for _, d in blocks.squared(a, b)]
  assert max(sizes) <= 200 and sum(sizes) == 1500
  assert blocks.rows_of(10 ** 9) == 1    # never none
  assert blocks.rows_of(10, block=7) == 7
  monkeypatch.undo()
  # NVIDIA's 200,000 reals too.
  assert blocks.rows_of(200_000) * 200_000 * 4 < 150e6


def test_bad_features_are_refused():
  good = np.zeros((4, 3))
  out, = blocks.checked(good)
  assert out.dtype == np.float32
  for bad, words in ((np.zeros(3), r'\[N, D\]'),
                     (np.zeros((1, 3)), '1 features, and at least 2'),
                     (np.full((4, 3), np.nan), 'nan'),
                     (np.full((4, 3), np.inf), 'infinite'),
                     (np.zeros((4, 2)), 'of 3 and of 2 dimensions')):
    with pytest.raises(ValueError, match=words):
      blocks.checked(good, bad)
