"""Two domains without pairs: halves, changes by hand, draws."""

import numpy as np
import pytest

from gans_jax import data, drawing, errors
from gans_jax.data import domains

KEYS = np.arange(5000, dtype=np.uint64) * np.uint64(7919)


def key(x):
  """Of a picture of digits, whose pixels have 17 levels."""
  return np.rint(8 * x).astype(np.int8).tobytes()


def rows(x):
  return {key(r) for r in x}


def test_halves_share_no_picture():
  whole = data.make('digits')
  source = data.make('digits', domains='negative', labels=True)
  everything = rows(whole.batch(np.arange(len(whole)))['x'])
  a = source.a.batch(np.arange(len(source.a)))['x']
  b = -source.b.batch(np.arange(len(source.b)))['x']
  assert len(source.a) + len(source.b) == len(whole)
  assert not rows(a) & rows(b)
  assert rows(a) | rows(b) == everything
  spec = source.spec
  assert (spec.size, spec.classes) == (len(a), 10)
  assert spec.shapes == dict(a=(8, 8, 1), b=(8, 8, 1), y=(), y_b=())
  batch = source.batch(np.arange(7), KEYS[:7])
  assert {k: (v.shape[1:], str(v.dtype)) for k, v in batch.items()} == {
      k: (spec.shapes[k], spec.dtypes[k]) for k in spec.shapes}


def test_labels_stay_with_their_pictures():
  source = data.make('digits', domains='negative', labels=True)
  whole = data.make('digits').batch(np.arange(1297))
  of = {key(x): y for x, y in zip(whole['x'], whole['y'])}
  batch = source.batch(np.arange(300), KEYS[:300])
  assert [of[key(x)] for x in batch['a']] == batch['y'].tolist()
  assert [of[key(-x)] for x in batch['b']] == batch['y_b'].tolist()


def test_draws_of_b_have_nothing_to_do_with_those_of_a():
  """Uniform, by the key of the example; in turn without keys."""
  source = data.make('digits', domains='negative', labels=True)
  same = np.zeros(5000, int)
  one, two = (source.batch(same, k)['b'] for k in (KEYS, KEYS[::-1]))
  np.testing.assert_array_equal(one, two[::-1])
  assert len(rows(one)) > .99 * len(source.b)      # all but e^-7.7 of them
  other = source.batch(same[:9], KEYS[:9])
  np.testing.assert_array_equal(other['b'], one[:9])
  np.testing.assert_array_equal(
      source.batch(np.arange(5))['b'], source.b.batch(np.arange(5))['x'])
  assert set(data.make('digits', domains='edge').spec.shapes) == {'a', 'b'}


def test_changes_by_hand():
  x = np.zeros((1, 5, 5, 1), np.float32)
  x[0, 2, 2], x[0, 0, 0] = 1, .5
  ring = np.zeros((5, 5))
  ring[1:4, 1:4] = 1
  ring[2, 2] = 0
  ring[0, 1] = ring[1, 0] = .5
  np.testing.assert_allclose(domains.edge(x, (0, 1))[0, ..., 0], ring)
  np.testing.assert_allclose(domains.negative(x, (0, 1)), 1 - x)
  # The same in another range.
  np.testing.assert_allclose(
      domains.edge(2 * x - 1, (-1, 1)), 2 * domains.edge(x, (0, 1)) - 1)
  np.testing.assert_allclose(domains.negative(2 * x - 1, (-1, 1)), 1 - 2 * x)


def test_another_set_is_domain_b():
  source = data.make('mnist5k', domains=dict(name='digits', size=28))
  assert len(source.a) == 4500 and len(source.b) == 1297
  assert source.change is None
  test = source.held_out()
  assert len(test.a) == 500 and len(test.b) == 500
  assert test.a.spec.split == test.b.spec.split == 'test'


def test_pairs_are_drawn_side_by_side():
  spec = data.make('digits', domains='negative').spec
  a = np.full((8, 8, 8, 1), -1., np.float32)
  picture = drawing.draw(dict(a=a, b=-a), spec)      # 4 rows of 2 pairs
  assert picture.shape == (4 * 8 + 3 * 2, 4 * 8 + 3 * 2, 3)
  assert not picture[:8, :8].any() and (picture[:8, 10:18] == 255).all()
  assert not picture[30:, 20:28].any() and (picture[30:, 30:] == 255).all()


@pytest.mark.parametrize('name, options, message', [
    ('digits', dict(domains='negativ'), "Did you mean 'negative'"),
    ('ring8', dict(domains='negative'), r'pictures \[H, W, C\]'),
    ('mnist5k', dict(domains=dict(name='digits')), 'same size'),
    ('digits', dict(domains=dict(name='digits', range=(0, 1))), 'same size'),
    ('digits', dict(domains=dict(name='digits', labels=False), labels=True),
     '10 and 0 classes')])
def test_mistakes(name, options, message):
  with pytest.raises(errors.ConfigError, match=message):
    data.make(name, **options)
