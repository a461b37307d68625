"""State that is no net's params is saved, restored, and played on with.

Each game has one of the things that are easily lost: BEGAN's k, the
bottleneck's beta, spectral vectors, averaged params, historical averages, a
reference batch, the place in WGAN's bursts, lengths of weights set by data.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import checkpoint, data
from gans_jax import game as G
from gans_jax.systems import (
    began, gan, improved_gan, r1_gan, sngan, vib_gan, wgan)
from tests.systems.test_exact import batches

MLP = dict(name='mlp', hidden=(6,))
ADAM = dict(name='adam', lr=1e-2)
SGD = dict(name='sgd', lr=1e-2)


def leaf(*path):
  """state -> the leaf at `path`, by attributes and keys."""
  return lambda state: functools.reduce(
      lambda tree, key: tree[key], path[1:], getattr(state, path[0]))


def history(state):
  return jax.tree.leaves(state.opt['d'])[0]     # how many updates it averages


def adam(state):
  return state.opt['g'][0].mu['g']['Dense_0']['kernel']


# (system, its arguments, what must be there, whether rounds change it)
CASES = dict(
    began_k=(began, dict(nets=dict(name='autoencoder', hidden=(6,),
                                   d_hidden=(6,), code=3), rate=.5),
             leaf('memory', 'k'), True),
    bottleneck_beta=(vib_gan, dict(nets=MLP, latent=3, rate=.5),
                     leaf('memory', 'beta'), True),
    spectral_vectors=(sngan, dict(nets=dict(MLP, spectral=True)),
                      leaf('stats', 'd', 'spectral', 'SpectralNorm_0', 'u'),
                      True),
    averaged_params=(r1_gan, dict(nets=MLP, ema=.9, every=3),
                     leaf('ema', 'g', 'Dense_0', 'kernel'), True),
    batch_statistics=(gan, dict(nets=dict(MLP, norm='batch')), leaf(
        'stats', 'g', 'batch_stats', 'BatchNorm_0', 'mean'), True),
    historical_average=(gan, dict(nets=MLP, d_optim=dict(SGD, history=.1)),
                        history, True),
    reference_batch=(gan, dict(nets=dict(MLP, norm='batch', virtual=4)),
                     leaf('stats', 'g', 'reference', 'batch'), False),
    adam_moments=(gan, dict(nets=MLP, g_optim=ADAM), adam, True),
    bursts=(wgan, dict(nets=MLP, bursts=True), lambda state: state.step, True),
    weight_lengths=(improved_gan, dict(nets=dict(
        name='improved', hidden=(6,), d_hidden=(6, 5))), leaf(
            'params', 'd', 'WeightNorm_0', 'scale'), False),
)


@pytest.mark.parametrize('name', CASES)
def test_rounds_go_on_bit_for_bit(name, tmp_path):
  module, options, what, changes = CASES[name]
  source = data.make('digits' if module is improved_gan else 'ring8')
  game = module.build(source.spec, z=3, **{
      **dict(g_optim=SGD, d_optim=SGD), **options})
  feed = lambda i: batches(source, game, 8, i)
  first = {k: v[-1] for k, v in feed(0).items()}
  begin = jax.jit(functools.partial(G.init, game))(jax.random.key(5), first)
  play = jax.jit(functools.partial(G.play, game))
  state = begin
  for i in range(2):
    state, _ = play(state, feed(i))
  was, now = (jax.tree.leaves(what(s))[0] for s in (begin, state))
  assert np.any(np.asarray(was) != np.asarray(now)) == changes

  with checkpoint.Checkpointer(tmp_path, frozen=game.frozen) as saved:
    saved.save(2, state, {})
    _, back, _ = saved.restore(jax.eval_shape(lambda: state))
  whole, resumed = (play(s, feed(2))[0] for s in (state, back))
  plain = lambda s: jax.tree.leaves(
      s.replace(key=jax.random.key_data(s.key)))
  for a, b in zip(plain(whole), plain(resumed), strict=True):
    np.testing.assert_array_equal(a, b)


def test_a_burst_is_where_it_was(tmp_path):
  """G sits out 19 rounds of 20: restored at 18, it moves in the second."""
  source = data.make('ring8', n=200)
  game = wgan.build(source.spec, nets=MLP, z=3)
  feed = lambda i: batches(source, game, 8, i)
  state = jax.jit(functools.partial(G.init, game))(
      jax.random.key(0), {k: v[-1] for k, v in feed(0).items()})
  state = state.replace(step=jnp.int32(18))
  with checkpoint.Checkpointer(tmp_path, frozen=()) as saved:
    saved.save(18, state, {})
    _, state, _ = saved.restore(jax.eval_shape(lambda: state))
  play, moved = jax.jit(functools.partial(G.play, game)), []
  for i in range(3):
    before = state.params['g']['Dense_0']['kernel']
    state, _ = play(state, feed(i))
    moved.append(bool((before != state.params['g']['Dense_0']['kernel']).any()))
  assert moved == [False, True, False]
