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
