"""Gradient penalties: what keeps a critic smooth, and where.

A penalty is points, a norm and a power: `interpolates` or `perturbed` pick the
points, `gradient_norms` measures there, `power_penalty` says what is wrong
with the norms. The published ones below are put together from these.

Everywhere `d` is a pure function x -> logits, [B, ...] -> [B] or [B, ...]
(several logits of a sample are summed), a closure over its labels if it has
any; x is an array of any rank whose first axis is the batch. The gradient is
that of the logits' sum over the batch, so it is per sample only where d
doesn't mix samples: no BatchNorm in a critic with a penalty. A penalty is
differentiable again with respect to what d closes over.
"""

from typing import Callable

import jax
import jax.numpy as jnp

Array = jax.Array
Critic = Callable[[Array], Array]

# Inside the square root, whose derivative at 0 is infinite.
EPSILON = 1e-12


# --- measures ----------------------------------------------------------------

def squared_gradient_norms(d: Critic, x: Array) -> Array:
  """`|grad_x d(x_i)|^2` of each sample, over all axes but the first: [B].

  Squares are summed in float32 at least, also where x is bfloat16.
  """
  wide = jnp.promote_types(x.dtype, jnp.float32)
  gradient = jax.grad(lambda x: jnp.sum(d(x).astype(wide)))(x).astype(wide)
  return jnp.sum(jnp.square(gradient), axis=tuple(range(1, x.ndim)))


def logits_and_squared_norms(d: Critic, x: Array) -> tuple[Array, Array]:
  """`d(x)` and `squared_gradient_norms(d, x)`, of one pass through d.

  Where d draws at random (augmentation), both are of the same draw.
  """
  wide = jnp.promote_types(x.dtype, jnp.float32)
  logits, back = jax.vjp(d, x)
  gradient = back(jnp.ones_like(logits))[0].astype(wide)
  return logits, jnp.sum(jnp.square(gradient), axis=tuple(range(1, x.ndim)))


def gradient_norms(d: Critic, x: Array) -> Array:
  """`sqrt(|grad_x d(x_i)|^2 + 1e-12)` of each sample: [B]."""
  return jnp.sqrt(squared_gradient_norms(d, x) + EPSILON)


def power_penalty(norms: Array, centre: float = 1., n: int = 2,
                  one_sided: bool = False) -> Array:
  """Mean of `|norm - centre|^n`, or of `max(norm - centre, 0)^n`.

  Args:
    norms: [B].
    centre: the norm that costs nothing; 1 for a Wasserstein critic.
    n: power, at least 1; the published penalties have 2.
    one_sided: only norms above the centre cost (WGAN-LP, Petzka et al. 2018,
      arXiv:1709.08894, eq. 8).

  Returns:
    A scalar.

  Raises:
    ValueError: if n is not a whole number above 0.
  """
  if n != int(n) or n < 1:
    raise ValueError(f'the power of a penalty is a whole number > 0, not {n}')
  excess = norms - centre
  if one_sided:
    excess = jax.nn.relu(excess)
  elif n % 2:
    excess = jnp.abs(excess)
  return jnp.mean(excess ** int(n))


# --- points ------------------------------------------------------------------

def interpolates(real: Array, fake: Array, key: Array) -> Array:
  """`e x + (1 - e) g`, one `e ~ U(0, 1)` for each pair of samples.

  Raises:
    ValueError: if the two shapes differ.
  """
  if real.shape != fake.shape:
    raise ValueError('interpolation needs as many real samples as fake ones, '
                     f'of one shape: got {real.shape} and {fake.shape}')
  shape = real.shape[:1] + (1,) * (real.ndim - 1)
  share = jax.random.uniform(key, shape, real.dtype)
  return share * real + (1 - share) * fake


def perturbed(real: Array, key: Array, scale: float = .5) -> Array:
  """DRAGAN's points, as in its authors' code: `x + a scale std(x) u`.

  `u ~ U(0, 1)` for each element and `a ~ U(0, 1)` for each sample, so that
  points are moved one way only; std is one number for the whole batch.
  """
  key_u, key_a = jax.random.split(key)
  noise = jax.random.uniform(key_u, real.shape, real.dtype)
  shape = real.shape[:1] + (1,) * (real.ndim - 1)
  share = jax.random.uniform(key_a, shape, real.dtype)
  return real + share * scale * jnp.std(real) * noise


def perturbed_centred(
    real: Array, key: Array,
    limits: tuple[float, float] | None = (-1., 1.)) -> Array:
  """DRAGAN's points, as in compare_gan: `clip(x + std(x) (u - 1/2), limits)`.

  `u ~ U(0, 1)` for each element; std is one number for the whole batch.
  `limits` is the range of the data, None leaves the points where they are.
  """
  noise = jax.random.uniform(key, real.shape, real.dtype) - .5
  points = real + jnp.std(real) * noise
  return points if limits is None else jnp.clip(points, *limits)


