import json
import math

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import classifier, evaluators
from gans_jax.eval.measures import shares


@pytest.fixture
def quick(use_cached, monkeypatch):
  """Trainings on samples take a third of the steps."""
  monkeypatch.setattr(classifier, 'STEPS', 500)


def drawn(rows=slice(None), labels=True, shift=0, blank=()):
  """Digits of the training set as samples; those of `blank` classes are not."""
  source = data.make('digits')
  batch = source.batch(np.arange(len(source))[rows])
  keep = ~np.isin(batch['y'], blank)
  batch = {k: v[keep] for k, v in batch.items()}

  def draw(n):
    rows = np.resize(np.arange(len(batch['x'])), n)
    out = dict(x=batch['x'][rows])
    return dict(out, y=(batch['y'][rows] + shift) % 10) if labels else out
  return draw


def test_cas_of_the_data_of_wrong_labels_and_of_one_picture_each(quick):
  evaluator = evaluators.make('cas', data.make('digits'), n=1297)
  good = evaluator(drawn())
  assert good['gan_train'] > .93
  assert .8 < good['gan_train_least'] <= good['gan_train']
  assert good['gan_test'] > .99 and good['gan_base'] > .97
  wrong = evaluator(drawn(shift=1))
  assert wrong['gan_train'] < .05 and wrong['gan_test'] < .05
  # One picture a class is judged well, and teaches little.
  y = data.make('digits').batch(np.arange(1297))['y']
  collapsed = evaluator(drawn(np.unique(y, return_index=True)[1]))
  assert collapsed['gan_test'] == 1
  assert collapsed['gan_train'] < .8
  protocol = json.loads(json.dumps(evaluator.protocol))
  assert dict(n_fake=1297, extractor='digits_classifier', heldout='test',
              steps=500).items() <= protocol.items()


def test_dropped_classes_are_counted_and_cost_accuracy(quick):
  evaluator = evaluators.make(
      'mode_dropping', data.make('digits'), n=1200, factors=(16,))
  good = evaluator(drawn(labels=False))
  assert good['dropped'] == 0 and good['total_variation'] < .05
  assert good['annotated_train'] > .93 and good['least'] > .7
  assert abs(good['annotated_train'] - good['annotated_real']) < .03
  half = evaluator(drawn(labels=False, blank=(0, 3, 4, 8, 9)))
  assert half['dropped'] == 5 and half['least'] == 0
  assert half['total_variation'] == pytest.approx(.5, abs=.03)
  assert half['annotated_train'] < .55
  assert half['shrinkage'] == math.inf    # 75 pictures of all digits do better
  assert half['chi2'] > 50 * good['chi2']
  assert evaluator.protocol['n_real'] == 1200
  assert evaluator.protocol['factors'] == [16]


def test_shares_of_known_counts():
  found = shares.shares(np.array([0, 0, 0, 1]), [1, 1, 2, 0])
  assert found == (.5, 1, 0, pytest.approx((4 + 0 + 2) / 2))
  same = shares.shares(np.array([0, 1, 2, 2]), [1, 1, 2, 0])
  assert same == (0, 0, 1, 0)
  rng, q = np.random.default_rng(0), np.arange(1, 21)
  found = shares.shares(rng.choice(20, 5000, p=q / q.sum()), q)
  assert found.chi2 == pytest.approx(1, abs=.6)
  s = q / q.sum()
  assert found.total_variation == pytest.approx(
      np.sqrt(s * (1 - s) / (2 * np.pi * 5000)).sum(), rel=.3)
  with pytest.raises(ValueError, match='two classes'):
    shares.shares(np.array([0]), [3, 0])
  with pytest.raises(ValueError, match='0 to 1'):
    shares.shares(np.array([2]), [3, 1])


def test_mistakes(quick):
  digits = data.make('digits')
  with pytest.raises(errors.ConfigError, match='conditional'):
    evaluators.make('cas', digits, n=20)(drawn(labels=False))
  with pytest.raises(errors.ConfigError, match='no labels'):
    evaluators.make('cas', data.make('digits', labels=False))
  with pytest.raises(errors.ConfigError, match='pictures'):
    evaluators.make('mode_dropping', data.make('ring8', n=50, labels=True))
  with pytest.raises(errors.ConfigError, match='must rise'):
    evaluators.make('mode_dropping', digits, factors=(4, 2))
  with pytest.raises(errors.ConfigError, match='2 samples'):
    evaluators.make('mode_dropping', digits, n=1)
