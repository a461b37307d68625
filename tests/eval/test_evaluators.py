import json
import math

import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax.eval import evaluators


@pytest.fixture
def digits(use_cached):
  """The evaluator of the 8x8 digits."""
  return evaluators.make('classifier', data.make('digits'), n=500)


def drawn(source, labels=True):
  """A generator that is the data."""
  def draw(n):
    batch = source.batch(np.arange(n))
    return batch if labels else dict(x=batch['x'])
  return draw


FD = 'fd_digits_classifier'


def test_real_pictures_score_well(digits):
  found = digits(drawn(data.make('digits', split='test')))
  assert found['label_entropy'] > 2.29
  assert found['confidence'] > .95
  assert found['cls_agree'] == digits.protocol['heldout_accuracy']
  # The held-out pictures are what the floor is made of.
  assert found[FD] == pytest.approx(found[f'{FD}_floor'], rel=1e-9)
  assert found[f'{FD}_ratio'] == pytest.approx(1, rel=1e-9)
  assert all(type(v) is float for v in found.values())


def test_collapse_noise_and_wrong_labels_score_badly(digits):
  source = data.make('digits', split='test')
  real = digits(drawn(source))
  one = source.batch(np.zeros(500, int))
  collapsed = digits(lambda n: one)
  assert collapsed['label_entropy'] == 0
  assert collapsed['confidence'] > .9
  assert collapsed[f'{FD}_ratio'] > 20

  rng = np.random.default_rng(0)
  noise = digits(lambda n: dict(x=rng.uniform(-1, 1, (n, 8, 8, 1))))
  assert noise[f'{FD}_ratio'] > 20
  assert noise['confidence'] < real['confidence'] - .05
  assert 'cls_agree' not in noise

  batch = source.batch(np.arange(500))
  shifted = digits(lambda n: dict(batch, y=(batch['y'] + 1) % 10))
  assert shifted['cls_agree'] < .05
  assert shifted[FD] == real[FD]
  one_hot = digits(lambda n: dict(batch, y=np.eye(10)[batch['y']]))
  assert one_hot == real


def test_half_of_the_classes_have_the_entropy_of_half(digits):
  source = data.make('digits')
  y = source.batch(np.arange(len(source)))['y']
  rows = np.concatenate([np.flatnonzero(y == k)[:100] for k in range(5)])
  found = digits(lambda n: source.batch(rows))
  assert found['label_entropy'] == pytest.approx(math.log(5), abs=.05)


def test_a_number_carries_its_protocol(digits):
  assert digits.protocol == json.loads(json.dumps(digits.protocol))
  want = dict(data='digits', split='train', n_fake=500, n_real=1297,
              extractor='digits_classifier', heldout='test', heldout_n=500,
              classifier_seed=0, resize='none', quantised='uint8')
  assert want.items() <= digits.protocol.items()
  assert len(digits.protocol['weights_sha256']) == 64
  assert {'jax', 'numpy'} <= digits.protocol['versions'].keys()

  class Draw:
    protocol = dict(ema=False)
  assert digits.stamp(Draw()) == {**digits.protocol, 'ema': False}
  assert digits.stamp(lambda n: None) == digits.protocol


def test_modes_of_the_data_and_of_less():
  source = data.make('ring8', n=2500)
  evaluator = evaluators.make('modes', source)
  found = evaluator(drawn(source))
  assert (found['modes'], found['modes_20']) == (8, 8)
  assert found['hq'] == pytest.approx(1 - math.exp(-4.5), abs=.006)
  assert 0 <= found['reverse_kl'] < .01
  point = evaluator(lambda n: dict(x=np.tile(source.spec.centres[0], (n, 1))))
  assert point == dict(modes=1, modes_20=1, hq=1,
                       reverse_kl=pytest.approx(math.log(8)))
  far = evaluator(lambda n: dict(x=np.zeros((n, 2))))
  assert (far['modes'], far['hq']) == (0, 0) and math.isnan(far['reverse_kl'])
  assert evaluator.protocol['n_fake'] == 2500
  assert (evaluator.protocol['centres'], evaluator.protocol['std']) == (8, .1)
  assert json.dumps(evaluator.protocol)


def test_a_labelled_mixture_needs_no_training():
  source = data.make('ring8', n=400, labels=True)
  found = evaluators.make('classifier', source, n=400)(drawn(source))
  assert {k for k in found if not k.endswith(('_low', '_high'))} == {
      'label_entropy', 'confidence', 'cls_agree'}
  assert found['confidence_low'] <= found['confidence'] <= found[
      'confidence_high']
  assert found['cls_agree'] == 1
  assert found['confidence'] > .999
  assert found['label_entropy'] == pytest.approx(math.log(8), abs=.03)


def test_too_few_samples_are_no_score(digits):
  with pytest.raises(ValueError, match='needs 500 samples.* 499'):
    digits(lambda n: data.make('digits').batch(np.arange(499)))
  with pytest.raises(ValueError, match='nan'):
    digits(lambda n: dict(x=np.full((n, 8, 8, 1), np.nan)))


def test_what_the_user_gets_wrong_is_said():
  ring, digits = data.make('ring8', n=100), data.make('digits', labels=False)
  with pytest.raises(errors.ConfigError, match="'mode'.*Did you mean 'modes'"):
    evaluators.make('mode', ring)
  with pytest.raises(errors.ConfigError, match="'m'.*Allowed: n$"):
    evaluators.make('modes', ring, m=5)
  with pytest.raises(errors.ConfigError, match='2 samples'):
    evaluators.make('modes', ring, n=1)
  with pytest.raises(errors.ConfigError, match='mixture.*digits'):
    evaluators.make('modes', digits)
  with pytest.raises(errors.ConfigError, match='no labels'):
    evaluators.make('classifier', digits)
