"""Emoji: what a package holds comes out, and nothing is half-written."""

import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from gans_jax import data
from gans_jax.data import emoji, prepare
from gans_jax.errors import ConfigError


def png(colour, alpha=255):
  stream = io.BytesIO()
  Image.new('RGBA', (64, 64), (*colour, alpha)).save(stream, 'png')
  return stream.getvalue()


@pytest.fixture
def package(tmp_path, monkeypatch):
  """A folder like the unpacked package: 40 emoji, some with skin tones."""
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path / 'cache'))
  root = tmp_path / 'package'
  pictures = root / 'img/google/64'
  pictures.mkdir(parents=True)
  entries = []
  for i in range(40):
    code = f'{i:04x}'
    entry = dict(unified=code, image=f'{code}.png',
                 category='people' if i % 2 else 'animals',
                 subcategory=f'sub{i % 4}')
    (pictures / entry['image']).write_bytes(png((i, 0, 0)))
    if i % 2:
      entry['skin_variations'] = {
          'a': dict(image=f'{code}-a.png'), 'b': dict(image=f'{code}-b.png')}
      for tone, green in (('a', 1), ('b', 2)):
        (pictures / f'{code}-{tone}.png').write_bytes(png((i, green, 0)))
    entries.append(entry)
  (root / 'emoji.json').write_text(json.dumps(entries[::-1]))
  return root


def bytes_of(source):
  batch = source.batch(np.arange(len(source)))
  return np.round((batch['x'] + 1) * 127.5).astype(int), batch['y']


@pytest.mark.parametrize('unpacked', ['package', '.'])
def test_pictures_labels_and_splits(package, unpacked):
  emoji.prepare('emoji', package.parent / unpacked)
  seen = {}
  for split, count in (('train', 36 + 36), ('test', 4 + 4)):
    source = data.make('emoji', split=split)
    assert len(source) == count
    assert source.spec.class_names == ('animals', 'people')
    x, y = bytes_of(source)
    assert x.shape[1:] == (64, 64, 3) and (x[..., 2] == 0).all()
    red = x[:, 0, 0, 0]
    np.testing.assert_array_equal(y, red % 2)
    seen[split] = set(red)
    plain = data.make('emoji', split=split, skins=False, level='subcategory')
    x, y = bytes_of(plain)
    assert (x[..., 1] == 0).all()
    np.testing.assert_array_equal(y, x[:, 0, 0, 0] % 4)
    assert plain.spec.classes == 4
  assert len(seen['train']) == 36 and len(seen['test']) == 4
  assert not seen['train'] & seen['test'], 'a skin tone crossed the splits'


def test_transparent_is_white(package):
  (package / 'img/google/64/0000.png').write_bytes(png((0, 0, 0), alpha=0))
  emoji.prepare('emoji', package)
  x = np.concatenate([bytes_of(data.make('emoji', split=s))[0]
                      for s in ('train', 'test')])
  assert (x == 255).all((1, 2, 3)).sum() == 1


def test_what_is_there_is_left_alone(package):
  path = emoji.prepare('emoji', package)
  before = path.read_bytes()
  assert emoji.prepare('emoji', '/nowhere') == path
  assert path.read_bytes() == before


def test_unprepared_and_damaged(package):
  with pytest.raises(ConfigError, match='launch/prepare.py emoji'):
    data.make('emoji')
  path = emoji.prepare('emoji', package)
  path.write_bytes(path.read_bytes()[:500])
  with pytest.raises(ConfigError, match='damaged.*remove it'):
    data.make('emoji')


def test_bad_packages_leave_nothing(package, tmp_path):
  with pytest.raises(ConfigError, match='no file or folder'):
    emoji.prepare('emoji', tmp_path / 'missing')
  other = tmp_path / 'other.tgz'
  with tarfile.open(other, 'w:gz') as tar:
    tar.add(package, 'package')
  with pytest.raises(ConfigError, match='SHA-256'):
    emoji.prepare('emoji', other)
  (package / 'img/google/64/0003-a.png').unlink()
  with pytest.raises(ConfigError, match='no img/google/64/0003-a.png'):
    emoji.prepare('emoji', package)
  assert not emoji.stored('emoji').exists()


def test_a_packed_package_is_read_in_place(package, tmp_path, monkeypatch):
  import hashlib
  packed = tmp_path / 'p.tgz'
  with tarfile.open(packed, 'w:gz') as tar:
    tar.add(package, 'package')
  digest = hashlib.sha256(packed.read_bytes()).hexdigest()
  monkeypatch.setitem(
      emoji.PACKAGES, 'emoji', emoji.Package('google', digest))
  emoji.prepare('emoji', packed)
  assert len(data.make('emoji')) == 72


def test_no_npm_says_what_to_do(package, monkeypatch):
  monkeypatch.setenv('PATH', '')
  with pytest.raises(ConfigError, match='needs npm.*--files'):
    emoji.prepare('emoji')


@pytest.mark.parametrize('options', [
    dict(split='val'), dict(level='subcategry'), dict(skin=True)])
def test_bad_options(package, options):
  emoji.prepare('emoji', package)
  with pytest.raises(ConfigError, match='[Uu]nknown|no argument|has no'):
    data.make('emoji', **options)


def test_prepare_knows_them_and_names_them(package, tmp_path):
  assert prepare.prepare('emoji', files=package) == emoji.stored('emoji')
  with pytest.raises(ConfigError, match='GANS_JAX_CACHE'):
    prepare.prepare('emoji', str(tmp_path), package)
  with pytest.raises(ConfigError, match="Did you mean 'emoji'"):
    prepare.prepare('emojy')
