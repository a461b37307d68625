"""Some classes of a set, as a set."""

import numpy as np
import pytest

from gans_jax import data, errors

KEPT = (2, 7, 3)


def everything(**options):
  source = data.make('digits', **options)
  return source, source.batch(np.arange(len(source)))


def test_the_rows_of_the_classes_numbered_anew():
  whole, batch = everything()
  some, found = everything(only=KEPT)
  rows = np.isin(batch['y'], KEPT)
  np.testing.assert_array_equal(found['x'], batch['x'][rows])
  np.testing.assert_array_equal(np.array(KEPT)[found['y']], batch['y'][rows])
  spec = some.spec
  assert spec.name == 'digits:2,7,3' and len(some) == spec.size == rows.sum()
  assert (spec.classes, spec.class_names) == (3, ('2', '7', '3'))
  assert spec.shapes == whole.spec.shapes
  assert found['y'].dtype == spec.dtypes['y'] == 'int32'
  zeros = spec.zeros(2)
  assert {k: v.shape[1:] for k, v in zeros.items()} == {
      k: v.shape[1:] for k, v in found.items()}


def test_labels_one_hot():
  _, found = everything(only=KEPT)
  source, hot = everything(only=KEPT, one_hot=True)
  assert source.spec.shapes['y'] == (3,)
  np.testing.assert_array_equal(hot['y'], np.eye(3)[found['y']])


def test_few_labels_of_some_classes_and_random_transforms():
  source, batch = everything(only=KEPT, labelled=6)
  np.testing.assert_array_equal(
      np.bincount(batch['y'][batch['labelled'] > 0]), [2, 2, 2])
  flipped = data.make('digits', only=KEPT, flip=True)
  rows = np.arange(40)
  a, b = (flipped.batch(rows, keys)['x'] for keys in (
      rows.astype(np.uint64), None))
  assert (a != b).any() and (a == b).all((1, 2, 3)).any()
  loader = data.Loader(source, 8, 0)
  assert loader.batch(0)['y'].max() < 3


@pytest.mark.parametrize('name, options, message', [
    ('digits', dict(only=(2, 10)), 'classes 0 to 9, and no class 10'),
    ('digits', dict(only=(-1,)), 'no class -1'),
    ('digits', dict(only=(2, 2)), 'twice'),
    ('digits', dict(only='23'), "only='23' is no list of classes"),
    ('digits', dict(only=3), 'is no list of classes'),
    ('digits', dict(only=(True,)), 'is no list of classes'),
    ('digits', dict(only=()), 'names no class'),
    ('digits', dict(only=(1,), labels=False), 'has no labels'),
    ('gauss1', dict(only=(0,)), 'has no labels')])
def test_what_cannot_be(name, options, message):
  with pytest.raises(errors.ConfigError, match=message):
    data.make(name, **options)
