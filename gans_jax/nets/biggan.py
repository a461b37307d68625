"""BigGAN's generator, its widths, and its discriminator.

Brock, Donahue and Simonyan 2019 (arXiv:1809.11096), appendix B, figure 15 and
tables 4 to 6. The residual blocks are SN-GAN's; what is new is how they are
told what to make:

- One embedding of the label is shared by all blocks. Each BatchNorm has the
  gain 1 + W c and the bias V c of its block's code c.
- z is cut into one chunk more than there are blocks. The first makes the
  smallest picture; block i has the code (chunk i + 1, embedding), in this
  order, as in the paper's figure. BigGAN-PyTorch has the embedding first: the
  same net with the rows of W and V in another order.
- All kernels are orthogonal at first and spectrally normalised, those of W and
  V too, the embedding's not.
"""

from collections.abc import Sequence
import functools
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError
from gans_jax.nets import resnet
from gans_jax.nets.layers import ends
from gans_jax.nets.layers.attention import SelfAttention
from gans_jax.nets.layers.conv import Conv
from gans_jax.nets.layers.ends import Init
from gans_jax.nets.layers.norm import ConditionalBatchNorm, norm

Array = jax.Array

ORTHOGONAL = ends.orthogonal()
# The name of the shared embedding: orthogonal regularisation leaves it alone.
SHARED = 'shared'
EPSILON = 1e-6    # of the spectral norms, as BigGAN-PyTorch's launch scripts

# In units of `width`, by how often a picture can be halved, to 4 to 7 pixels:
# those of G's pictures from the smallest to the largest ...
G_WIDTHS = {1: (4, 4), 2: (4, 4, 4), 3: (4, 4, 4, 4), 4: (16, 16, 8, 4, 2),
            5: (16, 16, 8, 4, 2, 1), 6: (16, 16, 8, 8, 4, 2, 1),
            7: (16, 16, 8, 8, 4, 2, 1, 1)}
# ... and of D's blocks. 64, 128, 256 and 512 px are the paper's and 32 px
# BigGAN-PyTorch's; smaller ones go on like 32.
D_WIDTHS = {1: (4, 4), 2: (4, 4, 4), 3: (4, 4, 4, 4), 4: (1, 2, 4, 8, 16),
            5: (1, 2, 4, 8, 16, 16), 6: (1, 2, 4, 8, 8, 16, 16),
            7: (1, 1, 2, 4, 8, 8, 16, 16)}


def schedule(width: int | Sequence[int], table: dict[int, tuple[int, ...]],
             shape: Sequence[int], net: str) -> tuple[tuple[int, ...], int]:
  """Widths, and the size of the smallest picture.

  Args:
    width: the unit, or the widths themselves, as many as the table has.
    table: G_WIDTHS or D_WIDTHS.
    shape: [H, W, ...] of the picture.
    net: its name, for errors.

  Raises:
    ConfigError: another size, or another number of widths.
  """
  times, small = ends.halvings(shape, net, resnet.SMALLEST)
  if times not in table:
    raise ConfigError(f'{net} takes pictures of up to {small << max(table)} '
                      f'pixels here, not {shape[0]}')
  units = table[times]
  if isinstance(width, int):
    return tuple(width * unit for unit in units), small
  return resnet.each_width(width, len(units), net, shape), small


def downs(shape: Sequence[int], net: str) -> int:
  """How often D halves a picture [H, W, ...].

  To 4 to 7 pixels; to 8 to 15, as SN-GAN's D, if that takes three times or
  less.
  """
  times, _ = ends.halvings(shape, net, resnet.SMALLEST)
  return times if times > 3 else times - 1


def embed(y: Array | None, width: int, init: Init, dtype: Any
          ) -> Array | None:
  """The shared embedding of labels, inside a compact module.

  Args:
    y: one-hot [B, K], or a mixture of labels; None: no labels.
    width: of the embedding; 0: y itself.
    init: initialiser of the table.
    dtype: of the result.

  Returns:
    [B, width], y, or None.
  """
  if y is None or not width:
    return y
  return nn.Dense(width, use_bias=False, kernel_init=init, dtype=dtype,
                  name=SHARED)(y)


