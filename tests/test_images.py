"""Pixels of grids, points where they belong, files that are whole."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gans_jax import errors, images


def test_range_is_mapped_rounded_and_clipped():
  got = images.to_uint8([-2., -1., 0., .5, 1., 3., np.nan])
  np.testing.assert_array_equal(got, [0, 0, 128, 191, 255, 255, 0])
  assert got.dtype == np.uint8
  np.testing.assert_array_equal(images.to_uint8([0., .2, 1.], (0, 1)),
                                [0, 51, 255])
  same = np.array([3, 200], np.uint8)
  np.testing.assert_array_equal(images.to_uint8(same), same)
  with pytest.raises(errors.ConfigError, match='empty'):
    images.to_uint8([0.], (1, 1))


def test_grid_puts_each_picture_in_its_place():
  x = np.arange(5 * 2 * 3 * 3, dtype=np.uint8).reshape(5, 2, 3, 3)
  got = images.grid(x, columns=2, padding=1)
  assert got.shape == (3 * 2 + 2, 2 * 3 + 1, 3) and got.dtype == np.uint8
  left = np.full(got.shape, True)
  for i in range(5):
    row, column = divmod(i, 2)
    at = np.s_[3 * row:3 * row + 2, 4 * column:4 * column + 3]
    np.testing.assert_array_equal(got[at], x[i])
    left[at] = False
  assert (got[left] == 255).all()


def test_grid_of_grey_floats_is_square_and_rgb():
  x = np.full((10, 4, 4, 1), -1.)
  x[3, 1, 2] = 1.
  got = images.grid(x, padding=0)
  assert got.shape == (12, 16, 3)  # 4 columns, 3 rows
  np.testing.assert_array_equal(got[1, 14], [255, 255, 255])
  assert got[:8].sum() == 3 * 255
  assert images.grid(x[:1]).shape == (4, 4, 3)


@pytest.mark.parametrize('shape', [
    (4, 8, 8), (4, 8, 8, 2), (0, 8, 8, 3), (2, 8, 8, 8, 1)])
def test_grid_refuses_what_is_no_pictures(shape):
  with pytest.raises(errors.ConfigError, match='pictures'):
    images.grid(np.zeros(shape))


def test_scatter_draws_points_at_their_places():
  real = np.array([[-1., -1.], [1., -1.], [1., 1.], [-1., 1.]])
  empty = images.scatter([[50., 50.]], real=real)
  assert empty.shape == (480, 480, 3) and empty.dtype == np.uint8
  point = images.scatter([[.5, -.5]], real=real)
  # Beneath the title, which differs, and beside the legend.
  moved = np.argwhere((empty != point).any(-1)[120:])
  y, x = moved.mean(0)
  assert x > 240 and y + 120 > 240 and np.ptp(moved, axis=0).max() < 10
  assert not np.array_equal(
      point, images.scatter([[.5, -.5]], centres=[[0., 0.]], real=real))


def test_pictures_of_bad_points():
  images.scatter([[np.nan, 0.], [np.inf, 1.]])
  images.histogram([[np.nan]], real=[[0.], [1.]])
  for bad in (np.zeros((0, 2)), np.zeros((3, 3)), np.zeros(3)):
    with pytest.raises(errors.ConfigError, match='points'):
      images.scatter(bad)


def test_picture_chooses_by_shape():
  rng = np.random.default_rng(0)
  x = rng.normal(size=(50, 2))
  np.testing.assert_array_equal(images.picture(x), images.scatter(x))
  np.testing.assert_array_equal(images.picture(x[:, :1]),
                                images.histogram(x[:, :1]))
  x = rng.uniform(-1, 1, (6, 4, 4, 3))
  np.testing.assert_array_equal(images.picture(x, columns=3),
                                images.grid(x, columns=3))
  for shape in ((2, 64, 1), (2, 8, 8, 8, 1), (4, 5)):
    with pytest.raises(errors.ConfigError, match='no picture'):
      images.picture(np.zeros(shape))


def test_histogram_differs_with_the_points():
  real = np.linspace(-1, 1, 100)[:, None]
  a, b = (images.histogram(real * s, real) for s in (1., .3))
  assert a.shape == (480, 480, 3) and not np.array_equal(a, b)


@pytest.mark.parametrize('shape, mode', [
    ((4, 6), 'L'), ((4, 6, 1), 'L'), ((4, 6, 3), 'RGB')])
def test_png_reads_back(tmp_path, shape, mode):
  array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
  path = images.save_png(tmp_path / 'a' / 'b.png', array)
  with Image.open(path) as picture:
    assert picture.mode == mode
    np.testing.assert_array_equal(
        np.asarray(picture).reshape(shape), array)
  assert [p.name for p in path.parent.iterdir()] == ['b.png']


def test_png_refuses_floats_and_odd_channels(tmp_path):
  for bad in (np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8),
              np.zeros((0, 4, 3), np.uint8)):
    with pytest.raises(errors.ConfigError, match='PNG'):
      images.save_png(tmp_path / 'a.png', bad)
  assert list(tmp_path.iterdir()) == []


def test_no_pyplot_and_no_matplotlib_until_needed():
  code = ('import sys; from gans_jax import images; '
          'assert "matplotlib" not in sys.modules; '
          'images.scatter([[0., 1.]]); '
          'assert "matplotlib.pyplot" not in sys.modules')
  subprocess.run([sys.executable, '-c', code], check=True)
