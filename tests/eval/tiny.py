"""A feature network small enough for tests, known by the name 'tiny'.

Random weights through the whole way of real ones: a file, the converter, the
cache, the compiled extractor.
"""

import dataclasses

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
import safetensors.numpy

from gans_jax.eval.features import extractor, known, weights


class Tiny(nn.Module):
  """float32 [B, 8, 8, 3] -> taps."""

  @nn.compact
  def __call__(self, x):
    kernel = self.param('kernel', nn.initializers.zeros, (192, 12))
    h = jnp.tanh(x.reshape(len(x), -1) / 128 @ kernel)
    return dict(pool=h, logits=3 * h[:, :5], logits_unbiased=h[:, :4],
                spatial=h[:, :6])


ENTRY = known.Known(
    Tiny, lambda state: {'params/kernel': state['kernel']}, 8,
    ('pool', 'logits', 'logits_unbiased', 'spatial'))


def install(patch, folder, names=('tiny',), seed=0) -> None:
  """Makes them known, with weights in a cache of their own."""
  patch.setenv('GANS_JAX_CACHE', str(folder))
  kernel = np.random.default_rng(seed).normal(size=(192, 12)) * .3
  file = folder / 'tiny.safetensors'
  folder.mkdir(parents=True, exist_ok=True)
  safetensors.numpy.save_file({'kernel': kernel.astype(np.float32)}, file)
  extractor.make.cache_clear()
  for name in names:
    patch.setitem(known.KNOWN, name, dataclasses.replace(ENTRY))
    weights.prepare(name, str(file))
