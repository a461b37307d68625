"""Transforms against closed forms."""

import numpy as np
import pytest

from gans_jax.data import transforms
from gans_jax.data.transforms import Transform
from gans_jax.errors import ConfigError


def noise(*shape):
  return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def ramp(height, width):
  """Pixel (i, j) is (i, j, 0)."""
  i, j = np.mgrid[:height, :width]
  return np.stack([i, j, 0 * i], -1).astype(np.uint8)


def test_uniform_is_uniform_and_its_streams_are_independent():
  keys = np.arange(100_000, dtype=np.uint64)  # as alike as keys can be
  u, v = transforms.uniform(keys, 1), transforms.uniform(keys, 2)
  counts = np.histogram(u, 20, (0, 1))[0]
  assert np.sum((counts - 5000) ** 2 / 5000) < 43.8  # chi-square 19, p = .001
  assert abs(np.corrcoef(u, v)[0, 1]) < .013  # 4 sigma
  assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < .013
  np.testing.assert_array_equal(transforms.uniform(keys[7:9], 1), u[7:9])


def test_mix_is_splitmix64():
  """First outputs of the reference generator seeded with 1234567."""
  gamma = 0x9e3779b97f4a7c15
  states = np.array([(1234567 + i * gamma) % 2 ** 64 for i in range(3)],
                    np.uint64)
  np.testing.assert_array_equal(transforms.mix(states), np.array(
      [6457827717110365317, 3203168211198807973, 9817491932198370423],
      np.uint64))


def test_box_halving_is_the_mean_of_blocks():
  x = noise(8, 12, 3)
  mean = x.reshape(4, 2, 6, 2, 3).mean((1, 3))
  # Rows and columns are rounded one after the other.
  np.testing.assert_allclose(
      transforms.resize(x, 4, 6, 'box'), mean, atol=1.01)


@pytest.mark.parametrize('resample', transforms.FILTERS)
@pytest.mark.parametrize('channels', [1, 2, 3])
def test_resize_keeps_a_constant(resample, channels):
  x = np.full((9, 5, channels), 77, np.uint8)
  for size in ((3, 3), (16, 11)):
    out = transforms.resize(x, *size, resample)
    assert out.shape == (*size, channels) and (out == 77).all()


@pytest.mark.parametrize('resample', transforms.FILTERS)
def test_shrinking_antialiases(resample):
  """A checkerboard shrinks to grey, not to a sample of its squares."""
  x = np.indices((64, 64)).sum(0).astype(np.uint8) % 2 * 255
  out = transforms.resize(x[..., None], 16, 16, resample)
  assert np.abs(out[2:-2, 2:-2].astype(float) - 127.5).max() < 8


def test_centre_crop_covers_the_target():
  x = ramp(8, 20)
  out = Transform(size=8).fit(x)
  np.testing.assert_array_equal(out, x[:, 6:14])
  tall = Transform(size=(4, 2)).fit(np.full((8, 8, 1), 5, np.uint8))
  assert tall.shape == (4, 2, 1) and (tall == 5).all()
  # Half the size, then the middle: columns 6..13 of the doubled picture.
  half = Transform(size=4, resample='box').fit(ramp(8, 20) * 8)
  np.testing.assert_allclose(
      half[0, :, 1], 8 * (np.arange(6, 14).reshape(4, 2).mean(1)), atol=.51)


def test_window_pad_and_stretch():
  x = ramp(10, 12)
  np.testing.assert_array_equal(Transform(window=(4, 6)).fit(x), x[3:7, 3:9])
  padded = Transform(size=14, pad=2).fit(x[:, 1:11])
  assert padded.shape == (14, 14, 3)
  np.testing.assert_array_equal(padded[2:-2, 2:-2], x[:, 1:11])
  padded[2:-2, 2:-2] = 0
  assert not padded.any()
  wide = Transform(size=4, crop='stretch', resample='box').fit(
      ramp(4, 8))
  np.testing.assert_allclose(wide[0, :, 1], [.5, 2.5, 4.5, 6.5], atol=.51)


def test_channels():
  grey = noise(4, 4, 1)
  np.testing.assert_array_equal(
      transforms.to_channels(grey, 3), np.repeat(grey, 3, -1))
  colour = noise(4, 4, 3)
  luma = colour @ np.array([.299, .587, .114])
  np.testing.assert_allclose(
      transforms.to_channels(colour, 1)[..., 0], luma, atol=1)
  with pytest.raises(ConfigError, match='channels=3'):
    transforms.to_channels(noise(4, 4, 2), 3)


def test_random_crop_takes_every_place_alike():
  n = 9000
  x = np.broadcast_to(ramp(6, 6)[None], (n, 6, 6, 3))
  keys = np.arange(n, dtype=np.uint64)
  crop = Transform(size=4, resize=6, crop='random')
  out = crop.cut(x, keys)
  place = out[:, 0, 0, 0].astype(int) * 3 + out[:, 0, 0, 1]
  counts = np.bincount(place, minlength=9)
  assert len(counts) == 9
  assert np.sum((counts - 1000) ** 2 / 1000) < 26.1  # chi-square 8, p = .001
  for i in (0, 17):  # whole windows, not just their corners
    top, left = divmod(place[i], 3)
    np.testing.assert_array_equal(out[i], x[0][top:top + 4, left:left + 4])
  np.testing.assert_array_equal(
      crop.cut(x[:2], None), x[:2, 1:5, 1:5])  # nothing random: the middle


@pytest.mark.parametrize('channels', [1, 3])
def test_flip_mirrors_half(channels):
  n = 2000
  x = noise(n, 3, 4, channels)
  before = x.copy()
  out = Transform(flip=True).cut(x, np.arange(n, dtype=np.uint64))
  np.testing.assert_array_equal(x, before)
  flipped = (out == x[:, :, ::-1]).all((1, 2, 3))
  kept = (out == x).all((1, 2, 3))
  assert (flipped | kept).all()
  assert abs(flipped.mean() - .5) < .045  # 4 sigma
  np.testing.assert_array_equal(Transform(flip=True).cut(x, None), x)


@pytest.mark.parametrize('range', [(-1, 1), (0, 1), (-.5, 2)])
def test_scale(range):
  low, high = range
  x = np.arange(256, dtype=np.uint8)
  out = Transform(range=range).scale(x)
  assert out.dtype == np.float32
  np.testing.assert_allclose(out, low + x / 255 * (high - low), atol=2e-7)
  np.testing.assert_allclose(
      Transform(range=range).scale(np.array([0, 16], np.uint8), 16), range,
      atol=1e-7)


def test_one_hot():
  np.testing.assert_array_equal(
      transforms.one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])


@pytest.mark.parametrize('options,message', [
    (dict(resample='lancos'), "'lanczos'"),
    (dict(crop='center'), "'centre'"),
    (dict(range=(1, -1)), 'ascend'),
    (dict(crop='random', size=4), 'leave room'),
    (dict(size=4, pad=2), 'leaves nothing'),
    (dict(crop='random', size=40, resize=30, pad=2), 'than the 34x34'),
    (dict(window=9), 'larger than an image of 8x8'),
])
def test_bad_arguments(options, message):
  with pytest.raises(ConfigError, match=message):
    transform = Transform(**options)
    transform.output((8, 8, 3))
    transform.fit(noise(8, 8, 3))
