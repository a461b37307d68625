"""The reference implementations of the feature networks, and their taps.

Each is made without downloading anything and given weights that are filled by
our names: which tensor is which of ours, the converter tells, from a state
dict of numbered constants.
"""

import functools
import re

import lpips
import numpy as np
import pytorch_fid.inception
import timm
import torch
import torchvision
from timm.models import vision_transformer
from torch import nn

from gans_jax.eval.features import unpickle, weights, known
from gans_jax.nets.features import vgg
from tests.nets.features import feature_cases

CONVERT = {name: entry.convert for name, entry in known.KNOWN.items()}
IMAGENET = (.485, .456, .406), (.229, .224, .225)
CLIP = ((.48145466, .4578275, .40821073), (.26862954, .26130258, .27577711))


def scaled(x, mean, std):
  """Pictures [B, 3, H, W] in 0..255, normalised."""
  column = lambda v: torch.tensor(v, dtype=x.dtype)[:, None, None]
  return (x / 255 - column(mean)) / column(std)


class Reference:
  """A module, its tensors by their published names, and how it is run."""

  def __init__(self, module, run, tensors=None, finish=None):
    self.module, self.run = module.eval().double(), run
    self.tensors = tensors or (lambda: module.state_dict())
    self.finish = finish or (lambda tensors: None)

  def load(self, convert, flat):
    """Fills the module from our variables by path; checks the converter."""
    tensors = {k: v for k, v in self.tensors().items()
               if not k.endswith('num_batches_tracked')}
    order = list(tensors)
    numbered = convert({
        k: np.full(v.shape, i, np.float32) for i, (k, v) in enumerate(
            tensors.items())})
    assert numbered.keys() == flat.keys()
    for path, constant in numbered.items():
      tensor, x = tensors[order[int(constant.flat[0])]], flat[path]
      if path.endswith('kernel'):
        x = x.transpose(3, 2, 0, 1) if x.ndim == 4 else x.T
      with torch.no_grad():
        tensor.copy_(torch.tensor(x.reshape(tensor.shape)))
    back = convert({k: v.numpy() for k, v in tensors.items()})
    for path, x in flat.items():
      np.testing.assert_array_equal(back[path], x)
    self.finish(tensors)

  def taps(self, x):
    """Of pictures [B, H, W, 3] in 0..255: NumPy, channels last, by tap."""
    x = torch.tensor(x, dtype=torch.float64).permute(0, 3, 1, 2)
    with torch.no_grad():
      out = self.run(x)
    return {k: (v.permute(0, 2, 3, 1) if v.ndim == 4 else v).numpy()
            for k, v in out.items()}


def hooked(module, wanted, x):
  """Outputs of submodules, {tap: name}, in one pass."""
  out, handles = {}, []
  for tap, name in wanted.items():
    def keep(_, __, value, tap=tap):
      out[tap] = value.clone()
    handles.append(module.get_submodule(name).register_forward_hook(keep))
  module(x)
  for handle in handles:
    handle.remove()
  return out


def _spatial(h):
  return h[:, :7].permute(0, 2, 3, 1).flatten(1)


def fid_inception(monkeypatch):
  """pytorch-fid's, whose weights would come from the web."""
  inner = pytorch_fid.inception
  monkeypatch.setattr(inner, 'load_state_dict_from_url', lambda *a, **k: {})
  monkeypatch.setattr(torchvision.models.Inception3, 'load_state_dict',
                      lambda self, state: None)
  raw = inner.fid_inception_v3()
  monkeypatch.setattr(inner, 'fid_inception_v3', lambda: raw)
  net = inner.InceptionV3((0, 1, 2, 3), resize_input=False,
                          normalize_input=False)
  net.eval().double()

  def run(x):
    maps = {}
    handle = raw.Mixed_6d.branch1x1.register_forward_hook(
        lambda _, __, value: maps.update(spatial=value))
    pools = [h.mean((2, 3)) for h in net((x - 128) / 128)]
    handle.remove()
    logits = raw.fc(pools[3])
    return dict(zip(('pool_64', 'pool_192', 'pool_768', 'pool'), pools),
                logits=logits, logits_unbiased=logits - raw.fc.bias,
                spatial=_spatial(maps['spatial']))
  return Reference(raw, run)


