"""What nets begin and end with: labels, sizes, output ranges."""

from collections.abc import Callable, Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax.errors import ConfigError

Array = jax.Array
Init = Callable[..., Array]


def symmetric_uniform(scale: float) -> Init:
  """An initialiser that draws from U(-scale, scale)."""
  def init(key, shape, dtype=jnp.float32):
    return jax.random.uniform(key, shape, dtype, -scale, scale)
  return init


def orthogonal() -> Init:
  """`nn.initializers.orthogonal`, whose QR is taken one seed after another.

  Several at once, as `vmap` over seeds has them, wait for each other forever on
  a CPU of two cores: jaxlib 0.10's LAPACK calls share one pool of threads.
  """
  plain = nn.initializers.orthogonal()

  def init(key, shape, dtype=jnp.float32):
    return jax.custom_batching.sequential_vmap(
        lambda key: plain(key, shape, dtype))(key)
  return init


def gain_init(std: float) -> Init:
  """An initialiser of normalisation gains that draws from N(1, std^2)."""
  def init(key, shape, dtype=jnp.float32):
    return 1 + std * jax.random.normal(key, shape, dtype)
  return init


def lrelu(x: Array) -> Array:
  """LeakyReLU of slope .2."""
  return nn.leaky_relu(x, .2)


def append_labels(h: Array, y: Array | None) -> Array:
  """Appends one-hot labels to features, as constant channels to pictures.

  Args:
    h: [B, *S, C].
    y: [B, K], or None for h as it is.

  Returns:
    [B, *S, C + K].
  """
  if y is None:
    return h
  y = y.astype(h.dtype).reshape(y.shape[0], *(1,) * (h.ndim - 2), y.shape[-1])
  y = jnp.broadcast_to(y, (*h.shape[:-1], y.shape[-1]))
  return jnp.concatenate([h, y], -1)


def widened(h: Array) -> Array:
  """Outputs are float32, whatever the net computes in."""
  return h.astype(jnp.promote_types(h.dtype, jnp.float32))


def logits(h: Array, last: Callable[[int, Array], Array],
           mix: nn.Module | None = None, outputs: int | None = None,
           features: bool = False, row: Array | None = None):
  """How every discriminator ends.

  Args:
    h: [B, F], its features.
    last: (outputs, h) -> [B, outputs], the last layer.
    mix: [B, F] -> [B, F'], before it.
    outputs: None for one logit.
    features: whether h is given, too.
    row: None, or [B, F] whose inner product with h is added to the one logit:
      a projection of the label (Miyato and Koyama 2018).

  Returns:
    Logits [B], or [B, outputs]; with `features` (logits, h).
  """
  mixed = h if mix is None else mix(h)
  out = widened(last(1 if outputs is None else outputs, mixed))
  out = out[..., 0] if outputs is None else out
  if row is not None:
    out += jnp.sum(row * h, -1)
  return (out, h) if features else out


def squashed(h: Array, out: str | None) -> Array:
  """Puts a generator's output in range: 'tanh', 'sigmoid' or None.

  Raises:
    ConfigError: if `out` is none of these.
  """
  squash = {'tanh': jnp.tanh, 'sigmoid': nn.sigmoid, None: lambda h: h}
  if out not in squash:
    raise ConfigError(f"a generator's output is squashed by 'tanh', 'sigmoid' "
                      f'or None, not by {out!r}')
  return squash[out](widened(h))


def halvings(shape: Sequence[int], net: str, last: Sequence[int]
             ) -> tuple[int, int]:
  """How often a square picture can be halved, and the size that is left.

  Args:
    shape: [H, W] or [H, W, C] of the picture.
    net: its name, for the error.
    last: sizes that may be left.

  Returns:
    (times halved, at least 1; size left).

  Raises:
    ConfigError: if no size of `last` is reached; it lists sizes that can be.
  """
  height, width = shape[:2]
  for size in last:
    times = (width // size).bit_length() - 1
    if height == width == size * 2 ** times and times > 0:
      return times, size
  sizes = sorted(s for n in last for k in range(1, 8) if (s := n << k) <= 256)
  raise ConfigError(
      f'{net} cannot take pictures of {height} x {width} pixels. It takes '
      f'square ones of {", ".join(map(str, sizes))}')
