"""A folder of pictures, sound and damaged ones."""

import logging

import numpy as np
import pytest
from PIL import Image

from gans_jax import data
from gans_jax.data.decode import decode
from gans_jax.errors import ConfigError


def save(path, array, **options):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(array).save(path, **options)


def noise(*shape, seed=0):
  return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def labelled(tmp_path):
  """cat/0.png ... cat/3.png, dog/deep/0.png ...: 8x8, each its own grey."""
  for i in range(4):
    save(tmp_path / f'cat/{i}.png', np.full((8, 8, 3), i, np.uint8))
    save(tmp_path / f'dog/deep/{i}.png', np.full((8, 8, 3), 10 + i, np.uint8))
  (tmp_path / 'cat/notes.txt').write_text('no picture')
  (tmp_path / 'cat/.hidden.png').write_text('no picture')
  return tmp_path


def greys(source):
  x = source.batch(np.arange(len(source)))['x']
  return np.round((x[:, 0, 0, 0] + 1) * 127.5).astype(int).tolist()


def test_subfolders_are_labels(labelled):
  source = data.make('folder', path=str(labelled))
  assert source.spec.shapes == {'x': (8, 8, 3), 'y': ()}
  assert source.spec.class_names == ('cat', 'dog')
  assert greys(source) == [0, 1, 2, 3, 10, 11, 12, 13]
  y = source.batch(np.array([7, 0, 4]))['y']
  np.testing.assert_array_equal(y, [1, 0, 1])
  one_hot = data.make('folder', path=str(labelled), one_hot=True)
  np.testing.assert_array_equal(
      one_hot.batch(np.array([7, 0]))['y'], [[0, 1], [1, 0]])
  without = data.make('folder', path=str(labelled), labels=False)
  assert list(without.spec.shapes) == ['x'] and without.spec.classes == 0


def test_memory_changes_nothing(labelled):
  rows = np.array([3, 3, 7, 0])
  kept, read = (data.make('folder', path=str(labelled), size=5, memory=memory)
                for memory in (True, False))
  for _ in range(2):
    for key, value in kept.batch(rows).items():
      np.testing.assert_array_equal(value, read.batch(rows)[key])
  for path in labelled.rglob('*.png'):
    path.unlink()
  np.testing.assert_array_equal(kept.batch(rows[:2])['y'], [0, 0])
  with pytest.raises(ConfigError, match='cat/3.png'):
    read.batch(rows)


def test_labels_where_there_are_none(tmp_path):
  save(tmp_path / 'a.png', noise(4, 4, 3))
  assert data.make('folder', path=str(tmp_path)).spec.classes == 0
  for option in ('labels', 'one_hot'):
    with pytest.raises(ConfigError, match='has none'):
      data.make('folder', path=str(tmp_path), **{option: True})


def test_splits(labelled, tmp_path):
  with pytest.raises(ConfigError, match='give holdout='):
    data.make('folder', path=str(labelled), split='test')
  parts = [greys(data.make('folder', path=str(labelled), split=split,
                           holdout=.25)) for split in ('train', 'test')]
  assert [len(p) for p in parts] == [6, 2]
  assert sorted(parts[0] + parts[1]) == [0, 1, 2, 3, 10, 11, 12, 13]
  root = labelled / 'divided'
  for name, grey in (('train', 1), ('val', 2)):
    save(root / name / 'x/0.png', np.full((8, 8), grey, np.uint8))
  for split, grey in (('train', 1), ('test', 2)):
    source = data.make('folder', path=str(root), split=split)
    assert greys(source) == [grey] and source.spec.class_names == ('x',)


def damage(folder):
  """A truncated JPEG, a truncated PNG, and text, all with sound names."""
  for name, options in (('b.jpg', dict(quality=95)), ('c.png', {})):
    save(folder / name, noise(32, 32, 3), **options)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:len(content) // 2])
  (folder / 'd.png').write_text('hello')
  (folder / 'e.gif').write_bytes(b'')


