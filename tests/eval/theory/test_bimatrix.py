"""Small games: what players can reach, and what would be best for them."""

import numpy as np
import pytest

from gans_jax.eval import theory

# Payoffs: years of prison that are spared. The choices: keep silent, confess.
SILENT = np.array([[3, 0], [5, 1]])


def test_the_prisoners_equilibrium_is_not_their_optimum():
  found = theory.equilibria(SILENT, SILENT.T)
  assert len(found) == 1
  np.testing.assert_allclose(found[0].x, [0, 1])
  np.testing.assert_allclose(found[0].y, [0, 1])
  assert found[0].payoffs == pytest.approx((1, 1))
  # Both would rather be silent, and every cell but the equilibrium is best
  # for someone.
  best = theory.pareto(SILENT, SILENT.T)
  assert (0, 0) in best and (1, 1) not in best
  assert SILENT[0, 0] > found[0].payoffs[0]


def test_matching_pennies_have_no_choice_to_rest_at():
  """A game of two opposed players: the only equilibrium is a mixture."""
  a = np.array([[1, -1], [-1, 1]])
  found = theory.equilibria(a, -a)
  assert len(found) == 1
  np.testing.assert_allclose([found[0].x, found[0].y], .5)
  assert found[0].payoffs == pytest.approx((0, 0))
  assert len(theory.pareto(a, -a)) == 4     # nothing to gain together


def test_a_battle_has_three():
  a, b = np.array([[3, 0], [0, 2]]), np.array([[2, 0], [0, 3]])
  found = theory.equilibria(a, b)
  assert [e.payoffs for e in found] == [
      pytest.approx((3, 2)), pytest.approx((2, 3)), pytest.approx((1.2, 1.2))]
  np.testing.assert_allclose(found[2].x, [.6, .4])
  np.testing.assert_allclose(found[2].y, [.4, .6])


def test_rock_paper_scissors():
  a = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
  found = theory.equilibria(a, -a)
  assert len(found) == 1
  np.testing.assert_allclose([found[0].x, found[0].y], 1 / 3)


@pytest.mark.parametrize('seed', range(6))
def test_no_choice_is_better_than_an_equilibrium(seed):
  """Random games of 3 by 4 have an odd number of them."""
  a, b = np.random.default_rng(seed).normal(size=(2, 3, 4))
  found = theory.equilibria(a, b)
  assert len(found) % 2 == 1
  for x, y, payoffs in found:
    np.testing.assert_allclose([x.sum(), y.sum()], 1)
    assert min(x.min(), y.min()) > -1e-9
    assert (a @ y).max() <= payoffs[0] + 1e-9
    assert (x @ b).max() <= payoffs[1] + 1e-9


def test_a_gan_of_two_choices_rests_at_half():
  """The zero-sum value of GAN's eq. 1 on a table of D's and G's choices.

  G makes symbol 0 or 1, the data is one or the other with 1/2, and D bets on
  which symbol is real at odds of .9: G mixes as the data does, D cannot tell.
  """
  bet = np.array([[.9, .1], [.1, .9]])      # D(symbol), by D's choice
  value = np.mean(np.log(bet), 1)[:, None] + np.log(1 - bet)
  found = theory.equilibria(value, -value)
  assert len(found) == 1
  np.testing.assert_allclose([found[0].x, found[0].y], .5)


def test_tables_must_fit():
  with pytest.raises(ValueError, match='N, M'):
    theory.equilibria(np.eye(2), np.eye(3))
