"""Taps of feature networks, as the references found them in float64.

`tests/parity/test_features.py` computes the numbers anew: of two pictures, how
far their features are apart, and that difference along fixed weights.
"""

import numpy as np
import pytest

from gans_jax.errors import ConfigError
from gans_jax.eval.features.known import KNOWN
from gans_jax.nets.features import inception, lpips, names, swin, vgg, vit
from gans_jax.nets.layers import windows
from tests.nets.features import feature_cases
from tests.nets.filled import draw, quick

RECORDED = {
    'inception': dict(
        pool_64=(0.9197691, 0.6171186), pool_192=(2.661312, 1.03851),
        pool_768=(1.461553, 2.379774), pool=(3.12398, -2.455924),
        logits=(2.96317, -2.19304), logits_unbiased=(2.96317, -2.19304),
        spatial=(3.039081, 0.08931868)),
    'inception_torchvision': dict(
        pool_64=(0.7575857, -0.7113323), pool_192=(2.40744, -0.291917),
        spatial=(1.007195, 0.1346619), pool_768=(0.5955844, -0.262222),
        pool=(0.8200782, -0.5802993), logits=(0.7885409, 1.21989),
        logits_unbiased=(0.7885409, 1.21989)),
    'efficientnet_lite0': dict(
        map_4=(110.4352, 6.474503), map_8=(84.51016, -102.5461),
        map_16=(74.63918, -152.7903), map_32=(49.66925, 19.42077),
        pool=(25.91982, -11.78052), logits=(32.93888, -14.70397)),
    'vgg16': dict(
        relu1_2=(304.4494, -426.5201), relu2_2=(203.3107, -48.23054),
        relu3_3=(104.3329, 2.019329), relu4_3=(45.41206, -11.43618),
        relu5_3=(7.291948, 1.752444), fc2=(13.28167, -7.791308),
        logits=(9.251684, -11.41578)),
    'resnet50': dict(
        map_4=(608.722, -85.55528), map_8=(1571.215, 230.0132),
        map_16=(7282.479, -408.0684), map_32=(13503.9, -15003.3),
        pool=(3422.9, -3550.675), logits=(3393.035, -243.1662)),
    'swin_t': dict(
        map_4=(507.9241, 122.5824), map_8=(318.5568, -68.86529),
        map_16=(258.9292, -64.70517), map_32=(105.2611, 48.4052),
        pool=(14.34406, 0.1576304), logits=(23.31541, -23.93559)),
    'vit': dict(
        pool=(5.202557, 3.745114), tokens=(30.09104, 3.732131),
        logits=(3.179889, -3.401901)),
    'dino': dict(
        pool=(5.202557, 3.745114), tokens=(30.09104, 3.732131)),
    'dinov2': dict(
        pool=(5.301689, 3.241065), tokens=(30.37535, 5.929559)),
    'clip': dict(
        pool=(4.244033, 4.505441), tokens=(28.10857, -8.009187),
        embedding=(3.348176, 1.080537)),
    'lpips': dict(
        distance=(0.01836787, 0.01836787)),
}
# As published; DINOv2 without the token of masked patches.
PARAMETERS = {
    'efficientnet_lite0': 4_652_008, 'vgg16': 138_357_544,
    'hed_vgg16': 14_714_688, 'resnet50': 25_557_032, 'swin_t': 28_288_354,
    'vit_b16': 86_567_656, 'dino_s16': 21_665_664, 'dino_b16': 85_798_656,
    'dinov2_s14': 22_056_192, 'dinov2_b14': 86_579_712,
    'dinov2_l14': 304_367_616, 'inception_torchvision': 23_834_568,
    'lpips': 14_714_688 + 1_472}


@pytest.mark.parametrize('name', RECORDED)
def test_taps(name):
  net, size = feature_cases.SMALL[name]
  flat = feature_cases.variables(net, size)
  out = feature_cases.run(net, flat, feature_cases.pictures(size))
  found = feature_cases.summary(out)
  assert found.keys() == RECORDED[name].keys()
  for tap, (length, slope) in RECORDED[name].items():
    np.testing.assert_allclose(found[tap], (length, slope), rtol=0,
                               atol=1e-4 * length, err_msg=tap)
  if 'logits_unbiased' in out:
    np.testing.assert_allclose(
        out['logits'] - out['logits_unbiased'],
        np.tile(flat['params/fc/bias'], (2, 1)), atol=1e-5)


