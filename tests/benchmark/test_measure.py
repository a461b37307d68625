"""Measurements of small configs, and the data that stands in for data."""

import jax
import numpy as np
import pytest

from configs import dcgan_64, gan_ring, wgan_gp_cifar10
from gans_jax import config as configs
from gans_jax import data, errors
from gans_jax.benchmark import measure
from gans_jax.benchmark.report import Measurement
from gans_jax.systems import gan


def test_measures_a_config():
  config = gan_ring.get_config('tiny')
  m = measure.measure(config, rounds=10, repeats=1)
  r = m.numbers
  assert r['batch'] == 32 and r['batches_a_round'] == 1
  assert r['parameters'] == {
      'g': 8 * 16 + 16 + 16 * 16 + 16 + 16 * 2 + 2,
      'd': 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1}
  speed, images = r['rounds_per_s']['median'], r['images_per_s']['median']
  assert images == pytest.approx(speed * 32)
  assert all(seconds > 0 for seconds in r['seconds'].values())
  # The batch is spread over the devices: gradients must be summed.
  assert r['collectives']['all-reduce']['count'] > 0
  assert r['memory']['program'] > 0 and r['memory']['process'] > 2 ** 20
  g, d = 8 * 16 + 16 * 16 + 16 * 2, 2 * 16 + 16 * 16 + 16
  # D: G, and D forward and back to its weights on two batches. G: both
  # forward, and back through D to G's weights. Nothing goes back to an input.
  d_step = g + 2 * (2 * d + d - 2 * 16)
  g_step = (g + d) + d + (2 * g - 8 * 16)
  assert r['counted']['flops'] == 2 * 32 * (d_step + g_step)
  assert r['counted']['unknown'] == 0
  assert r['overhead']['median'] > -1
  assert m.reached == (r['overhead']['median'] <= .05)
  assert 'target <= 5%' in str(m) and 'all-reduce' in str(m)


def test_random_pictures_stand_in_for_data_that_is_not_there():
  config = configs.plain(dcgan_64.get_config())
  config['data']['path'] = 'no/such/folder'
  with measure.with_data(config, 32) as (found, why):
    source = data.make(**found['data'])
    assert source.spec.shapes['x'] == (64, 64, 3) and 'no/such' in why
    assert found['data']['flip'] is True
    assert {k: v for k, v in found.items() if k != 'data'} == {
        k: v for k, v in config.items() if k != 'data'}
    x = source.batch(np.arange(4))['x']
    assert x.std() > .3 and -1 <= x.min() < x.max() <= 1
  config = configs.plain(wgan_gp_cifar10.get_config())
  config['data']['data_dir'] = 'no/such/folder'
  with measure.with_data(config, 16) as (found, why):
    spec = data.make(**found['data']).spec
    assert spec.shapes['x'] == (16, 16, 3) and spec.classes == 10


def test_data_that_is_there_is_used_and_mistakes_are_not_covered_up():
  with measure.with_data(gan_ring.get_config(), 32) as (found, why):
    assert found['data'] == {'name': 'ring8'} and not why
  for options in dict(name='ringg'), dict(name='ring8', flip=True):
    with pytest.raises(errors.ConfigError):
      with measure.with_data({'data': options}, 32):
        pass


def test_the_cache_is_off_within_no_cache_only():
  before = jax.config.jax_enable_compilation_cache
  with measure.no_cache():
    assert not jax.config.jax_enable_compilation_cache
  assert jax.config.jax_enable_compilation_cache == before


def test_no_loop_no_overhead():
  numbers = dict(overhead=None)
  assert Measurement(numbers).reached
  assert not Measurement(dict(overhead=dict(median=.06))).reached
  assert gan.build    # the system the config names is the one measured
