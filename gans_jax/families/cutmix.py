"""CutMix for a D that judges pixels, and when it is played: U-Net GAN's part.

Schonfeld, Schiele, Khoreva. "A U-Net based discriminator for generative
adversarial networks". CVPR 2020, section 3.2. Everything that changes in
training follows the step, so a resumed run is the same run.
"""

from collections.abc import Callable

import jax

from gans_jax import schedules
from gans_jax.augment import cutmix as cut
from gans_jax.families.two_player import Scene, Term
from gans_jax.game import Turn
from gans_jax.losses import pixelwise


def term(weight: Callable[[jax.Array], jax.Array], consistency: float = 1.
         ) -> Term:
  """D's loss of real pictures mixed with fakes, logged as 'cutmix'.

  `weight(step) (CE(s(x_m), fake) + CE(pixels of s(x_m), M) + c |pixels of
  s(x_m) - mix(pixels of s(x), pixels of s(G(z)))|^2)`, one mask M a picture.
  The parts are logged as 'mixed', 'consistency' and, of the mask with what D
  takes for real, 'iou'.

  Args:
    weight: of the step.
    consistency: c; 0 for none.
  """
  def cutmix(t: Turn, scene: Scene) -> jax.Array:
    shape = scene.real.shape[1:]
    mask = cut.masks(t.key(), t.n, *shape[:2])
    picture, pixels = pixelwise.split(
        scene.critic(cut.mix(mask, scene.real, scene.fake)), shape)
    of_real, of_fake = (pixelwise.split(logits, shape)[1]
                        for logits in (scene.on_real, scene.on_fake))
    mixed = pixelwise.mixed(picture, pixels, mask)
    apart = pixelwise.consistency(pixels, of_real, of_fake, mask)
    t.log(mixed=mixed, consistency=apart, iou=pixelwise.overlap(pixels, mask))
    return weight(t.step) * (mixed + consistency * apart)
  return cutmix


def by_chance(probability: Callable[[jax.Array], jax.Array], seed: int = 0
              ) -> schedules.When:
  """True in a step with `probability(step)`.

  The coin is a function of the step alone, the same for all seeds of a
  program: a move that one skips all skip.
  """
  def when(step: jax.Array) -> jax.Array:
    key = jax.random.fold_in(jax.random.key(seed), step)
    return jax.random.uniform(key) < probability(step)
  return when
