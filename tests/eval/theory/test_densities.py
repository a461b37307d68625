"""The best discriminator, and the divergence that it leaves G to minimise."""

import math

import numpy as np
import pytest

from gans_jax.eval import theory


def test_two_unit_normals_one_apart():
  # TV of N(0,1) and N(1,1) is 2 Phi(1/2) - 1 = erf(1 / sqrt 8).
  found = theory.divergences(theory.normal(0), theory.normal(1))
  assert found.kl == pytest.approx(.5, abs=1e-9)
  assert found.reverse_kl == pytest.approx(.5, abs=1e-9)
  assert found.tv == pytest.approx(math.erf(8 ** -.5), abs=1e-7)
  assert found.js == pytest.approx(.111421, abs=1e-6)
  assert found.gan_value == pytest.approx(-1.163451, abs=1e-6)
  assert found.hinge_loss == pytest.approx(1.234150, abs=1e-6)


def test_equal_densities_leave_log_4():
  p = theory.normal(.3, 2.)
  found = theory.divergences(p, p, -20, 20)
  assert found.gan_value == pytest.approx(-math.log(4))
  assert found.kl == found.tv == 0


def test_the_best_d_reaches_the_value_and_no_other_does():
  p, q = theory.normal(0), theory.normal(1)
  x = np.linspace(-9, 10, 20_001)
  def value(logit):
    return np.trapezoid(-p(x) * np.logaddexp(0, -logit)
                        - q(x) * np.logaddexp(0, logit), x)
  best = theory.optimal_logit(p, q)(x)
  np.testing.assert_allclose(best, .5 - x, atol=1e-9)
  want = theory.divergences(p, q).gan_value
  assert value(best) == pytest.approx(want, abs=1e-12)
  assert value(best + .1) < want
  assert value(1.1 * best) < want


@pytest.mark.parametrize('seed', range(3))
def test_on_a_table_the_best_d_is_p_over_p_plus_q(seed):
  """Goodfellow et al. 2014, proposition 1 and theorem 1, symbol by symbol."""
  p, q = np.random.default_rng(seed).dirichlet(np.ones(6), 2)
  value = lambda d: np.sum(p * np.log(d) + q * np.log(1 - d))
  best = p / (p + q)
  want = 2 * theory.jensen_shannon(p, q) - math.log(4)
  assert value(best) == pytest.approx(want, abs=1e-12)
  for i in range(6):
    for share in (.9, 1.1):      # other odds for this symbol
      other = best.copy()
      other[i] = share * p[i] / (share * p[i] + q[i])
      assert value(other) < want
  # G's virtual criterion is least where it makes the data.
  assert want > -math.log(4)
  assert theory.jensen_shannon(p, p) == pytest.approx(0, abs=1e-15)
