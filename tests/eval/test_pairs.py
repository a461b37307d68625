import json

import jax
import numpy as np
import pytest

from gans_jax import data, errors, metrics
from gans_jax.eval import evaluators
from gans_jax.eval.evaluators import pairs, perceptual
from gans_jax.eval.features import known, weights
from gans_jax.eval.measures import ssim


def two(shape=(24, 20)):
  rng = np.random.default_rng(0)
  a = np.rint(rng.uniform(0, 255, shape))
  b = np.clip(np.rint(.7 * a + rng.normal(0, 20, a.shape) + 30), 0, 255)
  return a[None, ..., None], b[None, ..., None]


def test_ssim_is_scikit_images():
  """structural_similarity(gaussian_weights=True, sigma=1.5, data_range=255,
  use_sample_covariance=False) of scikit-image 0.26."""
  a, b = two()
  assert ssim.ssim(a, b)[0][0] == pytest.approx(0.8940490296221286, abs=1e-12)


def test_ssim_by_a_loop_and_in_small_pictures():
  a, b = (x[:, :7, :9] for x in two())
  taps = np.exp(-.5 * ((np.arange(7) - 3) / (1.5 * 7 / 11)) ** 2)
  w = np.outer(taps, taps) / taps.sum() ** 2
  c1, c2, found = 2.55 ** 2, 7.65 ** 2, []
  for j in range(3):
    p, q = (x[0, :, j:j + 7, 0] for x in (a, b))
    mp, mq = (w * p).sum(), (w * q).sum()
    vp, vq = (w * (p - mp) ** 2).sum(), (w * (q - mq) ** 2).sum()
    cov = (w * (p - mp) * (q - mq)).sum()
    cs = (2 * cov + c2) / (vp + vq + c2)
    found.append((cs * (2 * mp * mq + c1) / (mp ** 2 + mq ** 2 + c1), cs))
  np.testing.assert_allclose(
      [v[0] for v in ssim.ssim(a, b)], np.mean(found, 0), rtol=1e-10)


