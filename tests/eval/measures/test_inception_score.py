import numpy as np
import pytest

from gans_jax.eval.measures.inception_score import inception_score


def test_unsure_of_each_scores_one():
  assert inception_score(np.zeros((100, 7))) == pytest.approx((1., 0.))


def test_sure_of_each_and_evenly_spread_scores_the_number_of_classes():
  labels = np.arange(70) % 7
  score = inception_score(1e3 * np.eye(7)[labels], splits=10)
  assert score == pytest.approx((7., 0.))


def test_collapse_to_one_class_scores_one():
  assert inception_score(
      1e3 * np.eye(7)[np.full(50, 3)])[0] == pytest.approx(1.)


def test_closed_form_of_two_kinds_of_pictures():
  # Half with p, half with the classes swapped: KL(p, 1/2) = log 2 - H(p).
  p = np.array([.9, .1])
  logits = np.log(np.stack([p, p[::-1]] * 20))
  want = np.exp(np.log(2) + np.sum(p * np.log(p)))
  assert inception_score(logits, 1)[0] == pytest.approx(want, rel=1e-12)


def test_splits_are_contiguous_and_hold_all():
  rng = np.random.default_rng(0)
  logits = rng.normal(0, 3, (65, 5)).astype(np.float32)
  parts = [inception_score(logits[a:b], 1).mean
           for a, b in ((0, 21), (21, 43), (43, 65))]
  score = inception_score(logits, 3)
  assert score.mean == pytest.approx(np.mean(parts))
  assert score.std == pytest.approx(np.std(parts))


def test_invariant_to_shifts_and_to_order_in_one_split():
  rng = np.random.default_rng(1)
  logits = rng.normal(size=(60, 5))
  one = inception_score(logits, 1).mean
  assert inception_score(logits + rng.normal(size=(60, 1)), 1
                         ).mean == pytest.approx(one)
  assert inception_score(logits, 1, shuffle=2020).mean == pytest.approx(one)
  assert inception_score(logits, 6, shuffle=2020) != inception_score(logits, 6)


def test_recorded_from_torch_fidelity():
  # isc_features_to_metric of these, 3 splits; tests/parity/test_metrics.py.
  logits = np.random.default_rng(8).normal(0, 2, (301, 12)).astype(np.float32)
  assert inception_score(logits, 3, shuffle=2020) == pytest.approx(
      RECORDED, rel=1e-6)


RECORDED = (2.7896747246692293, .11338422925085644)


@pytest.mark.parametrize('logits, splits', (
    (np.zeros((5, 3)), 6), (np.full((20, 3), np.nan), 2), (np.zeros(20), 2),
    (np.zeros((20, 3)), 0)))
def test_bad_input(logits, splits):
  with pytest.raises(ValueError):
    inception_score(logits, splits)
