"""Comparisons at sizes that say nothing about speed, only that they run."""

import sys
import types

import numpy as np
import pytest

from gans_jax import errors
from gans_jax.benchmark import evaluation
from tests.eval.measures.test_manifold import brute

TINY = dict(repeats=2, dims=16, samples=60)


def test_frechet_against_sqrtm():
  pytest.importorskip('scipy')
  result, = evaluation.compare(['frechet2048'], **TINY)
  assert list(result.speeds) == ['gans_jax', 'scipy sqrtm']
  assert result.target == 15. and 'target >= 15x' in str(result)
  assert result.json['ratios']['scipy sqrtm']['medians'] > 0
  mine = float(result.notes[0].split('gans_jax ')[1].split(',')[0])
  assert mine < 1e-10


def test_manifolds_against_a_stand_in(monkeypatch):
  def compute_prdc(real, fake, k):
    print('it prints')
    return dict(zip(('precision', 'recall', 'density', 'coverage'),
                    brute(real, fake, k, closed=False)))
  monkeypatch.setitem(sys.modules, 'prdc', types.SimpleNamespace(
      compute_prdc=compute_prdc))
  result, = evaluation.compare(['manifold10k'], **TINY)
  assert float(result.notes[1].split()[-1]) < 1e-9
  assert 'MB at most' in result.notes[-1]


def test_what_is_not_there(monkeypatch):
  monkeypatch.setitem(sys.modules, 'prdc', None)
  with pytest.raises(errors.ConfigError, match='parity'):
    next(evaluation.compare(**TINY))
  with pytest.raises(errors.ConfigError, match='frechet2048'):
    next(evaluation.compare(['frechet'], **TINY))


def test_the_known_distance_is_one_of_covariances():
  (_, s1, step, s2), exact = evaluation.known(12)
  for s in (s1, s2):
    np.testing.assert_array_equal(s, s.T)
    assert np.linalg.eigvalsh(s)[0] > 0
  assert not np.allclose(s1 @ s2, s2 @ s1)
  assert exact > step @ step