def test_ms_ssim_is_the_product_of_its_scales():
  a, b = (np.concatenate([x, 255 - x], -1) for x in two((40, 33)))
  want, x, y = 1., a, b
  for i, weight in enumerate((.0448, .2856, .3001, .2363, .1333)):
    want *= max(ssim.ssim(x, y)[0 if i == 4 else 1][0], 0) ** weight
    x, y = (p[:, :p.shape[1] // 2 * 2, :p.shape[2] // 2 * 2] for p in (x, y))
    x, y = (sum(p[:, i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4
            for p in (x, y))
  assert ssim.ms_ssim(a, b)[0] == pytest.approx(want, rel=1e-12)
  assert ssim.ms_ssim(a, a)[0] == pytest.approx(1, abs=1e-12)
  np.testing.assert_allclose(ssim.ms_ssim(a, b), ssim.ms_ssim(b, a))
  # Flat pictures differ in light alone: its last weight is what counts.
  flat = lambda v: np.full((1, 32, 32, 1), v)
  light = (2 * 100 * 50 + 2.55 ** 2) / (100 ** 2 + 50 ** 2 + 2.55 ** 2)
  assert ssim.ms_ssim(flat(100.), flat(50.))[0] == pytest.approx(light ** .1333)
  with pytest.raises(ValueError, match='16'):
    ssim.ms_ssim(a[:, :15], b[:, :15])
  with pytest.raises(ValueError, match='one by one'):
    ssim.ms_ssim(a, b[:, :20])


def test_no_sample_is_paired_with_itself():
  a, b = pairs.pairs_of(3, 600, np.random.default_rng(0))
  assert np.all(a != b) and {*a} == {*b} == {0, 1, 2}
  counts = np.bincount(3 * a + b, minlength=9).reshape(3, 3)
  assert counts[~np.eye(3, dtype=bool)].min() > 60    # of 100 expected


@pytest.fixture
def source():
  """Noise of two classes: of class 1 all pictures are nearly the same."""
  rng = np.random.default_rng(0)
  x = rng.integers(0, 256, (60, 16, 16, 1)).astype(np.uint8)
  y = np.arange(60) % 2
  x[y == 1] = x[1]
  x[y == 1, 0, 0] = rng.integers(0, 256, (30, 1))
  return data.arrays(x, y, range=(0., 255.))


def test_collapse_within_a_class_is_seen(source):
  evaluator = evaluators.make('ms_ssim', source, n=60, pairs=40)
  real = evaluator(lambda n: source.batch(np.arange(n)))
  # The data itself, with the same pairs.
  for key in ('ms_ssim', 'ms_ssim_class'):
    assert real[key] == pytest.approx(real[f'{key}_real'], abs=1e-12)
  assert real['ms_ssim_class_max'] > .95
  assert real['ms_ssim_class'] < .8
  assert real['ms_ssim_low'] < real['ms_ssim'] < real['ms_ssim_high']
  one = evaluator(lambda n: dict(x=source.batch(np.zeros(n, int))['x']))
  assert one['ms_ssim'] == pytest.approx(1)
  assert one.keys() == {'ms_ssim', 'ms_ssim_low', 'ms_ssim_high',
                        'ms_ssim_real'}
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=60, n_real=60, pairs=40, window=11
              ).items() <= protocol.items()


def test_lpips_between_pairs(source, monkeypatch):
  """By weights at random: the module's own values, in 0..255, grey repeated."""
  net = known.KNOWN['lpips_hed'].factory()
  rng = np.random.default_rng(0)
  shapes = jax.eval_shape(net.init, jax.random.key(0), np.zeros((1, 16, 16, 3)))
  variables = jax.tree.map(lambda s: np.abs(rng.normal(
      size=s.shape, scale=.05)).astype(np.float32), shapes)
  monkeypatch.setattr(weights, 'load', lambda name: (variables, 'f' * 64))
  evaluator = evaluators.make('lpips_diversity', source, n=60, pairs=4,
                              distance='lpips_hed')
  found = evaluator(lambda n: source.batch(np.arange(n)))
  assert found['lpips_hed'] == pytest.approx(found['lpips_hed_real'])
  assert found['lpips_hed_class_min'] < found['lpips_hed_class']
  assert evaluator.protocol['weights_sha256'] == 'f' * 64
  # The same pictures as floats in [-1, 1], rounded to nothing.
  x = source.batch(np.arange(6))['x']
  spec = data.arrays(x / 127.5 - 1, range=(-1., 1.)).spec
  d = perceptual.Distance('lpips_hed', spec)(
      *(p / 127.5 - 1 for p in (x[:3], x[3:])))
  rgb = [np.repeat(p, 3, -1).astype(np.float32) for p in (x[:3], x[3:])]
  np.testing.assert_allclose(d, net.apply(variables, *rgb), rtol=1e-4)


def test_mistakes(source):
  with pytest.raises(errors.ConfigError, match='16'):
    evaluators.make('ms_ssim', data.make('digits'))
  with pytest.raises(errors.ConfigError, match='pictures'):
    evaluators.make('ms_ssim', data.make('ring8', n=50))
  with pytest.raises(errors.ConfigError, match='2 samples'):
    evaluators.make('ms_ssim', source, n=1)
  with pytest.raises(errors.ConfigError, match='pairs=1'):
    evaluators.make('ms_ssim', source, pairs=1)
  with pytest.raises(errors.ConfigError, match='lpips'):
    evaluators.make('lpips_diversity', source, distance='lpipss')
  with pytest.raises(ValueError, match='more samples'):
    evaluators.make('ms_ssim', source, n=3, pairs=2)(
        lambda n: source.batch(np.arange(n)))


def test_which_way_is_better(source):
  """Names would say: SSIM higher, LPIPS lower. Of diversity it is neither."""
  better = evaluators.make('ms_ssim', source, n=9).protocol['better']
  assert metrics.direction('a/ms_ssim') == 'higher'
  assert metrics.direction('a/ms_ssim', better) is None
  better = evaluators.make('parzen', source, n=9, heldout=dict(
      name='digits', size=16)).protocol['better']
  assert metrics.direction('parzen/log_likelihood', better) == 'higher'
  assert metrics.direction('parzen/log_likelihood_error', better) is None
