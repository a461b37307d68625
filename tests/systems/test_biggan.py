"""BigGAN's game: regularisation, late averages, truncation."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors, schedules
from gans_jax import game as G
from gans_jax.data.spec import Spec
from gans_jax.eval import standing
from gans_jax.families import pairs, terms
from gans_jax.losses import penalties
from gans_jax.systems import biggan, biggan_deep
from tests.nets.filled import UNOPTIMISED, draw, fill, quick

SGD = dict(name='sgd', lr=1e-4)
KEY = jax.random.key(0)


def make(module=biggan, source=None, **options):
  nets = dict(name=module.__name__.split('.')[-1], width=1, shared=3)
  nets |= options.pop('nets', {})
  defaults = dict(z=4, n_critic=1, ema=0., ortho=0., g_optim=SGD, d_optim=SGD)
  return module.build((source or data.make('digits')).spec, nets=nets,
                      **{**defaults, **options})


def start(game, n=8, z=4):
  """(state of drawn params, batch, compiled round): no initialiser runs."""
  batch = data.make('digits').batch(np.arange(n))
  y = np.eye(10, dtype=np.float32)[batch['y']]
  filled = dict(g=fill(game.nets['g'], draw(n, z), y),
                d=fill(game.nets['d'], batch['x'], y))
  params = {net: v.pop('params') for net, v in filled.items()}
  state = G.State(
      step=jnp.zeros((), jnp.int32), key=KEY, params=params, stats=filled,
      opt={k: p.tx.init({n: params[n] for n in p.nets})
           for k, p in game.players.items()},
      ema={n: params[n] for n in game.ema}, memory={})
  play = jax.jit(functools.partial(G.play, game), compiler_options=UNOPTIMISED)
  return state, {k: v[None] for k, v in batch.items()}, play


@functools.cache
def played():
  """States of three rounds and their metrics: averages begin at round 2."""
  game = make(ortho=2., ema=.75, ema_start=2)
  state, batch, play = start(game)
  states, logs = [state], []
  for _ in range(3):
    state, logged = play(state, batch)
    states.append(jax.device_get(state.replace(key=0)))
    logs.append(jax.device_get(logged))
    state = state.replace(key=KEY)
  return states, logs


# --- orthogonal regularisation -----------------------------------------------

def test_orthogonality_by_hand():
  """W^T W = [[1, 1], [1, 2]]: two entries of 1 off the diagonal."""
  assert penalties.orthogonality(jnp.array([[1., 1.], [0., 1.]])) == 2
  q, _ = np.linalg.qr(draw(6, 4))
  assert penalties.orthogonality(jnp.asarray(3 * q)) < 1e-8    # any norm
  kernel = draw(3, 3, 2, 5)
  filters = kernel.reshape(18, 5)
  gram = filters.T @ filters
  np.testing.assert_allclose(
      penalties.orthogonality(kernel),
      (gram ** 2).sum() - (np.diag(gram) ** 2).sum(), rtol=1e-5)


def test_orthogonality_gradient():
  """Finite differences; 4 W (W^T W * (1 - I)), twice BigGAN-PyTorch's."""
  with jax.enable_x64(True):
    w, along = draw(2, 2, 3, 4).astype(float), draw(2, 2, 3, 4, seed=2)
    value, gradient = quick(lambda w, e: (
        [penalties.orthogonality(w + e * a) for a in (along, -along)],
        jax.grad(penalties.orthogonality)(w)), w, 1e-5)
    np.testing.assert_allclose((value[0] - value[1]) / 2e-5,
                               (gradient * along).sum(), rtol=1e-6)
    m = w.reshape(-1, 4)
    off = m.T @ m * (1 - np.eye(4))
    np.testing.assert_allclose(gradient.reshape(-1, 4), 4 * m @ off, rtol=1e-9)


@pytest.mark.parametrize('module', [biggan, biggan_deep])
def test_regularised_are_kernels_and_neither_embedding_nor_biases(module):
  g = fill(make(module).nets['g'], draw(8, 4), np.eye(10)[:8])['params']
  def loss(g):
    class Turn:
      params = dict(g=g)
    return terms.orthogonality(.5)(Turn, None)
  value, gradient = quick(jax.value_and_grad(loss), g)
  expected = 0.
  for path, x in jax.tree_util.tree_leaves_with_path(g):
    dg = functools.reduce(lambda t, k: t[k.key], path, gradient)
    if x.ndim > 1 and path[0].key != 'shared':
      expected += .5 * float(penalties.orthogonality(x))
      assert np.abs(dg).max() > 0 or x.shape[-1] == 1, path
    else:
      np.testing.assert_array_equal(dg, 0)
  np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_the_term_is_in_the_loss_of_g_alone():
  states, logs = played()
  class Turn:
    params = states[0].params
  np.testing.assert_allclose(
      logs[0]['g/orthogonality'], terms.orthogonality(2.)(Turn, None),
      rtol=1e-4)
  assert 'd/orthogonality' not in logs[0]


# --- averages ----------------------------------------------------------------

def test_late_averages():
  """A copy until `start`; from 0 towards 1 then 1 - decay^n."""
  decay = schedules.ema_from(.9999, 3)
  assert [float(decay(s)) for s in (0, 2)] == [0., 0.]
  assert [float(decay(s)) for s in (3, 9)] == [np.float32(.9999)] * 2
  value = 0.
  for step in range(3, 103):
    value = optax.incremental_update(1., value, 1 - decay(step))
  np.testing.assert_allclose(value, 1 - .9999 ** 100, rtol=1e-3)


