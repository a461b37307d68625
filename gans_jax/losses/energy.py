"""Games of energies: D gives low numbers to real samples, high ones to fakes.

Pairs as in `adversarial`, of energies [B] in place of logits.
"""

import jax
import jax.numpy as jnp

from gans_jax.losses.adversarial import Pair

Array = jax.Array


def margin(m: float) -> Pair:
  """`L_D = E_r e + E_f [m - e]+`, `L_G = E_f e`.

  EBGAN, Zhao et al. 2017 (arXiv:1609.03126), eqs. 1-2. The hinge is that of
  every sample; a fake whose energy is above m gives D no gradient. At a Nash
  equilibrium L_D = m (theorem 1).

  Args:
    m: what the energy of fakes is pushed up to; of the size of an energy, so
      it depends on how the error of a reconstruction is put together.

  Raises:
    ValueError: if m is not above 0.
  """
  if m <= 0:
    raise ValueError(f'the margin of an energy must be above 0, not {m}')
  return Pair(
      d=lambda real, fake: jnp.mean(real) + jnp.mean(jax.nn.relu(m - fake)),
      g=jnp.mean)


equilibrium = Pair(d=lambda real, fake: jnp.mean(real), g=jnp.mean)
"""`L_D = E_r e`, `L_G = E_f e`: BEGAN without its balanced part.

Berthelot et al. 2017 (arXiv:1703.10717), section 3.4: D's other term
`-k_t E_f e` has a factor that is remembered; see `balanced`.
"""


def balanced(k: Array, real: Array, fake: Array, *, gamma: float, rate: float
             ) -> tuple[Array, Array]:
  """BEGAN's proportional control of k, and its measure of convergence.

  Berthelot et al. 2017, section 3.4 and 3.5:
  `k' = clip(k + rate (gamma real - fake), 0, 1)`,
  `M = real + |gamma real - fake|`.

  Args:
    k: weight of the fakes in D's loss, scalar.
    real: mean energy of real samples.
    fake: mean energy of fakes.
    gamma: diversity ratio, fake / real at equilibrium.
    rate: lambda_k; 1e-3 for energies that are means over pixels.

  Returns:
    (k', M).
  """
  gap = gamma * real - fake
  return jnp.clip(k + rate * gap, 0., 1.), real + jnp.abs(gap)
