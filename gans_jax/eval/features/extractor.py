"""A feature network, ready for pictures: its resize, its weights, its program.

Two values in features of one name are comparable only if the weights and the
resize are the same, so both are part of an extractor's protocol.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from gans_jax import errors, sharding
from gans_jax.eval import resize as resizing
from gans_jax.eval.features import known, weights

# Of the network whose numbers have names of their own: FID, KID, IS.
STANDARD = 'inception'
# The one that comes with pip, without the web.
EMBEDDED = 'efficientnet_lite0'


class View(NamedTuple):
  """What an evaluator asks to see of pictures: a tap of an extractor."""

  extractor: 'Extractor'
  tap: str


class Extractor:
  """Features of uint8 pictures, by one compiled program a shape.

  Attributes:
    name: of the network, such as 'inception'.
    protocol: who it is, for the stamp of its numbers.
  """

  def __init__(self, name: str, resize: str = 'clean',
               mesh: jax.sharding.Mesh | None = None, batch: int = 64):
    """Loads the network.

    Args:
      name: of known.KNOWN.
      resize: of resize.RESIZES, to the size that the network is made for.
      mesh: over whose 'data' axis a batch is split.
      batch: pictures at a time; more are cut, fewer filled up.

    Raises:
      ConfigError: unknown names, or weights that are not on this machine.
    """
    entry = errors.choose('extractor', name, known.KNOWN)
    errors.choose('resize', resize, resizing.RESIZES)
    if mesh is not None:
      batch = -(-batch // mesh.shape['data']) * mesh.shape['data']
    variables, sha256 = weights.load(name)
    self.name, self.batch = name, batch
    self.protocol = dict(extractor=name, weights_sha256=sha256, resize=resize,
                         input_size=entry.size, quantised='uint8')
    net = entry.factory()
    self._whole = self._split = None
    if mesh is not None:
      self._whole = NamedSharding(mesh, PartitionSpec())
      self._split = NamedSharding(mesh, PartitionSpec('data'))
    self._variables = sharding.replicate(variables, mesh)

    def run(variables, x, taps):
      x = resizing.resize(x.astype(jnp.float32), entry.size, resize)
      x = jnp.broadcast_to(x, (*x.shape[:-1], 3))    # grey is repeated
      out = net.apply(variables, x)
      return {tap: out[tap].astype(jnp.float32) for tap in taps}

    self._run = jax.jit(run, static_argnames='taps', out_shardings=self._whole)
    self.taps = tuple(entry.taps)

  @property
  def key(self) -> str:
    """What tells its features from those of any other: for files."""
    p = self.protocol
    return f'{self.name}-{p["weights_sha256"][:12]}-{p["resize"]}'

  def view(self, tap: str) -> View:
    """The view of `tap`; ConfigError if there is none of that name."""
    if tap not in self.taps:
      errors.unknown(f'tap of {self.name}', tap, self.taps)
    return View(self, tap)

  def __call__(self, x: np.ndarray, taps: Sequence[str]
               ) -> dict[str, np.ndarray]:
    """Features of pictures.

    Args:
      x: uint8 [N, H, W, 3], or [N, H, W, 1], which is repeated.
      taps: which.

    Returns:
      float32 [N, ...] by tap.

    Raises:
      ConfigError: other shapes or types.
    """
    check(x)
    taps, parts = tuple(sorted(taps)), []
    for start in range(0, len(x), self.batch):
      part = x[start:start + self.batch]
      full = np.zeros((self.batch, *x.shape[1:]), np.uint8)
      full[:len(part)] = part
      with jax.transfer_guard('allow'):
        out = jax.device_get(self._run(
            self._variables, sharding.spread(full, self._split), taps=taps))
      parts.append({k: v[:len(part)] for k, v in out.items()})
    return {k: np.concatenate([p[k] for p in parts]) for k in taps}


def check(x: np.ndarray) -> None:
  """ConfigError if `x` is no batch of pictures that an extractor takes."""
  if x.dtype != np.uint8 or x.ndim != 4 or x.shape[-1] not in (1, 3):
    what = {2: 'grey with alpha', 4: 'RGBA'}.get(
        x.shape[-1] if x.ndim == 4 else 0, f'{x.dtype} {list(x.shape[1:])}')
    raise errors.ConfigError(
        'features are of RGB or grey pictures, uint8 [H, W, 3] or [H, W, 1]; '
        f'these are {what}: convert them first')


@functools.cache
def make(name: str, resize: str, mesh: Any = None) -> Extractor:
  """`Extractor`, each loaded once."""
  return Extractor(name, resize, mesh)


def named(metric: str, extractor: str) -> str:
  """'kid' of the standard network, 'kid_<extractor>' of any other."""
  return metric if extractor == STANDARD else f'{metric}_{extractor}'
