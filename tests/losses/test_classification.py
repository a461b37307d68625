"""K logits with a fake logit of 0, and divergences of what nets give."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.losses import adversarial, classification, information
from gans_jax.losses.classification import Head
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


HEADS = [Head(3), Head(3, fixed=True), Head(2, 4), Head(1, 2)]


@pytest.mark.parametrize('head', HEADS)
def test_a_head_is_one_softmax(head):
  """softplus(-s) = -log p(real); labels count through all classes."""
  logits = draw(5, head.outputs) * 3
  whole = np.concatenate(
      [logits, np.zeros((5, 1))], 1) if head.fixed else logits
  p = np.exp(whole) / np.exp(whole).sum(1, keepdims=True)
  assert p.shape == (5, head.real + head.fake)
  real = p[:, :head.real].sum(1)
  y = np.int32([0, head.real, 0, head.real + head.fake - 1, 0])
  found = quick(lambda l: (
      jax.nn.softplus(-head.real_logit(l)), head.cross_entropy(l, y),
      classification.TARGETS['real'](head, l, None),
      classification.TARGETS['first'](head, l, None),
      classification.TARGETS['argmax'](head, l, None),
      classification.TARGETS['given'](head, l, y)), logits)
  given = -np.log(p[np.arange(5), y]).mean()
  for a, b in zip(found, [
      -np.log(real), given, -np.log(real).mean(), -np.log(p[:, 0]).mean(),
      -np.log(p[:, :head.real].max(1)).mean(), given]):
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_heads_that_cannot_be():
  for bad in (dict(real=0), dict(real=2, fake=2, fixed=True),
              dict(real=2, fake=0, fixed=True), dict(real=2, fake=-1)):
    with pytest.raises(ValueError, match='fixed'):
      Head(**bad)
  with pytest.raises(ValueError, match='no logit'):
    Head(3, 0).real_logit(jnp.zeros((2, 3)))


def test_gradients_of_g_s_targets():
  """Zhou et al. 2018, section 3: shared by D_k / D_r, or all to the target."""
  head, logits = Head(3), draw(1, 4)
  target = lambda name: -jax.grad(lambda l: classification.TARGETS[name](
      head, l, None))(logits)[0]
  p = np.exp(logits[0]) / np.exp(logits[0]).sum()
  real = p[:3].sum()
  np.testing.assert_allclose(
      target('real')[:3], p[:3] / real * (1 - real), rtol=1e-5)
  best = p[:3].argmax()
  np.testing.assert_allclose(
      target('argmax')[:3], (np.arange(3) == best) - p[:3], atol=1e-6)
  # They coincide where one real class has all there is of "real".
  logits = np.float32([[2., -40., -40., 1.]])
  np.testing.assert_allclose(target('real'), target('argmax'), atol=1e-6)


def test_entropies_of_categories():
  """Each sure and all used: the perfect case; all uniform: -log K."""
  sure = 200 * np.tile(np.eye(10, dtype=np.float32), (3, 1))
  flat = np.zeros((30, 10), np.float32)
  pair = classification.categorical
  found = quick(lambda a, b: (
      pair.d(a, b), pair.g(a), pair.d(b, b), pair.g(b),
      classification.marginal_entropy(a[:10]),
      classification.marginal_entropy(a[:1])), sure, flat)
  ln = np.log(10)
  np.testing.assert_allclose(found, [-2 * ln, -ln, -ln, 0., ln, 0.], atol=1e-5)
  assert np.isfinite(jax.grad(lambda l: pair.d(l, l) + pair.g(l))(sure)).all()
  logits = draw(6, 4)
  p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
  np.testing.assert_allclose(
      quick(classification.entropy, logits), -(p * np.log(p)).sum(1),
      rtol=1e-5)
  np.testing.assert_allclose(
      quick(classification.marginal_entropy, logits),
      -(p.mean(0) * np.log(p.mean(0))).sum(), rtol=1e-5)


@pytest.mark.parametrize('fixed', [False, True])
@pytest.mark.parametrize('size', [50., -50.])
def test_logits_of_50_give_finite_losses_and_gradients(fixed, size):
  """Of all targets, and of sorting without a fake class: sure, or wrong."""
  head, y = Head(3, fixed=fixed), jnp.array([0, 1, 2, 0])
  logits = jnp.zeros((4, head.outputs)).at[:, 0].set(size)

  def losses(l):
    out = {f'{k} for g': target(head, l, y)
           for k, target in classification.TARGETS.items()}
    out |= dict(labels=head.cross_entropy(l, y), real=head.real_logit(l).mean(),
                sorts=classification.categorical.d(l, -l),
                sorted=classification.categorical.g(l))
    return out | ({} if fixed else dict(fake=head.cross_entropy(l, 3)))

  found = quick(lambda l: (losses(l), jax.jacrev(losses)(l)), logits)
  for x in jax.tree.leaves(found):
    assert np.isfinite(x).all()
