"""The faults of the metrics' study, and how its table judges."""

import numpy as np
import pytest

from gans_jax import errors
from gans_jax.studies import sensitivity as S


@pytest.fixture
def examples():
  rng = np.random.default_rng(0)
  y = np.arange(60) % 6
  return rng.uniform(-1, 1, (60, 8, 8, 1)), y


def spoiled(name, examples, reference=None):
  return S.ROWS[name].fault(
      examples, reference or examples, np.random.default_rng(1))


@pytest.mark.parametrize('name', S.ROWS)
def test_a_fault_keeps_shape_range_and_number(name, examples):
  x, y = spoiled(name, examples)
  assert x.shape == examples[0].shape and y.shape == examples[1].shape
  assert np.abs(x).max() <= 1
  np.testing.assert_array_equal(
      examples[0], np.random.default_rng(0).uniform(-1, 1, (60, 8, 8, 1)))


@pytest.mark.parametrize('name', [
    'lost classes', 'collapse within classes', 'label imbalance'])
def test_pictures_keep_their_labels(name, examples):
  label = {p.tobytes(): k for p, k in zip(*examples)}
  assert all(label[p.tobytes()] == k for p, k in zip(*spoiled(name, examples)))


def test_each_fault_is_what_it_says(examples):
  x, y = examples
  assert set(spoiled('lost classes', examples)[1]) == {0, 1, 2}
  few, labels = spoiled('collapse within classes', examples)
  np.testing.assert_array_equal(np.bincount(labels), np.bincount(y))
  assert len(np.unique(few.reshape(60, -1), axis=0)) == 3 * 6
  counts = np.bincount(spoiled('label imbalance', examples)[1], minlength=6)
  assert counts[0] > counts[3] and counts[:2].sum() > counts[2:].sum()
  same, wrong = spoiled('wrong labels', examples)
  np.testing.assert_array_equal(same, x)
  assert np.mean(wrong == y) < .5 and sorted(wrong) == sorted(y)
  other = (x[::-1], y[::-1])
  assert spoiled('copies of the reference', examples, other) is other
  rough = lambda a: np.abs(np.diff(a, axis=1)).mean()
  assert rough(spoiled('blur', examples)[0]) < rough(x) / 2
  assert .1 < np.std(spoiled('noise', examples)[0] - x) < .2


def test_blur_keeps_a_constant():
  x = np.full((2, 8, 8, 3), -.2)
  np.testing.assert_allclose(
      S.blur((x, None), None, None)[0], x, atol=1 / 127.5)


def found(fd, clean=(10., 11., 12.), recall=.9):
  names = {k for row in S.ROWS.values() for k in (*row.moves, *row.stays)}
  base = {k: [.9, .9, .91] for k in names} | dict(fd=list(clean))
  return S.Found(base, {f: {k: .9 for k in names} | dict(fd=fd, recall=recall)
                        for f in S.ROWS}, {})


@pytest.mark.parametrize('fd, change', [
    (11., 0), (13.7, 0), (14., 1), (8.5, 0), (8., -1)])
def test_a_change_is_beyond_the_spread_and_worth_reporting(fd, change):
  assert found(fd).change('noise', 'fd') == change


def test_what_is_missed_is_said(examples):
  missed = found(11.).missed()
  assert 'fd under noise: +0, not +1' in missed
  assert not any('wrong labels' in m and m.startswith('fd') for m in missed)
  assert 'recall under wrong labels: -1, not +0' in found(
      11., recall=.5).missed()
  assert '14 ↑' in found(14.).table()


def test_too_few_pictures():
  with pytest.raises(errors.ConfigError, match='n may be 324'):
    S.run('digits', n=1000)
  with pytest.raises(errors.ConfigError, match='fashion_mnist'):
    S.run('ring8')    # points: the nearest names are shown
