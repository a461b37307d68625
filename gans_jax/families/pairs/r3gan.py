"""The pair of R3GAN."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import Pair
from gans_jax.nets import r3gan
from gans_jax.nets.layers import ends


def residual(spec: Spec, classes: int, *, width: int | Sequence[int] = 768,
             cardinality: int | Sequence[int] = 96, blocks: int = 2,
             expansion: int = 2, embedding: int = 64,
             d_embedding: int | None = None, bf16: int = 0) -> Pair:
  """Huang et al. 2024's nets, for 8, 16, 32, ... pixels; G's output is linear.

  Args:
    width: channels of all stages, or of each, 4 pixels first.
    cardinality: groups of the 3x3 convolutions, of all stages or of each.
    blocks: residual blocks a stage.
    expansion: channels within a block over those outside.
    embedding: dimensions to which G maps labels, next to z.
    d_embedding: likewise of D; None: the first width.
    bf16: of the stages of the largest pictures, how many compute in bfloat16.

  Raises:
    errors.ConfigError: data that isn't pictures of such a size.
  """
  shape = spec.shapes['x']
  if len(shape) != 3:
    raise errors.ConfigError(
        f"nets 'r3gan' take pictures [H, W, C], and data {spec.name!r} has "
        f'{list(shape)}')
  times, _ = ends.halvings(shape, 'the R3GAN pair', (r3gan.SMALLEST,))
  each = lambda v: ((v,) * (times + 1) if isinstance(v, int) else tuple(v))
  common = dict(width=each(width), groups=each(cardinality), blocks=blocks,
                expansion=expansion, bf16=bf16)
  r3gan.stages(shape, 'the R3GAN pair', common['width'], common['groups'])
  return (r3gan.Generator(shape, embedding=embedding, **common),
          r3gan.Discriminator(embedding=d_embedding, **common))
