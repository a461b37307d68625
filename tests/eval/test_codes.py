"""Evaluators of codes, on games that are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.eval import evaluators
from gans_jax.eval.evaluators import codes
from gans_jax.eval.measures import moments
from gans_jax.eval.onepass import Probe

STATE = G.State(step=jnp.zeros((), jnp.int32), key=jax.random.key(0),
                params={}, stats={}, opt={}, ema={}, memory={})


def known(**fields):
  return G.Game(nets={}, players={}, round=(), sample=lambda t: {}, **fields)


def probed(evaluator, game, source):
  return evaluator.probe(Probe(game, STATE, source, jax.random.key(0)))


def test_matched_by_hand():
  """One code for one label: label 5 goes to code 1, and code 3 to label 2."""
  code = np.array([3, 3, 3, 1, 1, 0])
  label = np.array([5, 5, 2, 5, 5, 9])
  assert codes.matched(code, label) == pytest.approx(4 / 6)
  assert codes.matched(code, code) == 1
  # Greedy would give code 0 label 0 first (3), and be left with 3 + 0.
  code, label = np.repeat([0, 0, 1], [3, 2, 2]), np.repeat([0, 1, 0], [3, 2, 2])
  assert codes.matched(code, label) == pytest.approx(4 / 7)


def test_clusters_of_a_head_that_is_known():
  source = data.make('digits')
  evaluator = evaluators.make('code_clusters', source)
  test = data.make('digits', split='test')
  y = test.batch(np.arange(len(test)))['y']
  shifted = lambda t: 9. * jnp.eye(10)[(t.batch['y'] + 3) % 10]
  found = probed(evaluator, known(heads=dict(category=shifted)), source)
  assert found == dict(accuracy=1, majority=1, used=10, sure=pytest.approx(
      np.exp(9) / (np.exp(9) + 9)))
  paired = lambda t: jnp.eye(10)[t.batch['y'] // 2]
  found = probed(evaluator, known(heads=dict(category=paired)), source)
  share = np.bincount(y, minlength=10).reshape(5, 2).max(1).sum() / len(y)
  assert found['accuracy'] == found['majority'] == pytest.approx(share)
  assert found['used'] == 5
  # Twenty codes, two a digit: majorities are right, an assignment is not.
  halved = lambda t: jnp.eye(20)[t.batch['y'] + 10 * (
      jnp.mean(t.batch['x'], (1, 2, 3)) > -.4)]
  found = probed(evaluator, known(heads=dict(category=halved)), source)
  assert found['majority'] == 1 and found['accuracy'] < .8
  with pytest.raises(errors.ConfigError, match="Did you mean 'category'"):
    probed(evaluators.make('code_clusters', source, code='categorie'),
           known(heads=dict(category=paired)), source)
  with pytest.raises(errors.ConfigError, match='no logits'):
    probed(evaluator, known(heads=dict(category=lambda t: jnp.zeros(
        (len(t.batch['x']), 1)))), source)


def bars(slant, width, size=28):
  """[N, size, size, 1] in [-1, 1]: a blurred bar, sheared about the middle."""
  y, x = jnp.mgrid[:size, :size] - (size - 1) / 2
  across = x - slant[:, None, None] * y
  ink = jnp.exp(-(across / width[:, None, None]) ** 2 / 2
                - (y / 5.) ** 2 / 2)
  return 2 * ink[..., None] - 1


def test_moments_of_bars():
  slant, width = np.array([-.6, 0., .3]), np.array([1., 1.5, 2.])
  found = moments.moments(np.asarray(bars(slant, width)), (-1., 1.))
  np.testing.assert_allclose(found['slant'], slant, atol=.02)
  np.testing.assert_allclose(found['width'], width, rtol=.02)
  np.testing.assert_allclose(found['height'], 5., rtol=.05)
  np.testing.assert_allclose(found['ink'] * 28 ** 2,
                             2 * np.pi * 5 * width, rtol=.05)
  assert np.isnan(moments.moments(np.full((1, 8, 8, 1), -1.),
                                  (-1., 1.))['slant']).all()


def test_rank_correlations_are_scipys():
  rng = np.random.default_rng(0)
  a, b = rng.integers(6, size=(2, 4, 9))
  want = [stats.spearmanr(x, y).statistic for x, y in zip(a, b)]
  np.testing.assert_allclose(moments.spearman(a, b), want, atol=1e-12)
  assert moments.spearman(np.ones((1, 5)), np.arange(5.)[None]) == 0


def test_codes_that_shear_and_widen_are_seen_to():
  """A code for the slant, one for the width, one that bends there and back.

  And one that shears half of the rows to the left, the others to the right.
  """
  source = data.make('digits', size=28)

  def space(which):
    def decode(t, c):
      other = jax.random.normal(t.key(), (t.n, 2))
      slant, width = .3 * other[:, 0], 1.5 * jnp.exp(.2 * other[:, 1])
      if which == 'shear':
        slant += .4 * c[:, 0]
      elif which == 'widen':
        width *= 1.3 ** -c[:, 0]
      elif which == 'part':
        slant += .4 * c[:, 0] * (-1) ** jnp.arange(t.n)
      else:
        slant += c[:, 0] ** 2
      return dict(x=bars(slant, width))
    return G.Latent(lambda t: t.uniform(1), decode,
                    values=np.linspace(-1, 1, 10, dtype=np.float32)[:, None])

  game = known(latents={
      k: space(k) for k in ('shear', 'widen', 'bend', 'part')})
  evaluator = evaluators.make('code_moments', source, n=10)
  found = probed(evaluator, game, source)
  assert found['shear_slant'] == found['slant'] == pytest.approx(1)
  assert found['widen_width'] == found['width'] == pytest.approx(1)
  assert found['widen_ink'] == pytest.approx(1)
  assert found['bend_slant'] < .2 and found['bend_width'] < .2
  assert found['part_slant'] < .01 and found['bend_slant_either'] < .2
  assert found['part_slant_either'] == pytest.approx(1)
  assert found['slant_either'] == pytest.approx(1)
  # From end to end by .8, in standard deviations of the digits' own slants.
  real = moments.moments(source.batch(np.arange(len(source)))['x'], (-1., 1.))
  assert found['shear_slant_shift'] == pytest.approx(
      .8 / real['slant'].std(), rel=.05)
  assert found['bend_slant_shift'] < .05 < found['widen_width_shift']
  with pytest.raises(errors.ConfigError, match='kind uniform'):
    probed(evaluator, known(), source)
  with pytest.raises(errors.ConfigError, match='pictures'):
    evaluators.make('code_moments', data.make('ring8', n=9))
