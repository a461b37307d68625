"""K logits with a fake logit of 0, and divergences of what nets give."""

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.losses import adversarial, classification, information
from tests.nets.filled import draw, quick


def test_ten_zero_logits():
  """D = Z / (Z + 1) = 10/11; the unlabelled loss of the sheet, 1.246603."""
  zeros = np.zeros((4, 10), np.float32)
  def everything(l):
    s = classification.real_logit(l)
    return jax.nn.sigmoid(s), adversarial.non_saturating.d(s, s) / 2
  d, loss = quick(everything, zeros)
  np.testing.assert_allclose(d, 10 / 11, rtol=1e-6)
  np.testing.assert_allclose(loss, 1.246603, atol=1e-6)
  np.testing.assert_allclose(
      loss, -.5 * np.log(10) + 2 * .5 * np.log(11), rtol=1e-6)


def test_the_code_s_unlabelled_loss():
  """-E lse/2 + E sp(lse)/2 + E sp(lse(fake))/2 is half of cross entropy."""
  real, fake = 3 * draw(6, 4), 3 * draw(5, 4, seed=2)
  lse = lambda l: np.log(np.exp(np.float64(l)).sum(-1))
  sp = lambda s: np.log1p(np.exp(s))
  expected = (-lse(real) + sp(lse(real))).mean() / 2 + sp(lse(fake)).mean() / 2
  found = quick(lambda r, f: adversarial.non_saturating.d(
      classification.real_logit(r), classification.real_logit(f)) / 2,
      real, fake)
  np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_shift_is_no_overflow():
  logits = np.float32([[500., 501.], [-500., -500.]])
  np.testing.assert_allclose(
      quick(classification.real_logit, logits),
      [501 + np.log1p(np.exp(-1)), -500 + np.log(2)], rtol=1e-6)


def test_cross_entropy_by_hand():
  logits, labels = draw(4, 3), np.int32([0, 2, 1, 1])
  weights = np.float32([1, 0, 1, 0])
  log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
  each = -log_p[np.arange(4), labels]
  found = quick(lambda l, w: (
      classification.cross_entropy(l, labels),
      classification.cross_entropy(l, labels, w),
      classification.cross_entropy(l, labels, 0 * w)), logits, weights)
  np.testing.assert_allclose(found, [each.mean(), each[[0, 2]].mean(), 0.],
                             rtol=1e-5)


def test_weighted_d_counts_what_it_should():
  real, fake = draw(4), draw(3, seed=2)
  weights = np.float32([1, 0, 0, 1])
  for pair in (adversarial.non_saturating, adversarial.hinge):
    found, expected, none = quick(lambda r, f, pair=pair: (
        classification.weighted_d(pair)(r, weights, f),
        pair.d(r[jnp.array([0, 3])], f),
        classification.weighted_d(pair)(r, 0 * weights, f)), real, fake)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert none == 0


def test_kl_to_standard_normal():
  """mean 1, std 1/2: .818147 an element; summed over elements."""
  mean, log_std = np.ones((2, 3), np.float32), np.full((2, 3), np.log(.5))
  found = quick(information.kl_to_standard_normal, mean,
                log_std.astype(np.float32))
  np.testing.assert_allclose(found, 3 * .818147, rtol=1e-5)
  np.testing.assert_allclose(quick(
      information.kl_to_standard_normal, 0 * mean, 0 * mean), 0.)