def codes(z: Array, label: Array | None, blocks: int
          ) -> tuple[Array, list[Array]]:
  """Hierarchical latents: what begins, and the code of each block.

  Args:
    z: [B, Z], Z a multiple of blocks + 1.
    label: [B, E] or None.
    blocks: how many.

  Returns:
    (first chunk [B, Z / (blocks + 1)], of each block (its chunk, label)).

  Raises:
    ConfigError: z can't be cut into as many chunks.
  """
  chunk, left = divmod(z.shape[-1], blocks + 1)
  if left or not chunk:
    near = sorted({max(chunk, 1) * (blocks + 1), (chunk + 1) * (blocks + 1)})
    raise ConfigError(
        f'BigGAN with {blocks} blocks cuts z into {blocks + 1} equal chunks, '
        f'and z={z.shape[-1]} is no multiple of that: set z to '
        f'{" or ".join(map(str, near))}, or hierarchical=False')
  first, *rest = jnp.split(z, blocks + 1, -1)
  join = lambda c: c if label is None else jnp.concatenate(
      [c, label.astype(c.dtype)], -1)
  return first, [join(c) for c in rest]


class Generator(nn.Module):
  """z and a label to a picture.

  Attributes:
    shape: [H, W, C] of a picture; square, of 4 to 7 times a power of 2.
    width: ch, the unit of the widths of G_WIDTHS; or the widths themselves,
      from the smallest picture to the largest.
    shared: of the labels' embedding; 0: each BatchNorm has a table of its own,
      not spectrally normalised, as BigGAN-PyTorch's experiment on CIFAR-10.
    hierarchical: z in chunks; else all of it makes the smallest picture.
    spectral: whether kernels are spectrally normalised; the vectors move in
      G's own steps.
    attention: size of the picture after whose block there is self-attention;
      None for none. The paper has 64.
    kernel_init: of all kernels.
    eps: of the spectral normalisation.
    out: 'tanh', 'sigmoid' or None.
    dtype: what to compute in; parameters are float32.
  """

  shape: Sequence[int] = (128, 128, 3)
  width: int | Sequence[int] = 96
  shared: int = 128
  hierarchical: bool = True
  spectral: bool = True
  attention: int | None = None
  kernel_init: Init = ORTHOGONAL
  eps: float = EPSILON
  out: str | None = 'tanh'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: Array, y: Array | None = None, *, train: bool
               ) -> Array:
    """[B, Z] and one-hot [B, K] or None -> [B, H, W, C].

    y may mix labels. Without any the codes are the chunks of z alone.
    """
    net = 'the BigGAN generator'
    widths, small = schedule(self.width, G_WIDTHS, self.shape, net)
    resnet.check_attention(
        self.attention, [small << i for i in range(1, len(widths))], net)
    common = dict(kernel_init=self.kernel_init, dtype=self.dtype)
    run = lambda layer, h: resnet.run(layer, h, self.spectral, train, self.eps)

    label = embed(y, self.shared, self.kernel_init, self.dtype)
    if self.hierarchical:
      h, each = codes(z, label, len(widths) - 1)
    else:
      h, each = z, [label] * (len(widths) - 1)
    # Tables of one-hot labels are embeddings.
    mapped = self.spectral and (y is None or self.shared > 0)
    by_label = functools.partial(
        ConditionalBatchNorm, kernel_init=self.kernel_init, spectral=mapped,
        eps=self.eps)

    h = run(nn.Dense(small * small * widths[0], **common), h)
    h = h.reshape(-1, small, small, widths[0])
    for width, code in zip(widths[1:], each):
      h = resnet.UpBlock(width, spectral=self.spectral, by_label=by_label,
                         eps=self.eps, **common)(h, code, train=train)
      if h.shape[1] == self.attention:
        h = SelfAttention(self.spectral, pool=True, eps=self.eps, **common)(
            h, train=train)
    h = nn.relu(norm('batch', h, train, dtype=self.dtype))
    return ends.squashed(run(Conv(self.shape[-1], **common), h), self.out)


def discriminator(shape: Sequence[int], width: int | Sequence[int] = 96,
                  attention: int | None = None, **options: Any
                  ) -> resnet.Discriminator:
  """BigGAN's D: SN-GAN's with wide blocks and pooled attention.

  Args:
    shape: [H, W, C] of a picture.
    width: ch, the unit of the widths of D_WIDTHS; or the widths themselves.
    attention: size of the picture after whose first block there is
      self-attention; the paper has 64.
    **options: of `resnet.Discriminator`.
  """
  net = 'the BigGAN discriminator'
  widths, _ = schedule(width, D_WIDTHS, shape, net)
  return resnet.Discriminator(
      widths, downs(shape, net), attention=attention, wide=True,
      attention_pool=True,
      **{**dict(kernel_init=ORTHOGONAL, eps=EPSILON), **options})
