import numpy as np
import pytest

from gans_jax.eval.measures import equivariance

SIDE = 32


def waves(codes, matrix, size=(SIDE, SIDE), stuck=False):
  """Pictures of waves within the pixels' band, that move as they are told.

  With `stuck` some of their detail stays where it was, as StyleGAN2's does.
  """
  h, w = size
  y, x = np.meshgrid((np.arange(h) + .5) / h - .5, (np.arange(w) + .5) / w - .5,
                     indexing='ij')
  place = np.stack([x, y, np.ones_like(x)])
  moved = np.einsum('ij,jhw->ihw', matrix, place)
  out = []
  for code in codes:
    rng = np.random.default_rng(code)
    frequency = rng.uniform(-4, 4, (3, 2))    # below 16, the most there is
    phase = rng.uniform(0, 6, 3)
    wave = lambda p: np.mean([np.sin(2 * np.pi * (f @ p[:2].reshape(2, -1)) + q)
                              for f, q in zip(frequency, phase, strict=True)],
                             0).reshape(h, w)
    out.append(.9 * wave(moved) + (.1 * wave(3 * place) if stuck else 0))
  return np.stack(out)[..., None]


CODES = [[0, 1], [2, 3], [4, 5]]


def test_waves_are_equivariant_and_what_sticks_is_not():
  sticks = lambda *a: waves(*a, stuck=True)
  assert equivariance.eq_t(waves, CODES) > 200    # whole pixels: exact
  assert equivariance.eq_t(waves, CODES, whole=False) > 45
  assert equivariance.eq_r(waves, CODES) > 40
  for found in (equivariance.eq_t(sticks, CODES),
                equivariance.eq_t(sticks, CODES, whole=False),
                equivariance.eq_r(sticks, CODES)):
    assert 20 < found < 35
  # One that does not listen at all.
  deaf = lambda codes, matrix: waves(codes, np.eye(3))
  assert equivariance.eq_t(deaf, CODES) < 20
  assert equivariance.eq_r(deaf, CODES) < 20
  assert equivariance.eq_r(deaf, CODES) == equivariance.eq_r(deaf, CODES)


def test_psnr_of_a_known_error():
  a, mask = np.zeros((2, 4, 4, 3)), np.zeros((4, 4))
  mask[1, 2] = mask[3, 3] = 1
  b = np.where(mask[:, :, None] > 0, .02, 9.) * np.ones_like(a)
  # 20 log10(2 / .02) = 40 dB, wherever else the pictures differ.
  assert equivariance.psnr([(a, b, mask)]) == pytest.approx(40)
  # Sums are taken over all parts, not the mean of their dB.
  both = equivariance.psnr([(a, b, mask), (a, a, mask)])
  assert both == pytest.approx(40 + 10 * np.log10(2))
  assert equivariance.psnr([(a, a, mask)]) == np.inf
  with pytest.raises(ValueError, match='no pixel'):
    equivariance.psnr([(a, b, 0 * mask)])


def test_translations_go_where_they_should():
  x = np.zeros((1, 8, 10, 1))
  x[0, 3, 4] = 1
  got = equivariance.translate(x, 2, -1)    # right, up
  assert got.x[0, 2, 6, 0] == 1 and got.x.sum() == 1
  want = np.ones((8, 10))
  want[-1], want[:, :2] = 0, 0
  np.testing.assert_array_equal(got.mask, want)
  # Half a pixel and half a pixel are one, for what is smooth.
  x = waves([0], np.eye(3))
  twice = equivariance.translate(equivariance.translate(x, .5, 0).x, .5, 0)
  inner = (slice(None), slice(8, -8), slice(8, -8))
  np.testing.assert_allclose(
      twice.x[inner], equivariance.translate(x, 1, 0).x[inner], atol=.02)
  flat = equivariance.translate(np.ones((1, 20, 20, 1)), .3, -.7)
  np.testing.assert_allclose(flat.x[0, flat.mask > 0], 1)


def test_turns_go_where_they_should():
  x = waves([0], np.eye(3))
  quarter = equivariance.rotate(x, np.pi / 2)
  inside = quarter.mask > 0
  np.testing.assert_allclose(
      quarter.x[0, inside], np.rot90(x[0])[inside], atol=.02)
  # As `generate` has it: the picture at r shows what was at rotation(-angle) r.
  made = waves([0], equivariance.rotation(-np.pi / 2))
  np.testing.assert_allclose(made, np.rot90(x, axes=(1, 2)), atol=1e-9)
  # Only a disc can be compared when turned by 45 degrees.
  mask = equivariance.rotate(x, np.pi / 4).mask
  assert mask[16, 16] and not mask[8, 8] and mask.sum() < inside.sum() + 60
  flat = equivariance.rotate(np.ones((1, 32, 32, 2)), .7)
  np.testing.assert_allclose(flat.x[0, flat.mask > 0], 1, atol=1e-9)
  flat = equivariance.pseudo_rotate(np.ones((1, 32, 32, 2)), .7)
  np.testing.assert_allclose(flat.x[0, flat.mask > 0], 1, atol=1e-9)


def test_the_filter_passes_what_both_grids_hold():
  f = equivariance.bandlimit(equivariance.rotation(np.pi / 4))
  assert f.shape == (47, 47) and f.sum() == pytest.approx(1, abs=.02)
  np.testing.assert_allclose(f, f[::-1, ::-1], atol=1e-12)
  # In cycles a pixel: 4 places each. Corners of the square are cut at 45
  # degrees, since they lie beyond the turned one.
  place = (np.arange(47) - 23) / 4
  gain = lambda u, v: abs(np.sum(f * np.exp(
      -2j * np.pi * (u * place[None] + v * place[:, None]))))
  assert gain(.25, 0) == pytest.approx(1, abs=.05)
  assert gain(.25, .25) == pytest.approx(1, abs=.06)
  assert gain(.45, .45) < .2 and gain(.7, 0) < .05
