"""Distances between two pictures, by name, for evaluators of pairs."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.eval import resize as resizing
from gans_jax.eval.features import known, weights

LPIPS = ('lpips', 'lpips_hed')
EUCLIDEAN = 'euclidean'
BATCH = 16
MOST = 256    # pixels of a side; larger pictures are averaged down to it


class Distance:
  """d(a, b) of float arrays [N, ...], as the data has them -> [N].

  Nothing is rounded to 8 bits: a small step of a code changes a picture by
  less than that.

  Attributes:
    name: 'lpips', 'lpips_hed', 'euclidean', or of an extractor, whose `pool`
      features are compared.
    protocol: who it is, for the stamp of its numbers.
  """

  def __init__(self, name: str, spec: Spec, crop: bool = False,
               limits: tuple[float, float] | None = None):
    """Loads the network.

    Args:
      name: of the distance; 'euclidean' is the squared distance of the values
        themselves, and takes data of any shape.
      spec: of the data.
      crop: only the middle of a picture of a face: rows 3/8 to 7/8 and columns
        2/8 to 6/8, as NVIDIA's ppl_wend.
      limits: black and white of the values; None: as the data has it.

    Raises:
      ConfigError: unknown, weights that are not here, data that is no picture
        or too small a one.
    """
    extractors = {k for k, v in known.KNOWN.items() if 'pool' in v.taps}
    if name not in {*LPIPS, EUCLIDEAN, *extractors}:
      errors.unknown('distance', name, {*LPIPS, EUCLIDEAN, *extractors})
    self.name, shape = name, spec.shapes['x']
    if crop and len(shape) != 3:
      raise errors.ConfigError('crop=True is of pictures [H, W, C]')
    self.protocol: dict[str, Any] = dict(distance=name, crop=crop)
    low, high = limits or spec.range
    if name == EUCLIDEAN:
      self._run = jax.jit(lambda a, b: jnp.sum(
          (_crop(a, crop) - _crop(b, crop)) ** 2, range(1, a.ndim)))
      return
    if len(shape) != 3 or shape[-1] not in (1, 3):
      raise errors.ConfigError(
          f'distance {name!r} is of RGB or grey pictures; {spec.name!r} has x '
          f"of shape {list(shape)}: distance='euclidean' takes anything")
    if name in LPIPS and min(shape[:2]) // (2 if crop else 1) < 16:
      raise errors.ConfigError(
          f'distance {name!r} halves pictures four times, so they need 16 '
          f'pixels; {spec.name!r} has {list(shape[:2])}')
    entry = known.KNOWN[name]
    net, (variables, sha256) = entry.factory(), weights.load(name)
    self.protocol |= dict(weights_sha256=sha256, quantised='none')
    if name not in LPIPS:
      self.protocol |= dict(resize='clean', input_size=entry.size)

    def prepare(x):
      x = (jnp.asarray(x, jnp.float32) - low) * (255 / (high - low))
      x = _crop(x, crop)
      factor = max(1, x.shape[1] // MOST)
      if factor > 1:
        b, h, w, c = x.shape
        x = x[:, :h - h % factor, :w - w % factor].reshape(
            b, h // factor, factor, w // factor, factor, c).mean((2, 4))
      if name not in LPIPS:
        x = resizing.resize(x, entry.size, 'clean')
      return jnp.broadcast_to(x, (*x.shape[:-1], 3))    # grey is repeated

    def run(variables, a, b):
      a, b = prepare(a), prepare(b)
      if name in LPIPS:
        return net.apply(variables, a, b)
      a, b = (net.apply(variables, x)['pool'] for x in (a, b))
      return jnp.sum((a - b) ** 2, -1)

    program: Callable = jax.jit(run)
    variables = jax.device_put(variables)
    self._run = lambda a, b: program(variables, a, b)

  def __call__(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """float64 [N]; BATCH pairs at a time, filled up to one shape."""
    if a.shape != b.shape:
      raise ValueError(f'pairs of {a.shape} and {b.shape}')
    out = []
    for i in range(0, len(a), BATCH):
      x, y = (p[i:i + BATCH].astype(np.float32) for p in (a, b))
      rows = np.resize(np.arange(len(x)), BATCH)
      with jax.transfer_guard('allow'):
        d = jax.device_get(self._run(x[rows], y[rows]))
      out.append(np.asarray(d, np.float64)[:len(x)])
    return np.concatenate(out)


def _crop(x, crop):
  if not crop:
    return x
  h, w = x.shape[1:3]
  return x[:, h * 3 // 8:h * 7 // 8, w * 2 // 8:w * 6 // 8]
