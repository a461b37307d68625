"""Latent optimisation: both players meet a z that D likes better.

Wu, Donahue, Balduzzi, Simonyan, Lillicrap. "LOGAN: latent optimisation for
generative adversarial networks". 2019 (arXiv:1912.00953).

    g   = d D(G(z)) / dz
    dz  = alpha g                        `gradient`                     (eq. 4)
        = alpha g / (beta + |g|^2)       `natural`                     (eq. 12)
    z'  = [z + dz], clipped to the box of a uniform prior          (algorithm 1)

Both losses are at z', plus w |dz|^2. Gradients flow through dz, to D's params
and to G's: these second-order terms are the point of it. z' is of training
alone; samples are drawn from the prior.
"""

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.families.scene import Refine, Score
from gans_jax.game import Turn

Array = jax.Array


def gradient(g: Array, alpha: float, beta: float) -> Array:
  """Gradient ascent: `alpha g`, g [n, z]; `beta` is not used."""
  del beta
  return alpha * g


def natural(g: Array, alpha: float, beta: float) -> Array:
  """Natural gradient, by a damped empirical Fisher matrix `g g' + beta I`."""
  return alpha * g / (beta + jnp.sum(jnp.square(g), -1, keepdims=True))


STEPS = dict(gradient=gradient, natural=natural)


def refine(step: str = 'natural', alpha: float = .9, beta: float = .1,
           weight: float = .1, clip: float = 1., share: float = 1.) -> Refine:
  """`two_player(refine=...)`: z -> (z', what the step costs both players).

  The mean length of the steps is logged as 'latent_step'.

  Args:
    step: of STEPS.
    alpha: its size.
    beta: damping of the natural gradient.
    weight: w, of the mean |dz|^2 over the batch.
    clip: z' lies in [-clip, clip]; 0 leaves it where it is.
    share: of the samples whose z moves, drawn anew each time.

  Raises:
    errors.ConfigError: an unknown step, or numbers that make no sense.
  """
  choose = errors.choose('step of latent optimisation', step, STEPS)
  if min(alpha, weight, clip) < 0 or beta <= 0 or not 0 < share <= 1:
    raise errors.ConfigError(
        f'latent optimisation: alpha={alpha}, weight={weight} and clip={clip} '
        f'are 0 or more, beta={beta} above 0, share={share} in (0, 1]')

  def move(t: Turn, z: Array, score: Score) -> tuple[Array, Array]:
    g = jax.grad(lambda z: jnp.sum(score(z)))(z)
    change = choose(g, alpha, beta)
    if share < 1:
      change *= jax.random.bernoulli(t.key(), share, (len(z), 1))
    moved = z + change
    if clip:
      moved = jnp.clip(moved, -clip, clip)
    squares = jnp.sum(jnp.square(change), -1)
    t.log(latent_step=jnp.sqrt(squares))
    return moved, weight * jnp.mean(squares)
  return move
