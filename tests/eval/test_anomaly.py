"""Anomaly scores and projections, on games whose answer is known."""

import dataclasses

import numpy as np
import optax
import pytest

from gans_jax import data, errors, metrics
from gans_jax.apps import inverse, project
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.evaluators import anomaly
from gans_jax.eval.measures import roc
from gans_jax.families import inverter
from gans_jax.losses import reconstruction
from gans_jax.report_parts import evaluation as parts
from tests.eval.test_reconstruct import look, mirror

HELDOUT = dict(name='digits', split='test')


def normal(k=0):
  return data.make('digits', only=(k,))


def scoring(head, **options):
  """A game that gives back what it is shown, times g, and scores by `head`."""
  game = mirror((8, 8, 1), **options)
  return dataclasses.replace(game, heads=dict(anomaly=head))


def ink(t):
  return t.batch['x'].mean((1, 2, 3))


def test_scores_of_held_out_digits_by_hand():
  source = normal()
  evaluator = evaluators.make('anomaly', source, normal=(0,), heldout=HELDOUT)
  found = onepass.run({'anomaly': evaluator}, None, probe=look(
      scoring(ink), source))['anomaly']
  test = data.make(**HELDOUT)
  batch = test.batch(np.arange(len(test)))
  scores, positive = batch['x'].mean((1, 2, 3)), batch['y'] != 0
  assert found['share'] == pytest.approx(positive.mean()) == .9
  assert found['auroc'] == pytest.approx(roc.auroc(scores, positive), abs=1e-4)
  assert found['average_precision'] == pytest.approx(
      roc.average_precision(scores, positive), abs=1e-4)
  for name, rows in (('score_normal', ~positive),
                     ('score_anomalous', positive)):
    assert found[name] == pytest.approx(scores[rows].mean(), abs=1e-5)
  # Measured without any game: 1-NN on pixels.
  assert found['auroc_nearest'] == pytest.approx(1., abs=2e-3)
  curve = [found[f'tpr@{r:g}'] for r in roc.RATES]
  np.testing.assert_allclose(
      curve, roc.at(np.asarray(roc.RATES), scores, positive), atol=2e-3)
  stamp = evaluator.stamp(None)
  assert stamp['normal'] == [0] and stamp['heldout'] == 'digits:test'
  assert stamp['better']['auroc'] == 'higher' and stamp['n_heldout'] == 500


def test_the_baseline_of_the_digit_8():
  source = normal(8)
  evaluator = evaluators.make('anomaly', source, normal=(8,), heldout=HELDOUT)
  found = evaluator.probe(look(scoring(ink), source))
  assert found['auroc_nearest'] == pytest.approx(.991, abs=2e-3)


@pytest.mark.parametrize('options, message', [
    (dict(normal=()), 'some, and not all, of the classes 0 to 9'),
    (dict(normal=range(10)), 'some, and not all'),
    (dict(normal=(11,)), 'some, and not all'),
    (dict(heldout=dict(HELDOUT, size=16)), 'held-out examples have')])
def test_what_cannot_be_told(options, message):
  options = {**dict(normal=(0,), heldout=HELDOUT), **options}
  with pytest.raises(errors.ConfigError, match=message):
    evaluators.make('anomaly', normal(), **options)


def test_a_game_without_scores():
  source = normal()
  evaluator = evaluators.make('anomaly', source, normal=(0,), heldout=HELDOUT)
  with pytest.raises(errors.ConfigError, match="unknown head of this game"):
    evaluator.probe(look(mirror((8, 8, 1)), source))


def test_residuals_stand_beside_their_pictures():
  source = normal()
  found = anomaly.residuals(look(scoring(ink, g=.5), source), HELDOUT, 9)
  assert len(found['real']) == 9
  np.testing.assert_allclose(found['made'], found['real'] / 2, atol=1e-6)
  np.testing.assert_allclose(
      found['left'], -1 + np.abs(found['real']) / 2, atol=1e-6)
  picture = inverse.picture(found, source.spec)
  with_pairs = inverse.picture(
      {k: found[k] for k in ('real', 'made')}, source.spec)
  assert picture.size > 1.2 * with_pairs.size


def test_a_roc_curve_is_one_chart():
  points = [metrics.Summary(
      name=f'anomaly/tpr@{r:g}', evaluator='anomaly', ema=False, protocol={},
      direction='higher', count=1, final=y, final_step=9, best=y, best_step=9,
      mean=y, std=0., k=1) for r, y in ((0., .2), (.1, .6), (.5, .9))]
  (svg,) = parts._roc(points)
  assert 'anomaly/roc (no EMA)' in svg and 'chance' in svg
  for place in ('found at 0: 0.2', 'found at 0.1: 0.6', 'found at 1: 1'):
    assert place in svg


def test_projection_finds_the_code_of_each_picture():
  """G multiplies by 1/2, so the code of x is 2 x."""
  source = data.make('digits')
  p = look(mirror((8, 8, 1), g=.5), source)
  batch = source.batch(np.arange(6))
  found = project.project(
      p, batch, project.of_pictures(reconstruction.sum_square), steps=600,
      tx=optax.adam(.05), starts=2)
  np.testing.assert_allclose(found.made, batch['x'], atol=.02)
  np.testing.assert_allclose(
      found.codes, 2 * batch['x'].reshape(6, -1), atol=.04)
  assert found.costs.shape == (6,) and found.curve.shape == (600, 6)
  assert (found.costs <= found.curve[-1] + 1e-6).all()
  assert (found.costs < .01).all() and (found.curve[0] > 10).all()


def test_the_best_start_of_each_picture_is_kept():
  source = data.make('digits')
  p = look(mirror((8, 8, 1)), source)
  batch = source.batch(np.arange(6))
  objective = project.of_pictures(reconstruction.mean_square)
  costs = lambda starts: project.project(
      p, batch, objective, steps=1, starts=starts).costs
  one, four = costs(1), costs(4)
  assert (four <= one).all() and (four < one).any()
  with pytest.raises(errors.ConfigError, match='0 starts'):
    costs(0)


def test_anogans_measure_is_an_objective():
  measure = inverter.discrepancy(reconstruction.sum_square, f_weight=0.)
  source = data.make('digits')
  found = project.project(look(mirror((8, 8, 1)), source),
                          source.batch(np.arange(2)), measure, steps=2)
  np.testing.assert_allclose(found.costs, np.sum(
      (found.made - source.batch(np.arange(2))['x']) ** 2, (1, 2, 3)),
                             rtol=1e-4)
