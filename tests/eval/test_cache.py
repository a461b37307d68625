import numpy as np
import pytest

from gans_jax.eval import cache

ARRAYS = dict(a=np.arange(6.).reshape(2, 3), b=np.array([1], np.int32))


def test_what_is_saved_is_loaded(tmp_path):
  path = tmp_path / 'deep' / 'x.npz'
  assert cache.load(path) is None
  cache.save(path, ARRAYS, dict(accuracy=.5))
  arrays, meta = cache.load(path)
  assert meta == dict(accuracy=.5, sha256=cache.digest(ARRAYS))
  assert sorted(arrays) == ['a', 'b']
  for name, x in ARRAYS.items():
    np.testing.assert_array_equal(arrays[name], x)
    assert arrays[name].dtype == x.dtype


def test_digest_sees_names_types_shapes_and_values():
  x = np.arange(4, dtype=np.float32)
  others = [dict(b=x), dict(a=x.astype(np.float64)), dict(a=x.reshape(2, 2)),
            dict(a=x + 1e-6), dict(a=x, b=x), dict(a=x.view(np.int32))]
  digests = {cache.digest(d) for d in [dict(a=x), *others]}
  assert len(digests) == 7
  assert cache.digest(dict(a=x, b=x)) == cache.digest(dict(b=x, a=x))
  assert cache.digest(dict(a=x[::2])) == cache.digest(dict(a=x[::2].copy()))


@pytest.mark.parametrize('where', (.1, .5, .9))
@pytest.mark.parametrize('how', ('cut', 'flipped'))
def test_a_damaged_file_counts_as_none(tmp_path, how, where):
  path = tmp_path / 'x.npz'
  # Without redundancy, so that every byte matters.
  big = dict(a=np.random.default_rng(0).normal(size=500))
  cache.save(path, big, dict(accuracy=.5))
  content = bytearray(path.read_bytes())
  place = int(where * len(content))
  if how == 'cut':
    content = content[:place]
  else:
    content[place] ^= 0xff
  path.write_bytes(content)
  with pytest.warns(UserWarning, match='damaged'):
    assert cache.load(path) is None


def test_another_array_under_the_old_checksum_is_damage(tmp_path):
  path = tmp_path / 'x.npz'
  cache.save(path, ARRAYS, {})
  content = dict(np.load(path))
  content['a'] = content['a'] + 1
  np.savez(path, **content)
  with pytest.warns(UserWarning, match='checksum'):
    assert cache.load(path) is None


def test_nothing_pickled_is_read(tmp_path):
  path = tmp_path / 'x.npz'
  np.savez(path, a=np.array([print], object))
  with pytest.warns(UserWarning, match='damaged'):
    assert cache.load(path) is None


def test_a_folder_that_cannot_be_written_to_is_a_warning(tmp_path):
  (tmp_path / 'file').write_text('not a folder')
  with pytest.warns(UserWarning, match='cannot keep'):
    cache.save(tmp_path / 'file' / 'x.npz', ARRAYS, {})
