"""Transforms 1 to 8 of ADA's pipe: where each pixel comes from.

Maps are 3x3 matrices of homogeneous coordinates (x, y, 1), in pixels from the
picture's centre, from a place in the output to its place in the input. Karras
et al. 2020 (arXiv:2006.06676), appendix B.2.
"""

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.nets.layers import resample

Array = jax.Array

SCALE_STD, ANISO_STD = .2, .2       # of the logarithm to base 2
XINT_MAX, XFRAC_STD = .125, .125    # over the picture's size

# Daubechies' least asymmetric wavelet with 6 vanishing moments, its low-pass
# filter: orthogonal, so that up and down again without a map between them
# changes nothing.
SYM6 = (
    .015404109327027373, .0034907120842174702, -.11799011114819057,
    -.048311742585633, .4910559419267466, .787641141030194, .3379294217276218,
    -.07263752278646252, -.021060292512300564, .04472490177066578,
    .0017677118642428036, -.007800708325034148)
# Pixels around the output that the down-sampling filter sees.
REACH = len(SYM6) // 4


# --- matrices ----------------------------------------------------------------

def _rows(*rows) -> Array:
  """A matrix [B, 3, 3] of scalars and [B]; at least one is [B]."""
  flat = jnp.broadcast_arrays(*(jnp.asarray(v, jnp.float32)
                                for row in rows for v in row))
  return jnp.stack(flat, -1).reshape(*flat[0].shape, len(rows), -1)


def translation(x: Array, y: Array) -> Array:
  return _rows((1, 0, x), (0, 1, y), (0, 0, 1))


def scaling(x: Array, y: Array) -> Array:
  return _rows((x, 0, 0), (0, y, 0), (0, 0, 1))


def rotation(angle: Array) -> Array:
  """By angle in radians, from the x axis towards the y axis."""
  return _turn(jnp.cos(angle), jnp.sin(angle))


def _turn(c, s):
  return _rows((c, -s, 0), (s, c, 0), (0, 0, 1))


def _product(*maps) -> Array:
  # Three columns: no matrix unit, whose inputs may be rounded.
  out = maps[0]
  for m in maps[1:]:
    out = jnp.sum(out[..., :, :, None] * m[..., None, :, :], -2)
  return out


# --- draws -------------------------------------------------------------------

def happens(key: Array, n: int, probability: float | Array, value: Array,
            identity: float) -> Array:
  """`value` [n, ...] for those examples that win a draw, else the identity."""
  won = jax.random.uniform(key, (n,)) < probability
  won = won.reshape(n, *(1,) * (value.ndim - 1))
  return jnp.where(won, value, identity)


def draw(keys: Mapping[str, Array], shape: tuple[int, ...],
         p: Mapping[str, float | Array]) -> dict[str, Array]:
  """By transform, what happens to each picture.

  Args:
    keys: by name of the transform.
    shape: (B, H, W, C).
    p: probability by name; a transform that is not there is not drawn.

  Returns:
    xflip [B] 0 or 1; rotate90 [B] 0 to 3 quarters; xint [B, 2] whole pixels
    (x, y); scale [B]; rotate [B, 2] radians before and after aniso [B]; xfrac
    [B, 2] pixels.
  """
  n, size = shape[0], jnp.array([shape[2], shape[1]], jnp.float32)
  drawn = {}

  def add(name, make, identity=0., probability=None):
    if name in p:
      key = jax.random.split(keys[name])
      chance = p[name] if probability is None else probability(p[name])
      drawn[name] = happens(key[0], n, chance, make(key[1]), identity)

  uniform = lambda *shape: lambda key: jax.random.uniform(
      key, (n, *shape), minval=-1., maxval=1.)
  power = lambda std: lambda key: 2. ** (std * jax.random.normal(key, (n,)))
  whole = lambda high: lambda key: jax.random.randint(key, (n,), 0, high)
  add('xflip', whole(2), 0)
  add('rotate90', whole(4), 0)
  add('xint', lambda key: jnp.round(XINT_MAX * size * uniform(2)(key)))
  add('scale', power(SCALE_STD), 1.)
  if 'rotate' in p:    # either of two with probability p
    once = 1 - jnp.sqrt(jnp.clip(1 - jnp.asarray(p['rotate']), 0, 1))
    both = []
    for key in jax.random.split(keys['rotate']):
      gate, key = jax.random.split(key)
      both.append(happens(gate, n, once, jnp.pi * uniform()(key), 0.))
    drawn['rotate'] = jnp.stack(both, -1)
  add('aniso', power(ANISO_STD), 1.)
  add('xfrac', lambda key: XFRAC_STD * size * jax.random.normal(key, (n, 2)))
  return drawn


