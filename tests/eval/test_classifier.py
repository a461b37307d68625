import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import classifier as judges


def no_training(*_):
  raise AssertionError('trained again')


def test_knows_digits_it_has_not_seen(use_cached):
  judge = judges.classifier(data.make('digits'))
  batch = data.make('digits', split='test').batch(np.arange(500))
  verdict = judge(batch['x'])
  accuracy = np.mean(verdict.probabilities.argmax(1) == batch['y'])
  assert accuracy >= .96
  assert judge.protocol == dict(
      extractor='digits_classifier', heldout='test', heldout_n=500,
      heldout_accuracy=accuracy, quantised='uint8',
      weights_sha256=judge.protocol['weights_sha256'])
  assert verdict.features.shape == (500, 64)
  np.testing.assert_allclose(verdict.probabilities.sum(1), 1)
  # Not a game of labels: as sure as it is right, within the noise of 500.
  assert abs(verdict.probabilities.max(1).mean() - accuracy) < .03


def test_is_trained_once(use_cached, monkeypatch):
  first = judges.classifier(data.make('digits'))
  monkeypatch.setattr(judges, 'fit', no_training)
  again = judges.classifier(data.make('digits'))
  assert again.protocol == first.protocol
  # The range of the pictures is that of the source, the judge is the same.
  unit = judges.classifier(data.make('digits', range=(0., 1.)))
  assert unit.protocol == first.protocol
  x = data.make('digits', split='test').batch(np.arange(30))['x']
  np.testing.assert_array_equal(
      unit((x + 1) / 2).probabilities, first(x).probabilities)


def test_other_data_or_seed_is_another_judge(use_cached, monkeypatch):
  source = data.make('digits')
  monkeypatch.setattr(judges, 'STEPS', 3)
  whole = judges.classifier(source, seed=1)
  x, y = source.batch(np.arange(600)).values()
  part = judges.classifier(data.arrays(x, y, range=(-1., 1.), name='some/part'))
  assert part.name == 'some_part_classifier'
  assert part.protocol['heldout'] == 'a tenth of train'
  assert part.protocol['heldout_n'] == 60
  hashes = {j.protocol['weights_sha256'] for j in
            (whole, part, judges.classifier(source))}
  assert len(hashes) == 3


def test_the_same_training_gives_the_same_weights(monkeypatch):
  monkeypatch.setattr(judges, 'STEPS', 3)
  rng = np.random.default_rng(0)
  x, y = rng.integers(0, 256, (200, 8, 8, 1), np.uint8), np.arange(200) % 10
  a, b, c = (judges.fit(judges.Net(10), x, y, seed) for seed in (0, 0, 1))
  for name in a:
    np.testing.assert_array_equal(a[name], b[name])
  assert not np.array_equal(a['params/Dense_0/kernel'],
                            c['params/Dense_0/kernel'])


def test_a_damaged_cache_is_trained_again(tmp_path, monkeypatch):
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path))
  monkeypatch.setattr(judges, 'STEPS', 3)
  source = data.make('digits')
  first = judges.classifier(source)
  path, = tmp_path.rglob('digits_classifier-*.npz')
  sound = path.read_bytes()
  path.write_bytes(sound[:len(sound) // 2])
  with pytest.warns(UserWarning, match='damaged'):
    again = judges.classifier(source)
  assert again.protocol == first.protocol
  monkeypatch.setattr(judges, 'fit', no_training)
  assert judges.classifier(source).protocol == first.protocol


def test_pictures_count_as_what_would_be_saved(use_cached):
  judge = judges.classifier(data.make('digits'))
  x = np.random.default_rng(0).uniform(-1, 1, (9, 8, 8, 1))
  saved = np.rint((x + 1) * 127.5).astype(np.uint8)
  np.testing.assert_array_equal(
      judge(x).probabilities, judge(saved).probabilities)
  with pytest.raises(ValueError, match='nan'):
    judge(np.full((2, 8, 8, 1), np.nan))


def test_judges_by_chunks_as_at_once(use_cached, monkeypatch):
  judge = judges.classifier(data.make('digits'))
  x = data.make('digits', split='test').batch(np.arange(50))['x']
  whole = judge(x)
  monkeypatch.setattr(judges, 'CHUNK', 16)
  parts = judge(x)
  np.testing.assert_allclose(
      parts.probabilities, whole.probabilities, atol=1e-6)
  assert parts.features.shape == whole.features.shape


def test_convolutions_from_16_pixels_on_of_any_shape():
  x = np.random.default_rng(0).integers(0, 256, (40, 17, 23, 3), np.uint8)
  weights = judges._initial(judges.Net(4), x, np.random.default_rng(0))
  # 9 x 12 squares, then 5 x 6, then 3 x 3.
  assert weights['Conv_1']['kernel'].shape == (3, 3, 32, 64)
  assert weights['Dense_0']['kernel'].shape == (3 * 3 * 64, 64)
  logits, features = judges._forward(judges.Net(4), {'params': weights}, x)
  assert logits.shape == (40, 4) and features.shape == (40, 64)
  assert np.isfinite(logits).all() and features.std() > .05


def test_distortion_moves_and_slants_whole_pixels(monkeypatch):
  x = np.arange(2 * 20 * 20).reshape(2, 20, 20, 1)
  monkeypatch.setattr(judges, 'SHIFT', 0)
  monkeypatch.setattr(judges, 'SLANT', 0.)
  np.testing.assert_array_equal(
      judges._distort(x, np.random.default_rng(0)), x)
  monkeypatch.setattr(judges, 'SHIFT', 2)
  moved = judges._distort(x, np.random.default_rng(0))
  by = np.random.default_rng(0).integers(-2, 3, (2, 2, 1, 1))[:, :, 0, 0]
  assert by.any()
  for out, picture, (down, right) in zip(moved, x, by, strict=True):
    inside = out[2:-2, 2:-2, 0]
    np.testing.assert_array_equal(
        inside, picture[2 + down:18 + down, 2 + right:18 + right, 0])
  monkeypatch.setattr(judges, 'SLANT', .2)
  slanted = judges._distort(x, np.random.default_rng(3))
  assert set(np.unique(slanted[0])) <= set(np.unique(x[0]))
  assert not np.array_equal(slanted, judges._distort(
      x, np.random.default_rng(4)))


def test_a_mixture_is_judged_by_its_density():
  source = data.make('grid25', n=4000, labels=True)
  judge = judges.classifier(source)
  batch = source.batch(np.arange(4000))
  p = judge(batch['x']).probabilities
  assert np.mean(p.argmax(1) == batch['y']) == 1
  np.testing.assert_allclose(p.sum(1), 1)
  # Half-way between two modes neither is likelier.
  np.testing.assert_allclose(
      np.sort(judge(np.array([(-4., -3.)])).probabilities[0])[-2:], .5)
  # Far from all of them nothing underflows.
  assert judge(np.array([(1e3, 1e3)])).probabilities.argmax() == 24


def test_data_that_cannot_be_judged_is_refused():
  with pytest.raises(errors.ConfigError, match='no labels'):
    judges.classifier(data.make('digits', labels=False))
  with pytest.raises(errors.ConfigError, match='pictures'):
    judges.classifier(data.arrays(np.zeros((9, 5)), np.arange(9) % 3))


@pytest.mark.slow
def test_knows_handwritten_digits_of_28_pixels(tmp_path, monkeypatch):
  monkeypatch.setenv('GANS_JAX_CACHE', str(tmp_path))
  judge = judges.classifier(data.make('mnist5k'))
  assert judge.protocol['heldout_n'] == 500
  assert judge.protocol['heldout_accuracy'] >= .97
