"""Consistency regularisation: D, and G, where a sample or a z changes a little.

CR: Zhang, Zhang, Odena, Lee. "Consistency regularization for generative
adversarial networks". ICLR 2020 (arXiv:1910.12027). bCR, zCR and both, ICR:
Zhao, Singh, Lee, Zhang, Odena, Zhang. "Improved consistency regularization for
GANs". AAAI 2021 (arXiv:2002.04724).

    CR   L_D += l_real E |D(x) - D(T(x))|^2
    bCR  L_D += l_real E |D(x) - D(T(x))|^2 + l_fake E |D(G(z)) - D(T(G(z)))|^2
    zCR  L_D += l_dis E |D(G(z)) - D(G(z + e))|^2
         L_G -= l_gen E |G(z) - G(z + e)|^2,   e ~ N(0, sigma^2)

D is a logit; |.|^2 of pictures is the mean over their numbers, so that a
weight means the same at every size.
"""

import jax
import jax.numpy as jnp

from gans_jax.augment.simple import Augment
from gans_jax.families.scene import Scene, Term
from gans_jax.game import Turn

Array = jax.Array


def _distance(a: Array, b: Array) -> Array:
  return jnp.mean(jnp.square(a - b))


def image(augment: Augment, real: float = 10., fake: float = 0.) -> Term:
  """CR, with a weight of fakes bCR: a term of D's, 'consistency'.

  Args:
    augment: T, (key, x) -> x; D's gradient is that of both sides.
    real: l_real.
    fake: l_fake; 0 for CR.
  """
  def consistency(t: Turn, scene: Scene) -> Array:
    total = jnp.zeros(())
    for weight, x in ((real, scene.real), (fake, scene.fake)):
      if weight:
        total += weight * _distance(
            scene.critic(x), scene.critic(augment(t.key(), x)))
    return total
  return consistency


def latent_d(weight: float = 5., std: float = .05) -> Term:
  """zCR's term of D, 'latent_consistency': `weight` is l_dis, `std` sigma."""
  def latent_consistency(t: Turn, scene: Scene) -> Array:
    near = scene.generate(_near(t, scene, std))
    # Both fakes by the same pure G: the one at hand has moved BatchNorm.
    return weight * _distance(
        scene.critic(scene.generate(scene.z)), scene.critic(near))
  return latent_consistency


def latent_g(weight: float = .5, std: float = .05) -> Term:
  """zCR's term of G, 'latent_diversity', below 0: `weight` is l_gen.

  It has no lower bound for a G without one: of points, choose a small weight.
  """
  def latent_diversity(t: Turn, scene: Scene) -> Array:
    near = scene.generate(_near(t, scene, std))
    return -weight * _distance(scene.generate(scene.z), near)
  return latent_diversity


def _near(t: Turn, scene: Scene, std: float) -> Array:
  return scene.z + std * jax.random.normal(
      t.key(), scene.z.shape, scene.z.dtype)