def test_average_of_g_begins_late():
  states, _ = played()
  same = lambda a, b: all(
      bool((x == y).all()) for x, y in zip(*map(jax.tree.leaves, (a, b))))
  for i, state in enumerate(states[1:]):
    assert same(state.ema['g'], state.params['g']) == (i < 2)
    assert not same(state.params['g'], states[i].params['g'])
  want = jax.tree.map(lambda e, p: .75 * e + .25 * p, states[2].ema['g'],
                      states[3].params['g'])
  jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6),
               states[3].ema['g'], want)


# --- sampling ----------------------------------------------------------------

@pytest.mark.parametrize('cutoff', [1., .04])
def test_truncated_noise_lies_within(cutoff):
  game = make()
  turn = G.Turn(game, G.State(0, KEY, {}, {}, {}, {}, {}),
                dict(x=np.zeros((4096, 1))), KEY, cutoff=cutoff)
  z = np.asarray(game.latents['z'].draw(turn))
  assert z.shape == (4096, 4) and np.abs(z).max() <= cutoff
  # Resampled, not clipped: the edge holds no more than its share.
  assert np.mean(np.abs(z) > .99 * cutoff) < .02


@pytest.mark.parametrize('module', [biggan, biggan_deep])
def test_standing_statistics_are_those_of_samples(module):
  """With those of one batch, that batch is sampled as in training mode."""
  game = make(module)
  # G alone, whose loss is of no matter.
  g_loss = lambda t: jnp.mean(t.apply(
      'g', t.normal(4), jax.nn.one_hot(t.batch['y'], 10)))
  game = dataclasses.replace(
      game, nets=dict(g=game.nets['g']), players=dict(g=game.players['g']),
      round=[G.Move('g', g_loss)])
  batch = data.make('digits').batch(np.arange(16))
  def everything(batch):
    state = G.init(game, KEY, batch)
    # Gains move the running averages away from what they begin with.
    state = state.replace(params={**state.params, 'g': jax.tree.map(
        lambda x: 1.5 * x, state.params['g'])})
    found = standing.statistics(game, state, batch, KEY)
    stats = {**state.stats, 'g': {**state.stats['g'], 'batch_stats':
                                  found['g']}}
    sample = lambda state, train: G.sample(
        game, state, batch, KEY, ema=False, train=train, cutoff=None)['x']
    return (sample(state, True), sample(state.replace(stats=stats), False),
            sample(state, False))
  train, stood, running = quick(everything, batch)
  gap = lambda x: np.abs(x - train).max()
  # Spectral vectors step in training mode, so that they are not quite equal.
  assert gap(stood) < .05 < .2 < gap(running)


# --- types, and the whole ----------------------------------------------------

@pytest.mark.parametrize('module', [biggan, biggan_deep])
def test_bfloat16_computes_and_float32_keeps(module):
  game = make(module, ema=.9, nets=dict(dtype='bfloat16'))
  state, batch, play = start(game)
  after, logged = play(state, batch)
  for field in ('params', 'stats', 'opt', 'ema'):
    for x in jax.tree.leaves(getattr(after, field)):
      assert x.dtype in (np.float32, np.int32)
      assert np.isfinite(x).all()
  assert all(np.isfinite(x) for x in logged.values())
  for net, x in dict(g=draw(8, 4), d=batch['x'][0]).items():
    run = lambda x, net=net: game.nets[net].apply(
        {'params': after.params[net], **after.stats[net]}, x, np.eye(10)[:8],
        train=False)
    convolved = [e for e in str(jax.make_jaxpr(run)(x)).splitlines()
                 if 'bf16[8,8,8' in e]
    assert len(convolved) > 5


@pytest.mark.parametrize('module', [biggan, biggan_deep])
def test_without_labels(module):
  source = data.make('digits')
  game = make(module, conditional=False)
  state = jax.eval_shape(functools.partial(G.init, game), KEY,
                         source.batch(np.arange(8)))
  assert 'shared' not in state.params['g']
  assert 'projection' not in state.params['d']
  ring = data.make('ring8').spec
  with pytest.raises(errors.ConfigError, match='needs labels'):
    module.build(ring, nets=dict(name=module.NETS['name']))


def test_sixty_four_pixels_of_ten_classes():
  """Emoji: 16 units of channels, attention at 32 pixels."""
  spec = Spec('emoji', 'train', 1, dict(x=(64, 64, 3), y=()),
              dict(x='float32', y='int32'), classes=10)
  y, x = np.zeros((2, 10)), np.zeros((2, 64, 64, 3))
  for name, z in (('biggan', 100), ('biggan_deep', 64)):
    g, d = pairs.make(spec, classes=10, name=name, width=16, attention=32)
    assert jax.eval_shape(lambda d=d: d.init_with_output(
        KEY, x, y, train=True)[0]).shape == (2,)
    out = jax.eval_shape(lambda g=g, z=z: g.init_with_output(
        KEY, np.zeros((2, z)), y, train=True)[0])
    assert out.shape == x.shape


def test_mistakes():
  spec = data.make('digits').spec
  with pytest.raises(errors.ConfigError, match="Did you mean 'orthogonal'"):
    pairs.make(spec, name='biggan', init='orthogonl')
  with pytest.raises(errors.ConfigError, match='give nets.d_width'):
    pairs.make(spec, name='biggan', width=(4, 4))
  g, d = pairs.make(spec, name='biggan', width=(4, 2), d_width=[2, 4])
  assert (g.width, d.width) == ((4, 2), (2, 4))
