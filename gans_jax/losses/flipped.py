"""Cross entropies whose labels are, now and then, not the true ones.

Labels flipped at random keep D unsure of itself (de Oliveira et al. 2017,
arXiv:1701.05927, section 4): unlike smoothed ones, each is still 0 or 1.
"""

import jax
import jax.numpy as jnp
import optax

Array = jax.Array


def flipped(key: Array, y: Array, p: float, classes: int = 2) -> Array:
  """Labels, of which each is another one with probability p.

  Args:
    key: of the draws.
    y: [B], whole.
    p: in [0, 1]; 0 draws nothing.
    classes: those there are; which other one it is, is uniform.

  Returns:
    [B].
  """
  if not p:
    return y
  chosen, other = jax.random.split(key)
  step = jax.random.randint(other, y.shape, 1, classes)
  return jnp.where(jax.random.bernoulli(chosen, p, y.shape),
                   (y + step) % classes, y)


def cross_entropy(logits: Array, y: Array) -> Array:
  """`E -log p(y)`.

  Args:
    logits: [B], of label 1 of two; or [B, K].
    y: [B], whole.

  Returns:
    A scalar.
  """
  if logits.ndim == 1:
    return jnp.mean(optax.sigmoid_binary_cross_entropy(
        logits, y.astype(logits.dtype)))
  return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))
