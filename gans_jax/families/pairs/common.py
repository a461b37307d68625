"""What functions of pairs share: types, and what follows from the data."""

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax.numpy as jnp

from gans_jax.data.spec import Spec

Pair = tuple[nn.Module, nn.Module]

DTYPES: Mapping[str, Any] = dict(float32=jnp.float32, bfloat16=jnp.bfloat16)


def output(spec: Spec) -> str | None:
  """G's last activation, which must match the range of the data."""
  if len(spec.shapes['x']) < 3:
    return None      # points
  squash = {(-1., 1.): 'tanh', (0., 1.): 'sigmoid'}
  return squash.get(tuple(map(float, spec.range)))
