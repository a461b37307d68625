"""Vision transformers: torchvision's, DINO's, DINOv2's and CLIP's.

Dosovitskiy et al. 2021 (arXiv:2010.11929); Caron et al. 2021
(arXiv:2104.14294); Oquab et al. 2024 (arXiv:2304.07193), whose blocks are
scaled; Radford et al. 2021 (arXiv:2103.00020), with a norm before the blocks,
x sigmoid(1.702 x) and a projection. One module; each family's tensors are
renamed to its layers.
"""

import math
from collections.abc import Mapping

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.nets.features import names
from gans_jax.nets.layers.conv import Conv

Array = jax.Array

TAPS = ('pool', 'tokens', 'logits', 'embedding')
IMAGENET = (255 * np.array([.485, .456, .406], np.float32),
            255 * np.array([.229, .224, .225], np.float32))
CLIP = (255 * np.array([.48145466, .4578275, .40821073], np.float32),
        255 * np.array([.26862954, .26130258, .27577711], np.float32))

# Tensors of each family -> layers here.
_BLOCK = r'blocks.\1.'
TORCHVISION = (
    (r'^conv_proj\.', 'patch.'), (r'^class_token$', 'cls'),
    (r'^encoder\.pos_embedding$', 'pos'),
    (r'^encoder\.layers\.encoder_layer_(\d+)\.', _BLOCK),
    (r'\.ln_(\d)\.', r'.norm\1.'), (r'self_attention\.in_proj_', 'qkv.'),
    (r'self_attention\.out_proj', 'proj'),
    (r'\.mlp\.(0|linear_1)\.', '.fc1.'), (r'\.mlp\.(3|linear_2)\.', '.fc2.'),
    (r'^encoder\.ln\.', 'norm.'), (r'^heads\.head\.', 'head.'))
DINO = (
    (r'^patch_embed\.proj\.', 'patch.'), (r'^cls_token$', 'cls'),
    (r'^pos_embed$', 'pos'), (r'\.attn\.', '.'), (r'\.mlp\.', '.'),
    (r'\.ls(\d)\.gamma$', r'.ls\1'))
OPENAI = (
    (r'^visual\.', ''), (r'^conv1\.', 'patch.'), (r'^class_embedding$', 'cls'),
    (r'^positional_embedding$', 'pos'), (r'^ln_pre\.', 'before.'),
    (r'^ln_post\.', 'norm.'),
    (r'^transformer\.resblocks\.(\d+)\.', _BLOCK),
    (r'\.ln_(\d)\.', r'.norm\1.'), (r'\.attn\.in_proj_', '.qkv.'),
    (r'\.attn\.out_proj', '.proj'), (r'\.mlp\.c_fc\.', '.fc1.'),
    (r'\.mlp\.c_proj\.', '.fc2.'), (r'^proj$', 'projection'))


