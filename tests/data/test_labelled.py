"""Which labels a semi-supervised game may use."""

import numpy as np
import pytest

from gans_jax import data, errors


def flags(**options):
  source = data.make('digits', **options)
  batch = source.batch(np.arange(len(source)))
  assert source.spec.shapes['labelled'] == () == batch['y'].shape[1:]
  assert batch['labelled'].dtype == source.spec.dtypes['labelled'] == 'float32'
  y = batch['y']
  return batch['labelled'], y.argmax(-1) if y.ndim > 1 else y


def test_as_many_of_each_class_by_seed():
  found, y = flags(labelled=50)
  assert set(found) == {0., 1.}
  np.testing.assert_array_equal(np.bincount(y[found > 0]), [5] * 10)
  again, _ = flags(labelled=50)
  other, _ = flags(labelled=50, label_seed=1)
  np.testing.assert_array_equal(found, again)
  assert (found != other).any() and other.sum() == 50


def test_a_batch_s_rows_keep_their_flags():
  source = data.make('digits', labelled=20)
  all_of_it = source.batch(np.arange(len(source)))
  rows = np.array([5, 1, 1, 900])
  for key, value in source.batch(rows).items():
    np.testing.assert_array_equal(value, all_of_it[key][rows])
  loader = data.Loader(source, 8, 0, batches=2)
  assert loader.batch(0)['labelled'].shape == (1, 2, 8)


@pytest.mark.parametrize('name, options, message', [
    ('ring8', {}, 'has no labels'), ('digits', dict(labelled=13), 'multiple'),
    ('digits', dict(labelled=5000), 'has .* of class 0')])
def test_what_cannot_be(name, options, message):
  with pytest.raises(errors.ConfigError, match=message):
    data.make(name, **{'labelled': 20, **options})


def test_labelled_examples_beside_a_batch():
  source = data.make('digits', labelled=20, beside=True)
  whole = source.batch(np.arange(len(source)))
  few = {x.tobytes(): y for x, y, flag in zip(
      whole['x'], whole['y'], whole['labelled']) if flag}
  assert len(few) == 20
  assert source.spec.shapes['x_labelled'] == source.spec.shapes['x']
  batch = data.Loader(source, 400, 0).batch(0)
  seen = [(x.tobytes(), y) for x, y in zip(
      batch['x_labelled'][0, 0], batch['y_labelled'][0, 0])]
  assert all(few[x] == y for x, y in seen)
  assert len({x for x, _ in seen}) == 20       # all of them, in random order
  counts = np.unique([x for x, _ in seen], return_counts=True)[1]
  assert 5 < counts.min() and counts.max() < 45
  again = data.Loader(source, 400, 0).batch(0)
  np.testing.assert_array_equal(again['x_labelled'], batch['x_labelled'])
  other = data.Loader(source, 400, 0).batch(1)
  assert (other['y_labelled'] != batch['y_labelled']).any()
  with pytest.raises(errors.ConfigError, match='labelled=N'):
    data.make('digits', beside=True)


def test_moons_are_two_half_circles():
  source = data.make('moons', n=4000, labels=True)
  batch = source.batch(np.arange(4000))
  x, y = batch['x'] + np.float32([.5, .25]), batch['y']
  centre = np.where(y[:, None], [1., .5], [0., 0.])
  radius = np.linalg.norm(x - centre, axis=1)
  assert abs(radius.mean() - 1) < .02 and abs(radius.std() - .1) < .01
  upper = (x - centre)[:, 1] * np.where(y, -1, 1)     # where t is in [0, pi]
  assert (upper > -.4).all() and upper.mean() > .6
  assert abs(y.mean() - .5) < .05