@pytest.mark.parametrize('name', PARAMETERS)
def test_sizes_of_the_published(name):
  net = KNOWN[name].factory()
  shapes = names.shapes(net, KNOWN[name].size)
  found = sum(int(np.prod(s)) for k, s in shapes.items()
              if k.startswith('params/'))
  assert found == PARAMETERS[name]


def state(net, size):
  """A state dict in PyTorch's layout, of layers with our names."""
  out = {}
  for path, x in feature_cases.variables(net, size).items():
    layer, kind = path.split('/')[-2:]
    if kind == 'kernel':
      x = x.transpose(3, 2, 0, 1) if x.ndim == 4 else x.T
    what = dict(kernel='weight', scale='weight', mean='running_mean',
                var='running_var').get(kind, kind)
    out[what if layer == 'params' else f'{layer}.{what}'] = x
  return out


def test_conversion_by_name():
  net, size = feature_cases.SMALL['dino']
  theirs = state(net, size)
  found = names.convert(net, size, theirs)
  for path, x in feature_cases.variables(net, size).items():
    np.testing.assert_array_equal(found[path], x)
  half = {k: v.astype(np.float16) for k, v in theirs.items()}
  assert all(v.dtype == np.float32
             for v in names.convert(net, size, half).values())
  less = dict(theirs)
  less.pop('blocks.1.fc1.weight')
  with pytest.raises(ConfigError, match='1 tensors are missing.*blocks.1.fc1'):
    names.convert(net, size, less)
  with pytest.raises(ConfigError, match="'extra.weight' has no place"):
    names.convert(net, size, {**theirs, 'extra.weight': np.zeros(3)})
  assert names.convert(net, size, {**theirs, 'extra.weight': np.zeros(3)},
                       ignore=('^extra',)).keys() == found.keys()
  with pytest.raises(ConfigError, match=r"'patch.weight' is \[8, 8, 3, 31\]"):
    names.convert(net, size, {
        **theirs, 'patch.weight': theirs['patch.weight'][:31]})


def test_lpips_is_a_distance():
  """Zero of equals, symmetric, not negative; heads weigh the channels."""
  net, size = lpips.LPIPS(), 16
  flat = feature_cases.variables(net, size)
  a, b = feature_cases.pictures(size), feature_cases.pictures(size)[::-1]
  run = lambda v, a, b: (net.apply(v, a, b), net.apply(v, b, a),
                         net.apply(v, a, a))
  ab, ba, aa = quick(run, feature_cases.nested(flat), a, b)
  assert (ab > 0).all() and not aa.any()
  np.testing.assert_allclose(ab, ba, rtol=1e-5)
  with pytest.raises(ConfigError, match='lin0.model.1.weight'):
    lpips.convert(net, state(vgg.trunk(), 224), {})


def test_unit_length():
  x = draw(2, 3, 3, 5)
  np.testing.assert_allclose(
      np.linalg.norm(quick(vgg.unit, x), axis=-1), 1, rtol=1e-5)


def test_inception_refuses():
  with pytest.raises(ConfigError, match='75 pixels or more'):
    names.shapes(inception.fid(), 74)
  with pytest.raises(ConfigError, match='scale is one of tf, pytorch'):
    names.shapes(inception.Inception(scale='caffe'), 75)


def test_pooling_at_the_border():
  """A mean of ones is one if the border's zeros don't count."""
  ones = np.ones((1, 4, 4, 1), np.float32)
  inside = quick(lambda x: inception._pool('inside', x), ones)
  np.testing.assert_allclose(inside, 1)
  mean = quick(lambda x: inception._pool('mean', x), ones)[0, :, :, 0]
  np.testing.assert_allclose(mean[0], [4 / 9, 6 / 9, 6 / 9, 4 / 9], rtol=1e-6)


def test_windows_of_swin():
  """Positions by hand: the mask parts what was rolled over the border."""
  index = windows.relative_index(7)
  assert index.shape == (49, 49) and len(np.unique(index)) == 169
  assert (np.diag(index) == index[0, 0]).all()
  mask = swin._mask(14, 7, 3)
  assert mask.shape == (2, 49, 49)
  row = np.arange(49) // 7
  apart = (row[:, None] < 4) != (row < 4)
  np.testing.assert_array_equal(mask[1] < 0, apart | (
      (np.arange(49) % 7 < 4)[:, None] != (np.arange(49) % 7 < 4)))


def test_clip_needs_its_visual_half_alone():
  net, _ = feature_cases.SMALL['clip']
  with pytest.raises(ConfigError, match='visual.other'):
    vit.convert(net, {'visual.other': np.zeros(2), 'text.x': np.zeros(2)})
