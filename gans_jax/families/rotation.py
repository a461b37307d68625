"""Self-supervision by rotation: a part of any game with a generator and a D.

Chen, Zhai, Ritter, Lucic, Houlsby. "Self-supervised GANs via auxiliary rotation
loss". CVPR 2019. D's trunk, through a head of its own, tells by how many
quarter turns a picture was rotated; D learns it on real pictures, and G is paid
for pictures of which it can be told.

    two_player(..., heads=rotation.heads(), d_terms=(rotation.term(1.),),
               g_terms=(rotation.term(.2, of='fake'),))
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.augment.rotation import TURNS, quarter_turns
from gans_jax.families.scene import Scene, Term
from gans_jax.game import Turn
from gans_jax.losses import classification
from gans_jax.nets.layers.head import Head

HEAD = 'rotation'    # its net, and its place in `Game.heads`


def heads(spectral: bool = False) -> dict[str, nn.Module]:
  """The net for `two_player(heads=...)`: four logits."""
  return {HEAD: Head(TURNS, spectral)}


def term(weight: float, of: str = 'real', share: float = 0.25) -> Term:
  """`weight * CE(turn | rotated pictures)`, logged as 'rotation'.

  Chen et al. 2019, eqs. 4 and 5. All four turns of the last `share` of the
  batch are looked at, as in the published code: with 1/4 as many rotated
  pictures as there are upright ones. D's loss of real and fake sees none of
  them. The share that is told right is logged as 'rotation_accuracy'.

  Args:
    weight: beta in D's loss, alpha in G's.
    of: 'real', for D's loss, or 'fake', for G's.
    share: of the batch that is rotated; at least one picture is.

  Raises:
    ValueError: another `of`, or a share that isn't in (0, 1].
    errors.ConfigError: in the loss, pictures that aren't square, or a D that
      does not judge each by itself.
  """
  if of not in ('real', 'fake') or not 0 < share <= 1:
    raise ValueError(f"of is 'real' or 'fake' and 0 < share <= 1, not "
                     f'{of!r} and {share}')

  def rotation(t: Turn, scene: Scene) -> jax.Array:
    last = -max(int(t.n * share), 1)
    turned, turns = quarter_turns(getattr(scene, of)[last:])
    labels = (jnp.tile(y[last:], (TURNS, 1)) for y in scene.labels)
    _, features = scene.critic(turned, *labels, features=True)
    # The head is D's player's: in G's loss its spectral vectors stay.
    logits = t.apply(HEAD, features, update_u=of == 'real')
    if len(logits) != len(turns):
      raise errors.ConfigError(
          f'rotations are told of single pictures, and D sees {len(turns)} of '
          f'them as {len(logits)}: leave out the packing or the rotations')
    t.log(rotation_accuracy=jnp.mean(logits.argmax(-1) == turns))
    return weight * classification.cross_entropy(logits, turns)
  return rotation