# --- maps --------------------------------------------------------------------

def blit_map(drawn: Mapping[str, Array]) -> Array:
  """Of transforms 1 to 3, exact: [B, 3, 3]."""
  out = []
  if 'xflip' in drawn:
    out.append(scaling(1 - 2 * drawn['xflip'], 1))
  if 'rotate90' in drawn:    # against the clock on the screen, as rot90
    cosine, sine = (jnp.array(v, jnp.float32)[drawn['rotate90']]
                    for v in ((1, 0, -1, 0), (0, 1, 0, -1)))
    out.append(_turn(cosine, sine))
  if 'xint' in drawn:
    out.append(translation(*-drawn['xint'].T))
  return _product(*out)


def general_map(drawn: Mapping[str, Array]) -> Array:
  """Of transforms 4 to 8: [B, 3, 3]."""
  out = []
  if 'scale' in drawn:
    out.append(scaling(1 / drawn['scale'], 1 / drawn['scale']))
  if 'rotate' in drawn:
    out.append(rotation(drawn['rotate'][:, 0]))
  if 'aniso' in drawn:
    out.append(scaling(1 / drawn['aniso'], drawn['aniso']))
  if 'rotate' in drawn:
    out.append(rotation(drawn['rotate'][:, 1]))
  if 'xfrac' in drawn:
    out.append(translation(*-drawn['xfrac'].T))
  return _product(*out)


IDENTITIES = dict(scale=1., rotate=0., aniso=1., xfrac=0.)


def apply(x: Array, drawn: Mapping[str, Array]) -> Array:
  """Moves the pixels of x [B, H, W, C]; the first transform comes first.

  Pictures which none of transforms 4 to 8 changes are copied, not resampled.
  """
  blits = {'xflip', 'rotate90', 'xint'} & set(drawn)
  general = set(IDENTITIES) & set(drawn)
  blit = blit_map(drawn) if blits else None
  if not general:
    return x if blit is None else copied(x, blit)
  rest = general_map(drawn)
  whole = rest if blit is None else _product(blit, rest)
  moved = sum(jnp.any((drawn[name] != IDENTITIES[name]).reshape(
      x.shape[0], -1), -1) for name in general) > 0
  exact = x if blit is None else copied(x, blit)
  return jnp.where(moved[:, None, None, None], resampled(x, whole), exact)


def mirrored(i: Array | np.ndarray, n: int):
  """Index i of a line of n pixels that is mirrored at both ends for ever."""
  period = max(2 * (n - 1), 1)
  i = i % period
  return np.minimum(i, period - i) if isinstance(i, np.ndarray) else (
      jnp.minimum(i, period - i))


def _places(m: Array, xs: np.ndarray, ys: np.ndarray) -> tuple[Array, Array]:
  """Maps a grid: (x, y), each [B, len(ys), len(xs)]."""
  at = lambda row: (m[:, row, 0, None, None] * xs + m[:, row, 1, None, None]
                    * ys[:, None] + m[:, row, 2, None, None])
  return at(0), at(1)


def _centred(n: int) -> np.ndarray:
  return np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2)


