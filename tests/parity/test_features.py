"""Feature networks beside the reference implementations, on equal weights."""

import numpy as np
import pytest

from gans_jax.eval.features import known
from tests.nets.features import feature_cases
from tests.nets.features import test_feature_nets as recorded
from tests.parity import torch_features

PUBLISHED = ('inception', 'inception_torchvision', 'efficientnet_lite0',
             'vgg16', 'resnet50', 'swin_t', 'vit_b16', 'dino_s16',
             'dinov2_s14', 'clip_b32', 'lpips')


def both(net, size, reference, convert):
  """(ours, theirs) on two pictures, by tap."""
  flat = feature_cases.variables(net, size)
  reference.load(convert, flat)
  x = feature_cases.pictures(size)
  theirs = reference.taps(x)
  return feature_cases.run(net, flat, x), theirs


def agree(name, found, expected):
  """Errors are in units of what tells the two pictures apart."""
  assert found.keys() == expected.keys()
  worst = 0.
  for tap, x in expected.items():
    assert found[tap].shape == x.shape, tap
    gap = np.abs(x[1] - x[0]).max()
    assert gap > 1e-3 * np.abs(x).max(), f'{tap} does not see the picture'
    error = np.abs(found[tap] - x).max() / gap
    worst = max(worst, error)
    assert error < 1e-4, (tap, error)
  print(f'{name}: {worst:.1e}')


@pytest.mark.parametrize('name', PUBLISHED)
def test_as_published(name, monkeypatch):
  """At full size, through the converters of the published files."""
  entry = known.KNOWN[name]
  agree(name, *both(entry.factory(), entry.size,
                    torch_features.published(name, monkeypatch),
                    entry.convert))


@pytest.mark.parametrize('name', feature_cases.SMALL)
def test_small(name, monkeypatch):
  """The constants of the fast suite."""
  net, size = feature_cases.SMALL[name]
  found, expected = both(
      net, size, torch_features.small(name, monkeypatch),
      feature_cases.converter(name))
  agree(name, found, expected)
  numbers = feature_cases.summary(expected)
  for tap, values in numbers.items():
    print(f"        {tap}=({', '.join(f'{v:.8g}' for v in values)}),")
  for tap, values in recorded.RECORDED[name].items():
    np.testing.assert_allclose(numbers[tap], values, rtol=1e-5)
