import json

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators, theory
from gans_jax.eval.measures import sliced


def test_the_pyramid_adds_up_to_the_picture():
  x = np.random.default_rng(0).uniform(0, 255, (2, 64, 96, 3))
  levels = sliced.pyramid(x)
  assert [v.shape[1:3] for v in levels] == [(64, 96), (32, 48), (16, 24)]
  whole = levels[-1]
  for level in levels[-2::-1]:
    whole = level + sliced.expand(whole)
  np.testing.assert_allclose(whole, x, atol=1e-3)
  # A flat picture has nothing but its coarsest level.
  fine, coarse = sliced.pyramid(np.full((1, 32, 32, 1), 50.))
  np.testing.assert_allclose(fine, 0, atol=1e-4)
  np.testing.assert_allclose(coarse, 50, atol=1e-4)
  # One step of a blur by a loop: binomial weights, borders mirrored.
  x = x[:1, :32, :32, :1]
  wide = np.pad(x[0, :, :, 0], 2, 'reflect')
  want = np.einsum('i,j,ij->', sliced.TAPS, sliced.TAPS, wide[4:9, 6:11])
  assert sliced.pyramid(x)[1][0, 2, 3, 0] == pytest.approx(want, rel=1e-5)
  assert sliced.sides(28, 28) == [28]
  assert sliced.sides(48, 30) == [48]
  assert sliced.sides(1024, 1024) == [1024, 512, 256, 128, 64, 32, 16]


def test_patches_are_where_they_were_and_normalised():
  n, h, w = 3, 17, 20
  x = np.arange(n * h * w, dtype=np.float32).reshape(n, h, w, 1)
  p = sliced.descriptors(x, np.random.default_rng(0), 500)[..., 0]
  assert p.shape == (1500, 7, 7)
  np.testing.assert_array_equal(
      p - p[:, :1, :1], np.tile(w * np.arange(7)[:, None] + np.arange(7),
                                (1500, 1, 1)))
  first = p[:, 0, 0].astype(int)
  np.testing.assert_array_equal(first // (h * w), np.repeat(np.arange(n), 500))
  rows, columns = first % (h * w) // w, first % w
  assert {*rows} == {*range(h - 6)} and {*columns} == {*range(w - 6)}
  q = sliced.normalised(np.random.default_rng(0).normal(
      [5, 0, 7], [1, 9, 0], (50, 7, 7, 3)).astype(np.float32))
  q = q.reshape(-1, 3)
  np.testing.assert_allclose(q.mean(0), 0, atol=1e-5)
  np.testing.assert_allclose(q.std(0), [1, 1, 0], atol=1e-5)


def test_wasserstein_of_points():
  rng = np.random.default_rng(0)
  a, b = rng.normal(size=(200, 1)), rng.normal(1, 2, size=(200, 1))
  # On the line every direction is 1 or -1.
  assert sliced.sliced_wasserstein(a, b, rng) == pytest.approx(
      theory.wasserstein_1d(a[:, 0], b[:, 0]), rel=1e-5)
  # A shift by s: E|v.s| = |s| Gamma(D/2) / (sqrt(pi) Gamma((D+1)/2)); D=3: 1/2.
  a = rng.normal(size=(50, 3))
  found = sliced.sliced_wasserstein(a, a + [0, 3, 4], rng, 4000)
  assert found == pytest.approx(2.5, rel=.02)
  with pytest.raises(ValueError, match='as many'):
    sliced.sliced_wasserstein(a, a[:9], rng)
  with pytest.raises(ValueError, match='nan'):
    sliced.sliced_wasserstein(a, a * np.nan, rng)


def smooth(rng, n):
  """Pictures of low frequencies, 32 x 32."""
  x = rng.normal(size=(n, 16, 16, 1))
  return np.clip(127 + 40 * sliced.expand(x), 0, 255).astype(np.uint8)


def test_a_scale_sees_its_own_damage():
  rng = np.random.default_rng(0)
  x = smooth(rng, 150)
  source = data.arrays(x, range=(0., 255.))
  evaluator = evaluators.make('swd', source, n=50)
  good = evaluator(lambda n: dict(x=smooth(rng, n)))
  assert good['swd_mean'] < 1.5 * good['swd_mean_floor']
  # A chess board, which the blur takes away without rest.
  board = 40 * (-1) ** np.add.outer(np.arange(32), np.arange(32))[..., None]
  noisy = evaluator(lambda n: dict(x=np.clip(
      smooth(rng, n).astype(int) + board, 0, 255).astype(np.uint8)))
  assert noisy['swd_32'] > 3 * good['swd_32']
  assert noisy['swd_16'] < 1.5 * good['swd_16']
  assert noisy['swd_mean'] == pytest.approx(
      (noisy['swd_32'] + noisy['swd_16']) / 2)
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=50, n_real=50, n_floor=50, patches=128, projections=512
              ).items() <= protocol.items()
  same = sliced.swd(x[:20], x[:20])    # patches from other places
  assert 0 < same.mean < 100
  assert sliced.swd(x[:20], x[20:40]) == sliced.swd(x[:20], x[20:40])


def test_mistakes():
  source = data.arrays(np.zeros((9, 16, 16, 1), np.float32))
  with pytest.raises(errors.ConfigError, match='n=10 is too many'):
    evaluators.make('swd', source, n=10)
  with pytest.raises(errors.ConfigError, match='16 pixels'):
    evaluators.make('swd', data.make('digits'), n=10)
  with pytest.raises(errors.ConfigError, match='pictures'):
    evaluators.make('swd', data.make('ring8', n=20), n=10)
  with pytest.raises(ValueError, match='as many'):
    sliced.swd(np.zeros((2, 16, 16, 1)), np.zeros((3, 16, 16, 1)))
  with pytest.raises(ValueError, match='16 pixels'):
    sliced.swd(*np.zeros((2, 2, 15, 16, 1)))
