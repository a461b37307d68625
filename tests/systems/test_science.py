"""LAGAN, CaloGAN and the DNA GAN at known logits, energies and slopes."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.data.spec import Spec
from gans_jax.systems import calogan, dna_gan, lagan
from tests.systems.test_exact import batches, start

STILL = dict(name='adam', lr=0.)
JETS = dict(name='lagan', width=4, channels=4, local=2, d_channels=4, d_local=2,
            kernels=2, dims=2)
LAYERS = dict(name='calogan', width=2, channels=2, local=2, d_channels=2,
              d_local=(2, 2, 2), kernels=2, dims=2)
LETTERS = dict(name='dna', width=4, blocks=1, d_width=4, d_blocks=1)
sp = lambda t: np.log1p(np.exp(t))


def pictures(n=32):
  """9x9 pixels, two classes."""
  rng = np.random.default_rng(0)
  return data.arrays(rng.exponential(size=(n, 9, 9, 1)), np.arange(n) % 2,
                     classes=2)


def layers(n=32, labels=False):
  """Showers in two layers of few cells."""
  rng = np.random.default_rng(0)
  made = dict(layer0=rng.exponential(size=(n, 2, 4)), energy=20 + np.arange(n),
              layer1=rng.exponential(size=(n, 4, 2)))
  made = {k: v.astype(np.float32) for k, v in made.items()}
  if labels:
    made['y'] = np.arange(n, dtype=np.int32) % 2
  return data.sources.Arrays(Spec(
      'small', 'train', n, {k: v.shape[1:] for k, v in made.items()},
      {k: str(v.dtype) for k, v in made.items()}, 2 * labels), made)


def built(module, source, nets, n=16, **options):
  game = module.build(source.spec, nets=nets, z=4, **{
      'g_optim': STILL, 'd_optim': STILL, **options})
  return game, start(game, source, n), batches(source, game, n)


def played(game, state, batch):
  return jax.jit(functools.partial(G.play, game))(state, batch)


def sampled(game, state, batch):
  return jax.jit(lambda b: G.sample(game, state, b, jax.random.key(0)))(batch)


def with_biases(state, **biases):
  """D gives these logits of all that it sees."""
  d = jax.tree.map(jnp.zeros_like, state.params['d'])
  for name, bias in biases.items():
    d[name]['bias'] = jnp.full_like(d[name]['bias'], bias)
  return state.replace(params={**state.params, 'd': d})


@pytest.mark.parametrize('flip', [0., 1.])
def test_lagan_at_known_logits(flip):
  """Flipped with certainty, labels are the other ones; y of reals stays.

  D makes two steps and G two, on one batch.
  """
  game, state, batch = built(lagan, pictures(), JETS, flip=flip, g_flip=flip)
  after, found = played(
      game, with_biases(state, source=.7, classes=-.4), batch)
  real, right = (sp(.7), sp(-.7)) if flip else (sp(-.7), sp(.7))
  ones = np.mean(np.asarray(batch['y'][-1]))
  of_class = lambda ones: ones * sp(.4) + (1 - ones) * sp(-.4)
  np.testing.assert_allclose(
      found['d/d_real_loss'], real + of_class(ones), rtol=1e-5)
  np.testing.assert_allclose(found['d/real_correct'], 1 - ones, rtol=1e-6)
  for name, source in (('d/d_fake_loss', right), ('g/g_loss', sp(-.7))):
    # All are told as 0; so many of the classes asked for are.
    zeros = float(found[f'{name[0]}/fake_correct'])
    np.testing.assert_allclose(found[name], source + of_class(
        zeros if flip else 1 - zeros), rtol=1e-5)
  assert game.batches == 1
  for player in 'dg':
    assert {int(x) for x in jax.tree.leaves(after.opt[player])
            if x.dtype == jnp.int32} == {2}


def test_lagan_makes_what_it_is_asked_for():
  game, state, batch = built(lagan, pictures(), JETS)
  one = {k: v[-1] for k, v in batch.items()}
  a, b = (sampled(game, state, {**one, 'y': y}) for y in (
      one['y'], 1 - one['y']))
  assert a['x'].min() == 0 and a['x'].max() > 0
  assert np.abs(a['x'] - b['x']).max() > 0
  np.testing.assert_array_equal(a['y'], one['y'])
  with pytest.raises(errors.ConfigError, match='needs labels'):
    lagan.build(data.make('ring8', n=50).spec, nets=JETS)


@pytest.mark.parametrize('labels', [False, True])
def test_calogan_at_zero_logits(labels):
  """And the sum of what G makes is what the loss calls its energy."""
  game, state, batch = built(calogan, layers(labels=labels), LAYERS, weight=.5,
                             class_weight=.25, energy=(30., 30.))
  one = {k: v[-1] for k, v in batch.items()}
  made = sampled(game, state, {**one, 'energy': jnp.full(16, 30.)})
  np.testing.assert_array_equal(made['energy'], 30.)
  total = sum(np.asarray(made[k]).sum((1, 2)) for k in ('layer0', 'layer1'))
  # Judged as if they were real.
  _, found = played(game, with_biases(state), {
      k: jnp.asarray(v)[None] for k, v in {**one, **made}.items()})
  missed = np.mean(np.abs(total - 30.))
  np.testing.assert_allclose(found['d/real_missed'], missed, rtol=1e-5)
  classes = .25 * np.log(2) if labels else 0.
  for loss, off in (('d/d_real_loss', 'd/real_missed'),
                    ('d/d_fake_loss', 'd/fake_missed'),
                    ('g/g_loss', 'g/fake_missed')):
    np.testing.assert_allclose(
        found[loss], np.log(2) + .5 * found[off] + classes, rtol=1e-4)
  # Where no energy is asked for the code is 0, and all showers are one.
  none = sampled(game, state, {**one, 'energy': jnp.zeros(16)})
  if not labels:
    np.testing.assert_allclose(none['layer0'], np.broadcast_to(
        none['layer0'][:1], none['layer0'].shape), atol=1e-6)


def test_d_learns_nothing_from_energies_that_are_summed():
  """Its loss has the same gradient whatever w is."""
  after = []
  for weight in (0., 10.):
    game, state, batch = built(calogan, layers(), LAYERS, weight=weight,
                               d_optim=dict(name='sgd', lr=.1))
    one = {k: v[-1] for k, v in batch.items()}
    after.append(jax.jit(lambda s, g=game: G.simultaneous(
        g, g.round[1].moves, s, one, jax.random.key(0)))(state)[0].params['d'])
  jax.tree.map(np.testing.assert_array_equal, *after)
  assert any((np.asarray(a) != b).any() for a, b in zip(
      jax.tree.leaves(after[0]), jax.tree.leaves(state.params['d'])))


def test_calogan_wants_showers():
  with pytest.raises(errors.ConfigError, match='are of showers'):
    calogan.build(pictures().spec, nets=LAYERS)


def test_the_penalty_of_a_linear_critic_on_letters():
  """d_blocks 0: f = w . x, whose slope is |w| everywhere."""
  game, state, batch = built(
      dna_gan, data.make('dna', n=100, length=8), {**LETTERS, 'd_blocks': 0},
      weight=2., n_critic=1)
  d = state.params['d']
  w = np.einsum('vc,lc->lv', d['Conv_0']['kernel'][0],
                np.asarray(d['Dense_0']['kernel']).reshape(8, 4))
  _, found = played(game, state, batch)
  norm = np.linalg.norm(w)
  np.testing.assert_allclose(found['d/gradient_norm'], norm, rtol=1e-4)
  np.testing.assert_allclose(found['d/penalty'], 2 * (norm - 1) ** 2, rtol=1e-3)


def test_dna_samples_are_soft_letters():
  game, state, batch = built(dna_gan, data.make('dna', n=100), LETTERS)
  made = sampled(game, state, {k: v[-1] for k, v in batch.items()})
  np.testing.assert_allclose(made['x'].sum(-1), 1., rtol=1e-5)
  assert made['x'].max() < 1
  with pytest.raises(errors.ConfigError, match='sequences of letters'):
    dna_gan.build(data.make('ring8', n=50).spec, nets=LETTERS)


def test_a_predictor_where_there_are_scores():
  source = data.make('dna', n=100)
  options = dict(predictor=dict(motifs=3, size=3, hidden=(3,)), p_optim=STILL)
  game, state, batch = built(dna_gan, source, LETTERS, **options)
  zero = jax.tree.map(jnp.zeros_like, state.params['p'])
  state = state.replace(params={**state.params, 'p': zero})
  _, found = played(game, state, batch)
  np.testing.assert_allclose(found['p/p_loss'], np.mean(
      (np.asarray(batch['score'][-1]) - .5) ** 2) / 2, rtol=1e-5)
  x = np.eye(4)[np.zeros((50, 20), int)]
  plain = dna_gan.build(data.dna.source(x, None, 'ACGT', 'a', 'train').spec,
                        nets=LETTERS, **options)
  assert 'p' not in plain.nets and 'score' not in plain.heads
