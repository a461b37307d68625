"""Observables by hand, evaluators on data whose scores are known."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.apps import design
from gans_jax.data import dna
from gans_jax.eval import evaluators, onepass
from gans_jax.eval.evaluators import sequences
from gans_jax.eval.measures import jets, two_samples
from gans_jax.systems import dna_gan, lagan
from tests.systems.test_exact import start


def picture(*pixels, size=25):
  """A jet of (row, column, momentum)."""
  x = np.zeros((1, size, size, 1))
  for i, j, p in pixels:
    x[0, i, j] = p
  return x


def test_mass_of_two_particles():
  """m^2 = 2 p q (cosh d_eta - cos d_phi)."""
  found = jets.observables(picture((12, 12, 1.), (16, 9, .5)), 100., .1)
  want = 2 * 100 * 50 * (np.cosh(.3) - np.cos(.4))
  np.testing.assert_allclose(found.mass, np.sqrt(want), rtol=1e-9)
  np.testing.assert_allclose(found.pt, np.hypot(
      100 + 50 * np.cos(.4), 50 * np.sin(.4)), rtol=1e-9)
  np.testing.assert_allclose(found.sparsity, 2 / 625)
  assert found.tau21 == 0         # two axes fit two particles
  alone = jets.observables(picture((12, 12, 1.)), 100., .1)
  np.testing.assert_allclose([alone.pt[0], alone.mass[0]], [100, 0], atol=1e-5)
  assert np.isnan(alone.tau21)


def test_subjettiness_by_hand():
  """Two near particles and one far: they are one axis, it is the other."""
  x = picture((12, 12, 1.), (12, 14, 3.), (22, 12, 2.))[..., 0]
  middle = 13.5
  tau2 = (1 * 1.5 + 3 * .5) * .1 / 6
  np.testing.assert_allclose(jets.subjettiness(x, 2, .1), tau2, rtol=1e-9)
  row, column = 12 + 20 / 6, (4 * middle + 24) / 6
  tau1 = sum(p * np.hypot(i - row, j - column) for i, j, p in (
      (12, 12, 1), (12, 14, 3), (22, 12, 2))) * .1 / 6
  np.testing.assert_allclose(jets.subjettiness(x, 1, .1), tau1, rtol=1e-9)
  assert jets.subjettiness(0 * x, 2, .1) == 0


def by_loops(p, at, axes):
  """The k_T algorithm one pair at a time."""
  left = [(m, *place) for m, place in zip(p, at) if m > 0]
  while len(left) > axes:
    _, i, j = min((min(a[0], b[0]) * np.hypot(a[1] - b[1], a[2] - b[2]), i, j)
                  for i, a in enumerate(left) for j, b in enumerate(left)
                  if i < j)
    (m, *a), (n, *b) = left[i], left[j]
    left[i] = (m + n, *(m * np.array(a) + n * np.array(b)) / (m + n))
    del left[j]
  return sum(m * min(np.hypot(*(place - np.array(a[1:]))) for a in left)
             for m, place in zip(p, at) if m > 0) / p.sum()


def test_axes_equal_those_found_by_loops():
  """At places off the grid, where no two pairs are alike."""
  rng = np.random.default_rng(0)
  p = rng.exponential(size=(5, 30)) * (rng.random((5, 30)) < .4)
  at = rng.uniform(size=(30, 2))
  for axes in (1, 2, 3):
    np.testing.assert_allclose(
        jets._of(p, axes, at), [by_loops(row, at, axes) for row in p],
        rtol=1e-7)


def test_kolmogorov_smirnov_is_scipy_s():
  rng = np.random.default_rng(0)
  for a, b in ((rng.normal(size=50), rng.normal(.5, 1, 70)),
               (rng.integers(3, size=40), rng.integers(4, size=30)),
               ([1., 1.], [2., 2.])):
    np.testing.assert_allclose(two_samples.kolmogorov_smirnov(a, b),
                               scipy.stats.ks_2samp(a, b).statistic)
  assert two_samples.kolmogorov_smirnov([np.nan], [1.]) == 1
  assert two_samples.kolmogorov_smirnov([1., np.nan], [1.]) == 0


def draw_of(source):
  return lambda n: source.batch(np.arange(n))


def test_real_jets_are_as_real_jets():
  real, other = (data.make('jets', split=s, n=400) for s in ('train', 'test'))
  make = functools.partial(evaluators.make, 'jets', real, n=200, n_real=300)
  found = make()(draw_of(other))
  assert all(found[f'ks_{k}'] < .2 for k in jets.Jets._fields)
  assert 50 < found['mass_real'] < 130 and found['pt_real'] < 300
  wide = lambda n: dict(x=np.ones((n, 25, 25, 1)))
  assert make()(wide)['ks_sparsity'] == 1
  assert make()(lambda n: dict(x=np.zeros((n, 25, 25, 1))))['ks_tau21'] == 1
  with pytest.raises(errors.ConfigError, match="'digits' is of another"):
    evaluators.make('jets', data.make('digits'))


def test_real_showers_are_as_real_showers():
  real, other = (data.make('showers', split=s, n=600)
                 for s in ('train', 'test'))
  evaluate = evaluators.make('showers', real, n=500, n_real=None)
  found = evaluate(draw_of(other))
  assert .004 < found['response'] < .012 and found['fraction_error'] < .05
  np.testing.assert_allclose(sum(found[f'fraction{i}'] for i in range(3)), 1)
  def spoiled(n):       # a fifth too much, all of it in the first layer
    batch = other.batch(np.arange(n))
    total = sum(batch[f'layer{i}'].sum((1, 2)) for i in range(3))
    batch['layer0'] = batch['layer0'] * (1 + .2 * total / batch['layer0'].sum(
        (1, 2)))[:, None, None]
    return batch
  worse = evaluate(spoiled)
  np.testing.assert_allclose(worse['response'], .2, atol=.01)
  np.testing.assert_allclose(
      worse['fraction0'], (found['fraction0'] + .2) / 1.2, atol=.01)
  assert worse['fraction_error'] > .5
  empty = lambda n: {k: 0 * v if k != 'energy' else v
                     for k, v in other.batch(np.arange(n)).items()}
  assert evaluate(empty)['response'] == 1


def test_motifs_are_counted():
  words = ['AATATAATA', 'TATAATTAT', 'TTTTTTTTT', 'CTATAATCC']
  x = dna.encode(words, 'ACGT', 9).argmax(-1)
  want = dna.encode(['TATAAT'], 'ACGT', 6).argmax(-1)[0]
  np.testing.assert_array_equal(sequences.occurrences(x, want), [1, 1, 0, 1])
  three = dna.encode(['TTT'], 'ACGT', 3).argmax(-1)[0]
  np.testing.assert_array_equal(sequences.occurrences(x, three), [0, 0, 7, 0])
  p = sequences.shares(x, 2, 4)
  np.testing.assert_allclose(p.sum(), 1)
  np.testing.assert_allclose(p[15], (1 + 8) / 32)      # TT, of 4 x 8 pairs
  assert sequences.jensen_shannon(p, p) == 0
  np.testing.assert_allclose(sequences.jensen_shannon(
      np.eye(2)[0], np.eye(2)[1]), np.log(2))


def test_a_motif_in_random_letters():
  """By chance in one place: 4^-6 = 2.44e-4."""
  real = data.make('dna', n=300, length=6)
  found = evaluators.make('motif', real, n=200)(draw_of(real))
  assert found['rate'] == found['rate_real'] == found['certainty'] == 1
  np.testing.assert_allclose(found['rate_random'], 2.44e-4, rtol=1e-3)
  assert found['kmers'] < 1e-6 and found['distinct'] == 1 / 200
  random = lambda n: dict(x=np.eye(4)[
      np.random.default_rng(0).integers(4, size=(n, 6))])
  found = evaluators.make('motif', real, n=200)(random)
  assert found['rate'] < .02 and found['distinct'] > .9
  with pytest.raises(errors.ConfigError, match='is of sequences'):
    evaluators.make('motif', data.make('gauss1', n=9))
  with pytest.raises(errors.ConfigError, match='has U'):
    evaluators.make('motif', real, word='UAUAAU')


def test_climbing_with_a_prior_ends_where_both_balance():
  """a . z - w |z|^2 / 2 is greatest at a / w, and without w beyond it."""
  a = jnp.asarray([1., -2.])
  climb = lambda prior: jax.jit(lambda z: design.climb(
      lambda z: z @ a, z, jax.random.key(0), steps=400, prior=prior))(
          jnp.zeros((3, 2)))
  z, curve = climb(2.)
  np.testing.assert_allclose(z, np.tile([.5, -1.], (3, 1)), atol=.02)
  assert curve.shape == (400,) and curve[0] == 0 and curve[-1] > 2
  assert (np.abs(climb(0.)[0]) > 5).all()


def trained_dna():
  source = data.make('dna', n=200, length=8)
  game = dna_gan.build(
      source.spec, nets=dict(name='dna', width=4, blocks=1, d_width=4,
                             d_blocks=1),
      z=4, predictor=dict(motifs=4, size=3, hidden=(4,)))
  state = start(game, source, 16)
  # A predictor whose logit is large enough to have a slope.
  p = jax.tree.map(lambda x: 3. * x, state.params['p'])
  state = state.replace(params={**state.params, 'p': p})
  return source, game, state


def test_designs_score_more_than_what_they_began_with():
  source, game, state = trained_dna()
  batch = source.batch(np.arange(16))
  found = jax.jit(lambda s: design.design(
      game, s, batch, jax.random.key(0), 'score', steps=60))(state)
  assert found.scores.mean() > found.first.mean()
  np.testing.assert_allclose(found.curve[0], found.first.mean(), rtol=1e-5)
  np.testing.assert_allclose(found.made['x'].sum(-1), 1., rtol=1e-5)
  score = jax.nn.sigmoid(game.nets['p'].apply(
      {'params': state.params['p']}, found.made['x'], train=False))
  np.testing.assert_allclose(found.scores, score, rtol=1e-5)
  with pytest.raises(errors.ConfigError, match="Did you mean 'score'"):
    design.design(game, state, batch, jax.random.key(0), 'scor')


def test_design_is_scored_against_the_data():
  source, game, state = trained_dna()
  probe = onepass.Probe(game, state, source, jax.random.key(0))
  evaluate = evaluators.make('design', source, n=10, steps=40, n_real=100)
  found = evaluate.probe(probe)
  assert found['after'] > found['before']
  of_data = np.asarray(jax.nn.sigmoid(game.nets['p'].apply(
      {'params': state.params['p']}, source.batch(np.arange(200))['x'],
      train=False)))
  assert abs(found['data'] - of_data.mean()) < .05
  assert 0 <= found['percentile_before'] <= 100
  assert evaluate.protocol['steps'] == 40
  plain = dna_gan.build(dna.source(
      np.eye(4)[np.zeros((9, 8), int)], None, 'ACGT', 'a', 'train').spec,
      nets=dict(name='dna', width=4, blocks=1, d_width=4, d_blocks=1), z=4)
  with pytest.raises(errors.ConfigError, match='head of this game'):
    evaluate.probe(probe._replace(game=plain))


def test_how_d_tells_classes():
  source = data.make('jets', n=200)
  game = lagan.build(source.spec, z=4, nets=dict(
      name='lagan', width=4, channels=4, local=2, d_channels=4, d_local=2,
      kernels=2, dims=2))
  state = start(game, source, 16)
  evaluate = evaluators.make('class_auc', source, n=100, heldout=dict(
      name='jets', split='test', n=100))
  probe = onepass.Probe(game, state, source, jax.random.key(0))
  assert 0 <= evaluate.probe(probe)['auc'] <= 1
  # Told by how much lies below the middle, as signal has it.
  asked = lambda t: jnp.sum(t.batch['x'][:, 16:], (1, 2, 3))
  knows = G.dataclasses.replace(game, heads=dict(classes=asked))
  assert evaluate.probe(probe._replace(game=knows))['auc'] > .9
  with pytest.raises(errors.ConfigError, match='head of this game'):
    evaluate.probe(probe._replace(game=G.dataclasses.replace(game, heads={})))
  with pytest.raises(errors.ConfigError, match='two classes'):
    evaluators.make('class_auc', data.make('digits'))