def torchvision_inception():
  net = torchvision.models.inception_v3(weights=None, init_weights=False)
  def run(x):
    out = hooked(net, dict(
        pool_64='maxpool1', pool_192='maxpool2', pool_768='Mixed_6e',
        spatial='Mixed_6d.branch1x1', pool='avgpool', logits='fc'),
        x / 127.5 - 1)
    out = {k: v.mean((2, 3)) if 'pool' in k else v for k, v in out.items()}
    return {**out, 'spatial': _spatial(out['spatial']),
            'logits_unbiased': out['logits'] - net.fc.bias}
  return Reference(net, run)


def vgg16(size):
  net = torchvision.models.vgg16(weights=None, init_weights=False)
  if size != 224:
    net.avgpool = nn.Identity()
    net.classifier[0] = nn.Linear(512 * (size // 32) ** 2, 4096)
  wanted = dict(zip(vgg.MAPS, (f'features.{i}' for i in (3, 8, 15, 22, 29))),
                fc2='classifier.4', logits='classifier.6')
  return Reference(net, lambda x: hooked(net, wanted, scaled(x, *IMAGENET)))


def resnet50():
  net = torchvision.models.resnet50(weights=None)
  wanted = dict({f'map_{4 << i}': f'layer{i + 1}' for i in range(4)},
                pool='avgpool', logits='fc')
  def run(x):
    out = hooked(net, wanted, scaled(x, *IMAGENET))
    return {**out, 'pool': out['pool'].flatten(1)}
  return Reference(net, run)


def swin_t():
  net = torchvision.models.swin_t(weights=None)
  wanted = dict({f'map_{4 << i}': f'features.{2 * i + 1}' for i in range(4)},
                pool='avgpool', logits='head')
  def run(x):
    out = hooked(net, wanted, scaled(x, *IMAGENET))
    # Swin's own maps are channels last.
    return {k: v.flatten(1) if k == 'pool' else v.permute(0, 3, 1, 2)
            if v.ndim == 4 else v for k, v in out.items()}
  return Reference(net, run)


def torchvision_vit(net):
  def run(x):
    out = hooked(net, dict(tokens='encoder', logits='heads'),
                 scaled(x, *IMAGENET))
    tokens = out['tokens']
    return dict(pool=tokens[:, 0], tokens=tokens[:, 1:], logits=out['logits'])
  return Reference(net, run)


def timm_vit(net, clip=False, depth=12):
  """timm's; of CLIP by OpenAI's names, which timm renames itself."""
  def run(x):
    h = net.forward_features(scaled(x, *(CLIP if clip else IMAGENET)))
    out = dict(pool=h[:, 0], tokens=h[:, 1:])
    return dict(out, embedding=net.head(h[:, 0])) if clip else out
  if not clip:
    return Reference(net, run)
  theirs = net.state_dict()
  shapes = {'class_embedding': (net.embed_dim,),
            'positional_embedding': theirs['pos_embed'].shape[1:],
            'proj': theirs['head.weight'].shape[::-1],
            'conv1.weight': theirs['patch_embed.proj.weight'].shape}
  for ours, name in ('norm_pre', 'ln_pre'), ('norm', 'ln_post'):
    for what in 'weight', 'bias':
      shapes[f'{name}.{what}'] = theirs[f'{ours}.{what}'].shape
  for i in range(depth):
    for ours, name in (
        ('norm1.', 'ln_1.'), ('norm2.', 'ln_2.'), ('attn.qkv.',
         'attn.in_proj_'), ('attn.proj.', 'attn.out_proj.'),
        ('mlp.fc1.', 'mlp.c_fc.'), ('mlp.fc2.', 'mlp.c_proj.')):
      for what in 'weight', 'bias':
        shapes[f'transformer.resblocks.{i}.{name}{what}'] = theirs[
            f'blocks.{i}.{ours}{what}'].shape
  tensors = {f'visual.{k}': torch.zeros(*s) for k, s in shapes.items()}
  return Reference(net, run, lambda: tensors, lambda filled: (
      net.load_state_dict(vision_transformer._convert_openai_clip(filled, net))
  ))


def efficientnet():
  """timm's, whose layers come in the order of the published file's."""
  net = timm.create_model('tf_efficientnet_lite0', pretrained=False)
  path = weights._package_file('efficientnet_lite0',
                               known.KNOWN['efficientnet_lite0'])
  published = [k for k in unpickle.read_torch(path) if 'num_batches' not in k]
  def tensors():
    ours = {k: v for k, v in net.state_dict().items() if 'num_b' not in k}
    return dict(zip(published, ours.values(), strict=True))
  wanted = dict(map_4='blocks.1', map_8='blocks.2', map_16='blocks.4',
                map_32='blocks.6', pool='global_pool', logits='classifier')
  return Reference(net, lambda x: hooked(net, wanted, scaled(x, *IMAGENET)),
                   tensors)


def lpips_vgg():
  net = lpips.LPIPS(net='vgg', pretrained=False, pnet_rand=True,
                    verbose=False)
  def tensors():
    state = {re.sub(r'^net\.slice\d\.', 'features.', k): v
             for k, v in net.state_dict().items()}
    return {k: v for k, v in state.items()
            if k.startswith(('features.', 'lin')) and 'lins.' not in k}
  # The second against the first picture, and the same in noise.
  def run(x):
    x = x / 127.5 - 1
    return dict(distance=net(x, x.flip(0) * .5)[:, 0, 0, 0])
  return Reference(net, run, tensors)


def _small_timm(**fields):
  return vision_transformer.VisionTransformer(
      img_size=32, patch_size=8, embed_dim=32, depth=2, num_heads=4, **fields)


_CLIP = dict(pre_norm=True, act_layer='quick_gelu',
             norm_layer=functools.partial(nn.LayerNorm, eps=1e-5))


def small(name, monkeypatch):
  """The reference of a case of feature_cases.SMALL."""
  if name == 'inception':
    return fid_inception(monkeypatch)
  return dict(
      inception_torchvision=torchvision_inception,
      efficientnet_lite0=efficientnet,
      vgg16=lambda: vgg16(feature_cases.SMALL['vgg16'].size),
      resnet50=resnet50, swin_t=swin_t, lpips=lpips_vgg,
      vit=lambda: torchvision_vit(torchvision.models.VisionTransformer(
          32, 8, 2, 4, 32, 128, num_classes=10)),
      dino=lambda: timm_vit(_small_timm(num_classes=0)),
      dinov2=lambda: timm_vit(_small_timm(num_classes=0, init_values=1.)),
      clip=lambda: timm_vit(_small_timm(num_classes=16, **_CLIP), True, 2),
  )[name]()


def published(name, monkeypatch):
  """The reference of a network of known.KNOWN, as large as published."""
  make = functools.partial(timm.create_model, pretrained=False)
  if name == 'inception':
    return fid_inception(monkeypatch)
  return dict(
      inception_torchvision=torchvision_inception,
      efficientnet_lite0=efficientnet, vgg16=lambda: vgg16(224),
      resnet50=resnet50, swin_t=swin_t, lpips=lpips_vgg,
      vit_b16=lambda: torchvision_vit(torchvision.models.vit_b_16()),
      dino_s16=lambda: timm_vit(make('vit_small_patch16_224.dino')),
      dinov2_s14=lambda: timm_vit(make('vit_small_patch14_dinov2.lvd142m')),
      clip_b32=lambda: timm_vit(
          make('vit_base_patch32_clip_quickgelu_224.openai'), True),
  )[name]()
