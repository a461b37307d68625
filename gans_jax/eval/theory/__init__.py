"""What theory says of players and games, in a form that tests can run.

`densities` has optimal discriminators and divergences, `transport` Wasserstein
distances by a plan and by a critic, `stability` the motion of a game near a
point, `bimatrix` equilibria of small games. tests/eval/theory holds the
statements.
"""

from gans_jax.eval.theory.bimatrix import Equilibrium, equilibria, pareto
from gans_jax.eval.theory.densities import (
    Density, Divergences, divergences, f_divergence, jensen_shannon, normal,
    optimal_logit, variational_bound)
from gans_jax.eval.theory.stability import (
    flow_jacobian, round_jacobian, trajectory)
from gans_jax.eval.theory.transport import (
    Transport, distances, lipschitz, transport, wasserstein_1d)

__all__ = [
    'Density', 'Divergences', 'Equilibrium', 'Transport', 'distances',
    'divergences', 'equilibria', 'f_divergence', 'flow_jacobian',
    'jensen_shannon', 'lipschitz', 'normal', 'optimal_logit', 'pareto',
    'round_jacobian', 'trajectory', 'transport', 'variational_bound',
    'wasserstein_1d']
