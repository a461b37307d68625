"""ROC curves against pairs counted one by one, closed forms, scikit-learn."""

import numpy as np
import pytest

from gans_jax.eval.measures import roc


def draw(n=200, levels=None, seed=0):
  rng = np.random.default_rng(seed)
  positive = rng.random(n) < .3
  scores = rng.normal(size=n) + positive
  return (scores if levels is None else np.round(scores * levels)), positive


@pytest.mark.parametrize('levels', [None, 2, .5])
def test_area_is_the_share_of_pairs_in_order(levels):
  scores, positive = draw(levels=levels)
  a, b = scores[positive][:, None], scores[~positive]
  assert roc.auroc(scores, positive) == pytest.approx(
      np.mean((a > b) + .5 * (a == b)), abs=1e-12)


def test_areas_known():
  positive = np.array([0, 0, 1, 1])
  assert roc.auroc([1, 2, 3, 4], positive) == 1.
  assert roc.auroc([4, 3, 2, 1], positive) == 0.
  assert roc.auroc([5, 5, 5, 5], positive) == .5
  assert roc.auroc([1, 3, 2, 4], positive) == .75
  assert roc.average_precision([1, 2, 3, 4], positive) == 1.
  # Found at places 1 and 3: 1/2 * 1 + 1/2 * 2/3.
  assert roc.average_precision([1, 3, 2, 4], positive) == pytest.approx(5 / 6)
  assert roc.average_precision([5, 5, 5, 5], positive) == .5


@pytest.mark.parametrize('levels', [None, 2, .5])
def test_as_scikit_learn(levels):
  metrics = pytest.importorskip('sklearn.metrics')
  scores, positive = draw(levels=levels, seed=1)
  assert roc.auroc(scores, positive) == pytest.approx(
      metrics.roc_auc_score(positive, scores), abs=1e-12)
  assert roc.average_precision(scores, positive) == pytest.approx(
      metrics.average_precision_score(positive, scores), abs=1e-12)
  x, y, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
  for found, expected in zip(roc.curve(scores, positive), (x, y)):
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_two_gaussians_have_the_area_of_the_normal_distribution():
  """P(b > a) = Phi(d / sqrt 2) for N(0, 1) and N(d, 1): here .7602."""
  rng = np.random.default_rng(0)
  scores = np.concatenate([rng.normal(size=20_000), 1 + rng.normal(
      size=20_000)])
  positive = np.arange(40_000) >= 20_000
  assert roc.auroc(scores, positive) == pytest.approx(.76025, abs=.006)


def test_points_of_the_curve():
  # Corners (0, 0), (0, 1/2), (1/2, 1/2), (1/2, 1), (1, 1).
  found = roc.at([0., .25, .5, .75, 1.], [4, 3, 2, 1], [1, 0, 1, 0])
  np.testing.assert_allclose(found, [.5, .5, 1., 1., 1.])
  # All tied: the diagonal.
  np.testing.assert_allclose(
      roc.at([0., .3, 1.], [1, 1, 1, 1], [1, 0, 1, 0]), [0., .3, 1.])


@pytest.mark.parametrize('scores, positive, message', [
    ([1, 2], [1, 1], 'of one kind'), ([1, 2], [0, 0], 'of one kind'),
    ([1, np.nan], [0, 1], '1 scores are nan'), ([1], [0, 1], 'one of each')])
def test_what_has_no_curve(scores, positive, message):
  with pytest.raises(ValueError, match=message):
    roc.auroc(scores, positive)


def test_area_counts_pairs():
  rng = np.random.default_rng(0)
  scores, labels = rng.integers(6, size=60), rng.integers(2, size=60)
  a, b = scores[labels == 1][:, None], scores[labels == 0]
  np.testing.assert_allclose(
      roc.auroc(scores, labels), ((a > b) + (a == b) / 2).mean())
