"""A discriminator that sees samples through a noisy code."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.nets.layers import ends

Array = jax.Array


class Bottleneck(nn.Module):
  """`z ~ N(mean(x), std(x)^2)`, then a linear layer to the logit.

  Peng et al. 2019 (arXiv:1810.00821), section 4. In evaluation z is the mean.

  Attributes:
    trunk: a discriminator with `outputs` of 2 x latent: mean and log std.
    log_std: what is added to the log std, so that noise begins small.
  """

  trunk: nn.Module
  log_std: float = 0.

  @nn.compact
  def __call__(self, x: Array, y: Array | None = None, *, train: bool,
               update_u: bool = True, features: bool = False):
    """[B, ...] -> logits [B].

    `features` True gives (logits, [B, 2 latent]): mean and log std of z.
    """
    code = self.trunk(x, y, train=train, update_u=update_u)
    mean, log_std = jnp.split(code, 2, -1)
    log_std = log_std + self.log_std
    z = mean
    if train:
      noise = jax.random.normal(self.make_rng('noise'), mean.shape, mean.dtype)
      z = mean + jnp.exp(log_std) * noise
    logits = ends.widened(nn.Dense(1, name='head')(z)[..., 0])
    if features:
      return logits, jnp.concatenate([mean, log_std], -1)
    return logits