class ViT(nn.Module):
  """Pictures in 0..255 to taps.

  `pool` [B, width] is the class token after the last norm, `tokens`
  [B, h w, width] the others; `logits` with a head, `embedding` with a
  projection.

  Attributes:
    size: pixels of a side.
    patch: pixels of a patch's side.
    width: of a token.
    depth: blocks.
    heads: of attention.
    classes: of the head; 0 for none.
    embed: dimensions of CLIP's projection; 0 for none.
    clip: CLIP's norm before the blocks, activation and normalisation, and
      patches without a bias.
    scaled: DINOv2's scales of the residual branches.
    epsilon: of the norms.
  """

  size: int = 224
  patch: int = 16
  width: int = 768
  depth: int = 12
  heads: int = 12
  classes: int = 0
  embed: int = 0
  clip: bool = False
  scaled: bool = False
  epsilon: float = 1e-6

  @nn.compact
  def __call__(self, x: Array) -> dict[str, Array]:
    """float32 [B, size, size, 3] in 0..255 -> taps."""
    mean, std = CLIP if self.clip else IMAGENET
    norm = lambda name: nn.LayerNorm(epsilon=self.epsilon, name=name)
    h = Conv(self.width, (self.patch,) * 2, self.patch, 'VALID',
             use_bias=not self.clip, name='patch')((x - mean) / std)
    h = h.reshape(h.shape[0], -1, self.width)
    start = (self.width,) if self.clip else (1, 1, self.width)
    cls = self.param('cls', nn.initializers.zeros, start)
    cls = jnp.broadcast_to(cls.reshape(1, 1, -1), (len(h), 1, self.width))
    h = jnp.concatenate([cls, h], 1)
    shape = h.shape[1:] if self.clip else (1, *h.shape[1:])
    h = h + self.param('pos', nn.initializers.normal(.02), shape)
    if self.clip:
      h = norm('before')(h)
    for i in range(self.depth):
      h = self._block(h, f'blocks.{i}.', norm)
    h = norm('norm')(h)
    taps = dict(pool=h[:, 0], tokens=h[:, 1:])
    if self.classes:
      taps['logits'] = nn.Dense(self.classes, name='head')(h[:, 0])
    if self.embed:
      projection = self.param('projection', nn.initializers.normal(.02),
                              (self.width, self.embed))
      taps['embedding'] = h[:, 0] @ projection
    return taps

  def _block(self, h, name, norm):
    def scale(x, i):
      if not self.scaled:
        return x
      return x * self.param(f'{name}ls{i}', nn.initializers.ones,
                            (self.width,))

    a = nn.Dense(3 * self.width, name=f'{name}qkv')(norm(f'{name}norm1')(h))
    a = a.reshape(*a.shape[:2], 3, self.heads, -1)
    q, k, v = (a[:, :, i] for i in range(3))       # [B, N, heads, d]
    weights = nn.softmax(jnp.einsum('bnhd,bmhd->bhnm', q, k)
                         / math.sqrt(q.shape[-1]))
    a = jnp.einsum('bhnm,bmhd->bnhd', weights, v).reshape(h.shape)
    h = h + scale(nn.Dense(self.width, name=f'{name}proj')(a), 1)
    m = nn.Dense(4 * self.width, name=f'{name}fc1')(norm(f'{name}norm2')(h))
    m = m * nn.sigmoid(1.702 * m) if self.clip else nn.gelu(
        m, approximate=False)
    return h + scale(nn.Dense(self.width, name=f'{name}fc2')(m), 2)


def vit_b16() -> ViT:
  """torchvision's vit_b_16: 86,567,656 parameters."""
  return ViT(classes=1000)


def dino_s16() -> ViT:
  """DINO's ViT-S/16."""
  return ViT(width=384, heads=6)


def dino_b16() -> ViT:
  """DINO's ViT-B/16."""
  return ViT()


def dinov2_s14() -> ViT:
  """DINOv2's ViT-S/14, at the 518 pixels of its positions."""
  return ViT(size=518, patch=14, width=384, heads=6, scaled=True)


def dinov2_b14() -> ViT:
  """DINOv2's ViT-B/14."""
  return ViT(size=518, patch=14, scaled=True)


def dinov2_l14() -> ViT:
  """DINOv2's ViT-L/14, of FD-DINOv2 (Stein et al. 2023)."""
  return ViT(size=518, patch=14, width=1024, depth=24, heads=16, scaled=True)


def clip_b32() -> ViT:
  """CLIP's ViT-B/32, of CLIP-FID (Kynkäänniemi et al. 2023)."""
  return ViT(patch=32, embed=512, clip=True, epsilon=1e-5)


def clip_l14() -> ViT:
  """CLIP's ViT-L/14."""
  return ViT(patch=14, width=1024, depth=24, heads=16, embed=768, clip=True,
             epsilon=1e-5)


def convert(net: ViT, state: Mapping[str, np.ndarray]
            ) -> dict[str, np.ndarray]:
  """Variables of a state dict of torchvision, DINO(v2) or CLIP.

  Of CLIP the text's half is left out.
  """
  ignore = (r'^mask_token$',)
  if net.clip:
    state = {k: v for k, v in state.items() if k.startswith('visual.')} or state
    rename = OPENAI
  else:
    rename = TORCHVISION if 'conv_proj.weight' in state else DINO
  return names.convert(net, net.size, state, rename, ignore)
