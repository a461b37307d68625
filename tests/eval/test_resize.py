import jax
import numpy as np
import pytest
from PIL import Image

from gans_jax import errors
from gans_jax.eval import resize

KINDS = ('clean', 'tf1_legacy', 'pytorch', 'box', 'lanczos')
# Up, down, odd, not square, one axis alone, far down.
SIZES = (((17, 23), (31, 29)), ((40, 33), (13, 21)), ((16, 16), (16, 37)),
         ((64, 64), (299, 299)), ((300, 310), (299, 299)), ((90, 7), (8, 7)))


def pictures(source, n=1, seed=0):
  return np.random.default_rng(seed).integers(
      0, 256, (n, *source, 3)).astype(np.uint8)


def by_pil(x, size, filter_):
  """Each channel in float32, as clean-fid does; rounded nowhere."""
  channels = [Image.fromarray(x[..., c].astype(np.float32)).resize(
      (size[1], size[0]), filter_) for c in range(3)]
  return np.stack([np.asarray(c) for c in channels], -1).clip(0, 255)


@pytest.mark.parametrize('source, size', SIZES)
@pytest.mark.parametrize('kind', ('clean', 'lanczos', 'box'))
def test_equals_pil(kind, source, size):
  filter_ = dict(clean=Image.BICUBIC, lanczos=Image.LANCZOS, box=Image.BOX)
  x = pictures(source)
  got = resize.resize(x, size, kind)
  np.testing.assert_allclose(got[0], by_pil(x[0], size, filter_[kind]),
                             atol=1e-3)
  # PIL rounds and clips bytes between the axes, too: to see the rounding alone,
  # a contrast that does not overshoot.
  x = x // 2 + 64
  got = resize.resize(x, size, kind)
  want = np.asarray(Image.fromarray(x[0]).resize(
      (size[1], size[0]), filter_[kind]), np.float32)
  assert np.abs(np.round(got[0]) - want).max() <= 1


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('source, target', (
    (7, 3), (7, 20), (299, 32), (32, 299), (5, 5), (9, 1), (1, 9)))
def test_flat_pictures_stay_flat(kind, source, target):
  rows = resize.matrix(kind, source, target)
  assert rows.shape == (target, source)
  np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-12)
  if kind in ('tf1_legacy', 'pytorch', 'box'):
    assert (rows >= 0).all()


def test_the_same_size_is_the_same_picture():
  x = pictures((9, 12))
  for kind in resize.RESIZES:
    np.testing.assert_array_equal(resize.resize(x, (9, 12), kind), x)


def test_bilinear_by_hand():
  # To twice the size: TensorFlow 1 takes source i / 2, PyTorch (i - 1/2) / 2.
  half = .5
  np.testing.assert_allclose(resize.matrix('tf1_legacy', 2, 4), [
      [1, 0], [half, half], [0, 1], [0, 1]])
  np.testing.assert_allclose(resize.matrix('pytorch', 2, 4), [
      [1, 0], [.75, .25], [.25, .75], [0, 1]])
  # Neither averages when shrinking by 4: they take single pixels or two.
  np.testing.assert_allclose(resize.matrix('tf1_legacy', 8, 2),
                             np.eye(8)[[0, 4]])
  np.testing.assert_allclose(resize.matrix('pytorch', 8, 2),
                             (np.eye(8)[[1, 5]] + np.eye(8)[[2, 6]]) / 2)
  np.testing.assert_allclose(resize.matrix('box', 8, 2),
                             np.repeat(np.eye(2), 4, 1) / 4)


def test_mirrored_pictures_give_mirrored_ones_but_in_tensorflow_1():
  for kind in KINDS:
    rows = resize.matrix(kind, 10, 7)
    symmetric = np.allclose(rows, rows[::-1, ::-1])
    assert symmetric == (kind != 'tf1_legacy')


def test_overshoot_is_clipped():
  x = np.zeros((1, 8, 8, 1), np.uint8)
  x[:, :, 4:] = 255
  got = resize.resize(x, 21, 'clean')
  assert got.min() == 0 and got.max() == 255
  raw = resize.matrix('clean', 8, 21) @ (255. * (np.arange(8) > 3))
  assert raw.max() > 256 and raw.min() < -1    # there was something to clip


def test_traced_is_the_same():
  x = pictures((11, 8), n=2)
  for kind in KINDS:
    np.testing.assert_allclose(
        jax.jit(lambda x: resize.resize(x, 6, kind))(x),
        resize.resize(x, 6, kind), atol=1e-4)


# Rows 0, 3 and 6 of column 2 of pictures((13, 9), seed=5) at (7, 5), red: of
# clean-fid, torch-fidelity and torch, found by tests/parity/test_metrics.py.
RECORDED = {
    'clean': (82.432335, 137.459229, 125.756837),
    'tf1_legacy': (92.799988, 176.857162, 151.457138),
    'pytorch': (89.857147, 108., 140.285706)}


@pytest.mark.parametrize('kind', RECORDED)
def test_recorded_from_the_references(kind):
  got = resize.resize(pictures((13, 9), seed=5), (7, 5), kind)
  np.testing.assert_allclose(got[0, ::3, 2, 0], RECORDED[kind], atol=1e-3)


def test_bad_input():
  x = pictures((8, 8))
  with pytest.raises(errors.ConfigError, match='tf1_legacy'):
    resize.resize(x, 4, 'tf_legacy')
  with pytest.raises(errors.ConfigError, match='8 pixels for a network of 4'):
    resize.resize(x, 4, 'none')
