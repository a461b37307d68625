"""Several nets of one kind as one net, some of whose layers are shared."""

import flax.linen as nn
import jax

Array = jax.Array

REST = nn.DenyList('params')
OWN = dict(variable_axes={True: 0}, split_rngs={True: True})
SHARED = dict(variable_axes={'params': None, REST: 0},
              split_rngs={'params': False, REST: True})


class Tied(nn.Module):
  """K nets `after(base_k(before(.)))`: K bases, and one of what is around.

  What is shared is one leaf among the params, so copies cannot drift apart, and
  its gradient is the sum over the nets. Params of the bases have a leading axis
  of K. BatchNorm's statistics belong to a net each, in shared layers too: no
  net sees the batch of another (coupled GANs, generators of a mixture).

  Attributes:
    base: the kind; its params are a net's own.
    size: K.
    before: layers that all begin with, or None.
    after: layers that all end with, or None.
  """

  base: nn.Module
  size: int
  before: nn.Module | None = None
  after: nn.Module | None = None

  @nn.compact
  def __call__(self, x: Array, *, alike: bool = False, train: bool, **options):
    """[K, n, ...], or with `alike` [n, ...] that all see -> [K, n, ...].

    `options` are static and of the last part; what that gives has an axis of K
    in front.
    """
    if not alike and x.shape[0] != self.size:
      raise ValueError(f'{self.size} nets, and x of shape {x.shape}')
    parts = [(net, kind) for net, kind in (
        (self.before, SHARED), (self.base, OWN), (self.after, SHARED))
        if net is not None]
    for i, (net, kind) in enumerate(parts):
      more = options if i == len(parts) - 1 else {}
      # Layers that all share, of what all see, are computed once.
      x = nn.vmap(lambda net, x, more=more: net(x, train=train, **more),
                  in_axes=0 if i or not alike else None, axis_size=self.size,
                  **kind)(net, x)
    return x