def test_bad_images_are_named(tmp_path):
  save(tmp_path / 'a.png', noise(32, 32, 3))
  damage(tmp_path)
  for name in ('b.jpg', 'c.png', 'd.png', 'e.gif'):
    with pytest.raises(ConfigError, match=f'{name}.*skip_bad=True'):
      data.make('folder', path=str(tmp_path))  # before training
    lazy = data.make('folder', path=str(tmp_path), check=False)
    with data.Loader(lazy, 16, 0) as loader:  # while training, in a thread
      with pytest.raises(ConfigError, match='cannot read image .*skip_bad'):
        next(loader.iterate(0))
    (tmp_path / name).unlink()
  assert len(data.make('folder', path=str(tmp_path))) == 1


def test_skip_bad_counts_and_goes_on(tmp_path, caplog):
  for i in range(5):
    save(tmp_path / f'{i}.png', np.full((8, 8, 3), i, np.uint8))
  damage(tmp_path)
  with caplog.at_level(logging.WARNING):
    source = data.make('folder', path=str(tmp_path), skip_bad=True)
  assert 'left out 4 of 9' in caplog.text and 'b.jpg' in caplog.text
  assert greys(source) == [0, 1, 2, 3, 4]
  for i in range(5):
    (tmp_path / f'{i}.png').write_text('hello')
  with pytest.raises(ConfigError, match='not one image'):
    data.make('folder', path=str(tmp_path), skip_bad=True)


def test_no_folder_and_no_images(tmp_path):
  with pytest.raises(ConfigError, match='there is no folder'):
    data.make('folder', path=str(tmp_path / 'nope'))
  with pytest.raises(ConfigError, match='no images in'):
    data.make('folder', path=str(tmp_path))


def test_sizes(tmp_path):
  save(tmp_path / 'a.png', noise(8, 8, 3))
  save(tmp_path / 'b.jpg', noise(20, 30, seed=1), quality=95)  # grey, too
  source = data.make('folder', path=str(tmp_path))
  with pytest.raises(ConfigError, match='20x30 and 8x8.*give size='):
    source.batch(np.arange(2))
  source = data.make('folder', path=str(tmp_path), size=(6, 4))
  assert source.batch(np.arange(2))['x'].shape == (2, 6, 4, 3)


def test_links_that_lead_in_circles(labelled):
  (labelled / 'cat/again').symlink_to(labelled, target_is_directory=True)
  assert len(data.make('folder', path=str(labelled))) == 8


def test_decode_modes(tmp_path):
  colour = noise(6, 5, 3)
  save(tmp_path / 'rgb.png', colour)
  np.testing.assert_array_equal(decode(tmp_path / 'rgb.png'), colour)
  grey = colour[..., 0]
  save(tmp_path / 'l.png', grey)
  np.testing.assert_array_equal(decode(tmp_path / 'l.png')[..., 0], grey)
  deep = grey.astype(np.uint16) * 257
  Image.fromarray(deep).save(tmp_path / '16.png')
  np.testing.assert_array_equal(decode(tmp_path / '16.png')[..., 0], grey)
  alpha = np.dstack([colour, np.full((6, 5), 51, np.uint8)])  # a fifth
  save(tmp_path / 'rgba.png', alpha)
  np.testing.assert_allclose(
      decode(tmp_path / 'rgba.png'), .2 * colour + .8 * 255, atol=1)
  clear = np.zeros((6, 5, 4), np.uint8)
  save(tmp_path / 'clear.png', clear)
  assert (decode((tmp_path / 'clear.png').read_bytes()) == 255).all()
  Image.fromarray(colour).convert('P').save(tmp_path / 'p.png')
  assert decode(tmp_path / 'p.png').shape == (6, 5, 3)


def test_photos_are_turned(tmp_path):
  flat = np.zeros((8, 16, 3), np.uint8)
  flat[:, :8] = 255  # white on the left
  exif = Image.Exif()
  exif[0x0112] = 6  # to be turned a quarter clockwise: white on top
  save(tmp_path / 'a.jpg', flat, quality=95, exif=exif)
  turned = decode(tmp_path / 'a.jpg')
  assert turned.shape == (16, 8, 3)
  assert turned[:6].min() > 240 and turned[10:].max() < 15