def _pick(x: Array, rows: Array, columns: Array) -> Array:
  """x [B, H, W, C] at [B, h, w] rows and columns: [B, h, w, C]."""
  n, _, width, channels = x.shape
  flat = x.reshape(n, -1, channels)
  at = (rows * width + columns).reshape(n, -1, 1)
  return jnp.take_along_axis(flat, at, 1).reshape(*rows.shape, channels)


def copied(x: Array, m: Array) -> Array:
  """Pixels of x [B, H, W, C] from where m [B, 3, 3] says, mirrored, uncut."""
  height, width = x.shape[1:3]
  across, down = _places(m, _centred(width), _centred(height))
  index = lambda v, n: mirrored(
      jnp.floor(v + n / 2).astype(jnp.int32), n)    # v + (n - 1) / 2, rounded
  return _pick(x, index(down, height), index(across, width))


def fir_matrix(index: np.ndarray, n: int, taps: np.ndarray) -> np.ndarray:
  """Rows of taps: output i is sum_k taps[k] x[index[i, k]], [len(index), n].

  Entries of `index` below 0 are zeros between pixels. Lines are short and
  compilers fuse two filters of 12 taps into one of 144: so it is a matrix.
  """
  out = np.zeros((len(index), n))
  rows = np.broadcast_to(np.arange(len(index))[:, None], index.shape)
  seen = index >= 0
  np.add.at(out, (rows[seen], index[seen]),
            np.broadcast_to(taps, index.shape)[seen])
  return out.astype(np.float32)


def finer(n: int) -> np.ndarray:
  """A mirrored line of n pixels to one period of it at twice the size.

  Zeros between pixels, then a convolution by SYM6: [4 (n - 1), n], with pixel i
  of the line at 2 i.
  """
  taps, period = resample.normalised(SYM6, 2.)[::-1], max(2 * (n - 1), 1)
  k = len(taps)
  at = np.arange(2 * period)[:, None] + np.arange(k) - (k + 1) // 2
  return fir_matrix(np.where(at % 2, -1, mirrored(at // 2, n)), n, taps)


def coarser(n: int) -> np.ndarray:
  """A line of 2 (n + 2 REACH) fine pixels to n, by SYM6 turned around."""
  k = len(SYM6)
  index = 2 * np.arange(n)[:, None] + np.arange(k) + 1
  return fir_matrix(index, 2 * (n + 2 * REACH), resample.normalised(SYM6))


def _along(x: Array, matrices: Sequence[np.ndarray]) -> Array:
  """Both axes of x [B, H, W, C] by a matrix each."""
  # Accelerators' fast matmuls would leave 8 bits of a picture.
  for sums, m in zip(('ij,bjwc->biwc', 'ij,bhjc->bhic'), matrices, strict=True):
    x = jnp.einsum(sums, jnp.asarray(m, x.dtype), x, precision='highest')
  return x


def resampled(x: Array, m: Array) -> Array:
  """x [B, H, W, C] mapped by m [B, 3, 3] between two filters.

  At twice the size, to which x is taken by SYM6, places are interpolated
  linearly; then down by the same filter turned around. The mirrored plane
  repeats itself, so that one period of it stands for all.
  """
  size = x.shape[1:3]
  fine = _along(x, [finer(n) for n in size])
  # Half a fine pixel lies between the centres of the two grids.
  grid = [(_centred(2 * (n + 2 * REACH)) + np.float32(.5)) / 2 for n in size]
  across, downwards = _places(m, grid[1], grid[0])
  places = [2 * v + n - 1 for v, n in zip((downwards, across), size,
                                          strict=True)]
  low = [jnp.floor(v) for v in places]
  share = [(v - i)[..., None] for v, i in zip(places, low, strict=True)]
  low = [i.astype(jnp.int32) for i in low]
  at = lambda i, j: _pick(fine, (low[0] + i) % fine.shape[1],
                          (low[1] + j) % fine.shape[2])
  line = lambda i: at(i, 0) * (1 - share[1]) + at(i, 1) * share[1]
  out = line(0) * (1 - share[0]) + line(1) * share[0]
  return _along(out, [coarser(n) for n in size])
