"""What physicists ask of a jet image: mass, momentum, prongs, sparsity.

A pixel is a massless particle with the pixel's transverse momentum, in the
middle of its place in (eta, phi): de Oliveira et al. 2017 (arXiv:1701.05927),
section 3.1.
"""

from typing import NamedTuple

import numpy as np

HARDEST = 40      # pixels from which axes are found
CHUNK = 256       # jets at a time


class Jets(NamedTuple):
  """Of each jet, [N].

  Attributes:
    mass: GeV, of the sum of all momenta.
    pt: GeV, likewise.
    tau21: N-subjettiness ratio, nan of a jet with less than two pixels.
    sparsity: share of the pixels that have something in them.
  """

  mass: np.ndarray
  pt: np.ndarray
  tau21: np.ndarray
  sparsity: np.ndarray


def observables(x: np.ndarray, unit: float, width: float) -> Jets:
  """Of pictures [N, H, W, 1], or [N, H, W].

  Args:
    x: transverse momenta.
    unit: GeV.
    width: of a pixel, in eta and phi.
  """
  x = np.asarray(x, np.float64).reshape(*np.shape(x)[:3]) * unit
  eta, phi = _places(x.shape[1:], width)
  along = [(x * weight).sum((1, 2)) for weight in (
      np.cosh(eta), np.cos(phi), np.sin(phi), np.sinh(eta))]
  energy, px, py, pz = along
  square = energy ** 2 - px ** 2 - py ** 2 - pz ** 2
  tau1, tau2 = (subjettiness(x, n, width) for n in (1, 2))
  with np.errstate(invalid='ignore', divide='ignore'):
    ratio = np.where(tau1 > 0, tau2 / tau1, np.nan)
  return Jets(np.sqrt(np.maximum(square, 0)), np.hypot(px, py), ratio,
              (x > 0).mean((1, 2)))


def subjettiness(x: np.ndarray, axes: int, width: float) -> np.ndarray:
  """`tau_N = sum_k p_k min_a R_{ka} / sum_k p_k`, R the distance in (eta, phi).

  Thaler and Van Tilburg 2011 (arXiv:1011.2268), eq. 1 with beta = 1, R_0 = 1.
  The N axes are those of the exclusive k_T algorithm without a beam: of the
  HARDEST pixels the pair with the least min(p_i, p_j) R_ij is merged until N
  are left, at the mean place weighted by momentum. All pixels are summed over.

  Args:
    x: [N, H, W], transverse momenta.
    axes: N.
    width: of a pixel.

  Returns:
    [N]; 0 of an empty picture.
  """
  eta, phi = (v.reshape(-1) for v in _places(x.shape[1:], width))
  flat = x.reshape(len(x), -1)
  out = [_of(flat[i:i + CHUNK], axes, np.stack([eta, phi], -1))
         for i in range(0, len(flat), CHUNK)]
  return np.concatenate(out)


def _of(p: np.ndarray, axes: int, place: np.ndarray) -> np.ndarray:
  """tau of momenta [n, P] at places [P, 2]."""
  at, alive = _axes(p, axes, place)
  far = np.linalg.norm(place[None, :, None] - at[:, None], axis=-1)
  near = np.where(alive[:, None], far, np.inf).min(-1)      # [n, P]
  total = p.sum(1)
  return (p * np.where(p > 0, near, 0)).sum(1) / np.where(total > 0, total, 1)


def _axes(p: np.ndarray, axes: int, place: np.ndarray
          ) -> tuple[np.ndarray, np.ndarray]:
  """Places [n, N, 2] of axes, and which there are: [n, N]."""
  most = max(axes, min(HARDEST, int((p > 0).sum(1).max(initial=0))))
  chosen = np.argsort(-p, 1, kind='stable')[:, :most]
  at, mass = place[chosen].copy(), np.take_along_axis(p, chosen, 1).copy()
  alive = mass > 0
  cost = np.minimum(mass[:, :, None], mass[:, None]) * np.linalg.norm(
      at[:, :, None] - at[:, None], axis=-1)
  cost[~(alive[:, :, None] & alive[:, None])] = np.inf
  cost[:, np.arange(most), np.arange(most)] = np.inf
  for _ in range(most - axes):
    r = np.flatnonzero(alive.sum(1) > axes)    # others are done
    i, j = np.divmod(cost[r].reshape(len(r), -1).argmin(1), most)
    both = mass[r, i] + mass[r, j]
    at[r, i] = (mass[r, i, None] * at[r, i] + mass[r, j, None] * at[r, j]
                ) / both[:, None]
    mass[r, i], alive[r, j] = both, False
    new = np.minimum(both[:, None], mass[r]) * np.linalg.norm(
        at[r] - at[r, i][:, None], axis=-1)
    new[~alive[r]] = np.inf
    new[np.arange(len(r)), i] = np.inf
    cost[r, i], cost[r, :, i] = new, new
    cost[r, j], cost[r, :, j] = np.inf, np.inf
  kept = np.argsort(~alive, 1, kind='stable')[:, :axes]
  return (np.take_along_axis(at, kept[..., None], 1),
          np.take_along_axis(alive, kept, 1))


def _places(shape, width):
  """eta and phi of the middles of pixels, [H, W] each; phi goes up."""
  rows, columns = ((np.arange(n) + .5 - n / 2) * width for n in shape)
  return np.broadcast_to(columns, shape), np.broadcast_to(
      -rows[:, None], shape)
