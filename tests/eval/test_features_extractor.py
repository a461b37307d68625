"""Extractors: what they do to pictures, and what they say of themselves."""

import numpy as np
import pytest
import safetensors.numpy
from sklearn.datasets import load_sample_image

from gans_jax import sharding
from gans_jax.errors import ConfigError
from gans_jax.eval import resize
from gans_jax.eval.features import extractor, known, weights
from gans_jax.eval.features.extractor import Extractor
from tests.nets.features import feature_cases

NET, SIZE = feature_cases.SMALL['vit']
TAPS = ('pool', 'tokens', 'logits')


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
  """A small ViT is known, and prepared."""
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path))
  monkeypatch.setitem(known.KNOWN, 'tiny', known.Known(
      lambda: NET, lambda state: dict(state), SIZE, TAPS))
  flat = feature_cases.variables(NET, SIZE)
  safetensors.numpy.save_file(flat, tmp_path / 'tiny.safetensors')
  weights.prepare('tiny', str(tmp_path / 'tiny.safetensors'))
  return flat


def pictures(n, size=20, channels=3):
  return np.random.default_rng(n).integers(
      0, 256, (n, size, size, channels), np.uint8)


def close(a, b, rtol=1e-6):
  assert a.keys() == b.keys()
  for k in a:
    assert np.abs(a[k] - b[k]).max() <= rtol * np.abs(b[k]).max(), k


def test_features_are_the_networks_of_the_resized(tiny):
  x = pictures(3)
  found = Extractor('tiny', 'pytorch', batch=3)(x, TAPS)
  small = np.asarray(resize.resize(x.astype(np.float32), SIZE, 'pytorch'))
  close(found, feature_cases.run(NET, tiny, small), 1e-5)


def test_filling_a_batch_changes_nothing():
  x, extract = pictures(7), Extractor('tiny', batch=4)
  whole = extract(x, ['pool'])
  assert whole['pool'].shape == (7, 32) and whole['pool'].dtype == np.float32
  for i in range(7):
    close(extract(x[i:i + 1], ['pool']), {'pool': whole['pool'][i:i + 1]})
  np.testing.assert_array_equal(extract(x[::-1], ['pool'])['pool'][::-1],
                                extract(x, ['pool'])['pool'])


def test_one_device_and_eight():
  x = pictures(11)
  one = Extractor('tiny', batch=11)(x, TAPS)
  mesh = sharding.make_mesh()
  assert mesh.shape['data'] == 8
  many = Extractor('tiny', mesh=mesh, batch=11)
  assert many.batch == 16
  x16 = sharding.spread(pictures(16), many._split)
  assert {s.data.shape[0] for s in x16.addressable_shards} == {2}
  compiled = many._run.lower(many._variables, x16, taps=TAPS).compile()
  assert set(sharding.collectives(compiled)) == {'all-gather'}    # of results
  close(many(x, TAPS), one)


def test_grey_is_repeated():
  extract = Extractor('tiny', batch=2)
  grey = pictures(2, channels=1)
  close(extract(grey, ['pool']), extract(np.repeat(grey, 3, -1), ['pool']))


@pytest.mark.parametrize('x,words', [
    (np.zeros((2, 8, 8, 4), np.uint8), 'RGBA'),
    (np.zeros((2, 8, 8, 2), np.uint8), 'grey with alpha'),
    (np.zeros((2, 8, 8, 3), np.float32), r'float32 \[8, 8, 3\]'),
    (np.zeros((2, 3, 8, 8), np.uint8), r'uint8 \[3, 8, 8\]'),
    (np.zeros((8, 8, 3), np.uint8), r'uint8 \[8, 3\]')])
def test_what_is_no_picture(x, words):
  with pytest.raises(ConfigError, match=words):
    Extractor('tiny')(x, ['pool'])


def test_protocol_tells_resizes_and_weights_apart(tiny, tmp_path):
  kinds = [k for k in resize.RESIZES if k != 'none']
  found = {k: Extractor('tiny', k, batch=2) for k in kinds}
  assert len({e.key for e in found.values()}) == len(kinds)
  sha256 = weights.load('tiny')[1]
  for kind, e in found.items():
    assert e.protocol == dict(
        extractor='tiny', weights_sha256=sha256, resize=kind, input_size=SIZE,
        quantised='uint8')
  x = pictures(2, size=70)
  out = [found[k](x, ['pool'])['pool'] for k in kinds]
  for i in range(len(out)):
    for j in range(i):
      assert np.abs(out[i] - out[j]).max() > 1e-3    # resizing matters
  weights.stored('tiny').unlink()
  other = {**tiny, 'params/cls': tiny['params/cls'] + 1}
  safetensors.numpy.save_file(other, tmp_path / 'other.safetensors')
  weights.prepare('tiny', str(tmp_path / 'other.safetensors'))
  assert Extractor('tiny').key != found['clean'].key


def test_none_is_no_resize():
  extract = Extractor('tiny', 'none', batch=2)
  assert extract(pictures(2, SIZE), ['pool'])['pool'].shape == (2, 32)
  with pytest.raises(ConfigError, match="resize='none' of pictures of 20"):
    extract(pictures(2), ['pool'])


def test_mistakes():
  with pytest.raises(ConfigError, match="Did you mean 'tiny'"):
    Extractor('tyny')
  with pytest.raises(ConfigError, match='unknown resize'):
    Extractor('tiny', 'bicubic')
  with pytest.raises(ConfigError, match="unknown tap of tiny 'pol'.*'pool'"):
    Extractor('tiny').view('pol')
  with pytest.raises(ConfigError, match='features/inception'):
    Extractor('inception')
  assert extractor.named('kid', 'inception') == 'kid'
  assert extractor.named('kid', 'tiny') == 'kid_tiny'


def test_real_weights_know_real_pictures():
  """EfficientNet-Lite0 as it comes with pip, on pictures of scikit-learn's."""
  extract = Extractor('efficientnet_lite0', batch=1)
  found = {}
  for name in 'china.jpg', 'flower.jpg':
    x = load_sample_image(name)[:, 107:534]    # the square in the middle
    logits = extract(x[None], ['logits'])['logits'][0]
    found[name] = np.argsort(-logits)[:2].tolist()
  # Bell cote, palace; daisy, mushroom. PyTorch's: tests/parity.
  assert found == {'china.jpg': [442, 698], 'flower.jpg': [985, 947]}
