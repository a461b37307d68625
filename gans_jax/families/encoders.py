"""How an encoder E gives codes: by itself, around a mean, or with noise.

The net is 'e' of the game: x [n, ...] -> [n, outputs]. Codes are drawn while
training; for reconstructions and representations they are asked for without
noise.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.game import Turn

Array = jax.Array


class Encoder(NamedTuple):
  """A protocol between a game and its net 'e'.

  Attributes:
    outputs: of the net, for each dimension of z.
    inputs: (turn, x, whether noise is drawn) -> arguments of the net.
    read: (turn, what the net gives, whether noise is drawn) -> codes [n, z].
  """

  outputs: int
  inputs: Callable[[Turn, Array, bool], tuple[Array, ...]]
  read: Callable[[Turn, Array, bool], Array]

  def encode(self, t: Turn, x: Array, drawn: bool = True) -> Array:
    """Codes [n, z] of x [n, ...]."""
    return self.read(t, t.apply('e', *self.inputs(t, x, drawn)), drawn)

  def features(self, t: Turn, x: Array) -> Array:
    """The input [n, k] of the net's last layer, without noise."""
    return t.apply('e', *self.inputs(t, x, False), features=True)[1]


def _alone(t: Turn, x: Array, drawn: bool) -> tuple[Array, ...]:
  return (x,)


def _plain(t: Turn, out: Array, drawn: bool) -> Array:
  return out


def deterministic() -> Encoder:
  """E(x) is the code: Donahue et al. 2017 (BiGAN, arXiv:1605.09782)."""
  return Encoder(1, _alone, _plain)


SCALES: Mapping[str, Callable[[Array], Array]] = dict(
    exp=jnp.exp, softplus=jax.nn.softplus)


def gaussian(scale: str = 'exp') -> Encoder:
  """`m + scale(r) eps` where E gives (m, r); without noise m.

  Dumoulin et al. 2017 (ALI, arXiv:1606.00704), section 2.1, with exp, so that
  r is log sigma; Donahue and Simonyan 2019 (BigBiGAN, arXiv:1907.02544) with
  softplus. The gradient flows through m and r.

  Args:
    scale: of SCALES.

  Raises:
    errors.ConfigError: another scale.
  """
  of_raw = errors.choose('scale', scale, SCALES)

  def read(t: Turn, out: Array, drawn: bool) -> Array:
    mean, raw = jnp.split(out, 2, -1)
    if not drawn:
      return mean
    return mean + of_raw(raw) * jax.random.normal(t.key(), mean.shape)
  return Encoder(2, _alone, read)


def noise(dims: int = 2) -> Encoder:
  """E(x, noise), noise from N(0, I) as more channels of x; without: E(x, 0).

  A change of variables, as in the published code of ALI for a mixture.

  Args:
    dims: of the noise.
  """
  def inputs(t: Turn, x: Array, drawn: bool) -> tuple[Array, ...]:
    shape = (x.shape[0], dims)
    return x, (jax.random.normal(t.key(), shape) if drawn
               else jnp.zeros(shape))
  return Encoder(1, inputs, _plain)


ENCODERS: Mapping[str, Callable[..., Encoder]] = dict(
    deterministic=deterministic, gaussian=gaussian, noise=noise)


def make(name: str, **options: Any) -> Encoder:
  """An encoder as configs name it.

  Raises:
    errors.ConfigError: it is not in ENCODERS, or has no such option.
  """
  return errors.call(f'encoder {name!r}', errors.choose(
      'encoder', name, ENCODERS), **options)