# --- published penalties -----------------------------------------------------

def gp(d: Critic, real: Array, fake: Array, key: Array, *, centre: float = 1.,
       n: int = 2, one_sided: bool = False) -> Array:
  """`E (|grad d(x')| - 1)^2` at interpolates; the paper's weight is 10.

  WGAN-GP, Gulrajani et al. 2017 (arXiv:1704.00028), eq. 3.

  Args:
    d: the critic.
    real: [B, ...].
    fake: as real.
    key: of the interpolation.
    centre: as in `power_penalty`.
    n: as in `power_penalty`.
    one_sided: as in `power_penalty`; True gives WGAN-LP.

  Returns:
    A scalar, to be weighted.
  """
  norms = gradient_norms(d, interpolates(real, fake, key))
  return power_penalty(norms, centre, n, one_sided)


def gp_real_fake(d: Critic, real: Array, fake: Array, *, centre: float = 1.,
                 n: int = 2) -> Array:
  """`(E_r (|grad d| - 1)^n + E_f (|grad d| - 1)^n) / 2`: no interpolation.

  It binds the critic on the two supports only, so it is weaker between modes
  than `gp` and wants a weight of 10 or more. The two batches may differ in
  size.

  Args:
    d: the critic.
    real: [B, ...].
    fake: [B', ...].
    centre: as in `power_penalty`.
    n: as in `power_penalty`, usually even; |.|^n where odd.

  Returns:
    A scalar, to be weighted.
  """
  return (power_penalty(gradient_norms(d, real), centre, n)
          + power_penalty(gradient_norms(d, fake), centre, n)) / 2


def dragan(d: Critic, real: Array, key: Array, *, centre: float = 1.,
           points: Callable[[Array, Array], Array] = perturbed) -> Array:
  """`E (|grad d(x + noise)| - 1)^2` around real samples; weight 10.

  DRAGAN, Kodali et al. 2017 (arXiv:1705.07215), section 2.3; on logits, as in
  the authors' code. `points(real, key)` is `perturbed` or `perturbed_centred`.
  """
  return power_penalty(gradient_norms(d, points(real, key)), centre)


def r1(d: Critic, real: Array, gamma: float = 10.) -> Array:
  """`gamma/2 E_r |grad d(x)|^2`.

  Mescheder et al. 2018 (arXiv:1801.04406), eq. 9. The authors' code leaves
  the 1/2 out, so its 10 is a gamma of 20 here.
  """
  return gamma / 2 * jnp.mean(squared_gradient_norms(d, real))


def r2(d: Critic, fake: Array, gamma: float = 10.) -> Array:
  """`gamma/2 E_f |grad d(g)|^2`: Mescheder et al. 2018, eq. 10; see `r1`."""
  return gamma / 2 * jnp.mean(squared_gradient_norms(d, fake))


def zero_centred(d: Critic, real: Array, fake: Array, key: Array) -> Array:
  """`E |grad d(x')|^2` at interpolates (WGAN-GP-0); weight 10.

  Mescheder et al. 2018 (arXiv:1801.04406), section 4.1; Thanh-Tung et al. 2019
  (arXiv:1902.03984), eq. 6.
  """
  return jnp.mean(squared_gradient_norms(d, interpolates(real, fake, key)))


# --- of weights --------------------------------------------------------------

def orthogonality(kernel: Array) -> Array:
  """`|W^T W * (1 - I)|_F^2`: how far a layer's filters are from orthogonal.

  Brock et al. 2019 (BigGAN, arXiv:1809.11096), eq. 3. The norms of the filters
  are free, which Brock et al. 2017 bound, too.

  Its gradient is 4 W (W^T W * (1 - I)). BigGAN-PyTorch adds 2 W (...), so its
  weight of 1e-4 is 5e-5 here.

  Args:
    kernel: [..., O], W with a column [everything else] for each filter.

  Returns:
    A scalar, to be weighted.
  """
  w = kernel.reshape(-1, kernel.shape[-1])
  gram = w.T @ w
  return jnp.sum(jnp.square(gram * (1 - jnp.eye(len(gram), dtype=w.dtype))))


def orthonormality(kernel: Array) -> Array:
  """`|W^T W - I|_1`: how far a layer's filters are from orthonormal.

  Brock et al. 2017 (arXiv:1609.07093), section 3.3. Their weight is 1e-3.

  Args:
    kernel: as in `orthogonality`.

  Returns:
    A scalar, to be weighted.
  """
  w = kernel.reshape(-1, kernel.shape[-1])
  gram = w.T @ w
  return jnp.sum(jnp.abs(gram - jnp.eye(len(gram), dtype=w.dtype)))
