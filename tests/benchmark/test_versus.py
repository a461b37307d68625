"""Comparisons at widths that say nothing about speed, only that they run."""

import importlib.util

import jax
import numpy as np
import pytest

from configs import gan_ring
from gans_jax import config as configs
from gans_jax import errors
from gans_jax.benchmark import versus
from gans_jax.benchmark.flax_convs import flax_convolutions

TINY = dict(repeats=2, seconds=1e-9)


def test_against_flax():
  result, = versus.compare(
      'flax', ['dcgan64'], batch=8, width=4, size=8, **TINY)
  assert list(result.speeds) == ['gans_jax', 'flax.linen']
  assert list(result.ratios) == ['flax.linen'] and result.target == 4.
  assert result.reached == (result.ratios['flax.linen'].medians >= 4.)
  text = str(result)
  assert 'target >= 4x' in text and ('MISSED' in text) != result.reached
  assert result.json['speeds']['gans_jax']['median'] > 0


def test_resampling_is_what_ours_saves():
  setup = versus.sn32()
  ours = versus.work(setup).flops
  with flax_convolutions():
    theirs = versus.work(setup).flops
  assert 1.6 < theirs / ours < 1.9
  setup = versus.dcgan64()
  ours = versus.work(setup).flops
  with flax_convolutions():
    assert versus.work(setup).flops == ours


def test_ours_trains():
  ours = versus.Ours(versus.ring(batch=8, width=4, rounds=3))
  before = jax.device_get(ours.state.params)
  ours.play()
  assert int(ours.state.step) == 3
  for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(ours.state.params),
                  strict=True):
    assert np.isfinite(b).all() and (a != b).any()
  assert ours.side('x').work == 3 * 8


def test_seeds(monkeypatch):
  monkeypatch.setattr(versus, 'SEEDS', 8)
  result, = versus.compare('seeds', width=8, rounds=2, **TINY)
  assert len(result.ratios) >= 1
  assert all(r.medians > 0 for r in result.ratios.values())
  assert result.unit == 'rounds/s of a seed'


def test_the_ring_is_that_of_its_config():
  setup, c = versus.ring(), configs.plain(gan_ring.get_config())
  model = c['model']
  assert (setup.batch, setup.rounds) == (c['batch'], c['rounds'])
  assert c['data'] == {'name': 'ring8'} and model['z'] == 8
  assert model['nets'] == dict(name='mlp', hidden=[128, 128])
  assert model['g_optim'] == model['d_optim'] == dict(
      name='adam', lr=1e-3, b1=.5)
  assert model['objective'] == 'non_saturating'


def test_unknown_names():
  for against, nets in ('keras', ['ring']), ('flax', ['ringg']):
    with pytest.raises(errors.ConfigError):
      next(versus.compare(against, nets))


needs_torch = pytest.mark.skipif(
    importlib.util.find_spec('torch') is None, reason='the extra [parity]')


def test_torch_that_is_missing_is_one_clear_error():
  if importlib.util.find_spec('torch') is None:
    with pytest.raises(errors.ConfigError, match='parity'):
      next(versus.compare('torch', ['ring']))


@needs_torch
@pytest.mark.parametrize('nets', versus.SETUPS)
def test_against_torch(nets):
  options = dict(rounds=2) if nets == 'ring' else dict(size=8)
  result, = versus.compare('torch', [nets], batch=4, width=8, **options, **TINY)
  (name, ratio), = result.ratios.items()
  assert name.startswith('PyTorch') and ratio.pairs.min > 0
  assert result.speeds[name].min > 0


@needs_torch
def test_torch_trains_what_it_owns():
  import torch

  from gans_jax.benchmark import torch_side
  g, d = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
  before = [[p.clone() for p in m.parameters()] for m in (g, d)]
  one = torch_side.trainer(
      g, d, torch_side.WASSERSTEIN, lambda n: torch.randn(n, 3), True,
      torch.randn(16, 2), 4, 1e-2, (.5, .9))
  first, second = one()
  assert np.isfinite([first, second]).all()
  for m, old in zip((g, d), before, strict=True):
    assert not torch.equal(m.weight, old[0])
