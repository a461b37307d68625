"""Parts fit each other: losses x penalties x normalisers x conditioning.

One program for each choice of nets; its objective and its penalty are chosen
while it runs, so that every point of the product is played.
"""

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, optim
from gans_jax import game as G
from gans_jax.families import packing, pairs, priors, terms, two_player
from gans_jax.losses import adversarial, boundary, bregman, divergences
from tests.nets.filled import UNOPTIMISED

N = 8
OBJECTIVES = {
    **adversarial.PAIRS,
    **{f'f_{name}': divergences.pair(divergences.make(name))
       for name in divergences.DIVERGENCES},
    **{f'ratio_{name}': bregman.variational(b)
       for name, b in bregman.BREGMAN.items()},
    **{f'boundary_{name}': pair for name, pair in boundary.BOUNDARIES.items()},
}
PENALTIES = {
    'none': lambda t, scene: jnp.zeros(()),
    'wgan_gp': terms.gradient_penalty(),
    'wgan_lp': terms.gradient_penalty(one_sided=True),
    'dragan': terms.gradient_penalty('around_real', 1.),
    'real_fake': terms.gradient_penalty('real_fake', 1.),
    'r1': terms.r1(1.), 'r2': terms.r2(1.),
}
D_NORMS = {
    'plain': {}, 'layer': dict(d_norm='layer'), 'spectral': dict(spectral=True),
    'minibatch': dict(minibatch=dict(kernels=3, dims=2)),
}
G_NORMS = {'plain': {}, 'batch': dict(norm='batch'),
           'virtual': dict(norm='batch', virtual=4)}
LABELS = {'none': 0, 'joined': 8, 'projected': 8}
# D's normaliser with every conditioning; G's takes turns.
NETS = [(d, list(G_NORMS)[(i + j) % 3], y)
        for (i, d), (j, y) in itertools.product(
            enumerate(D_NORMS), enumerate(LABELS))]


def chosen(options, i, *args):
  return jax.lax.switch(i, list(options), *args)


@functools.cache
def batch():
  source = data.make('ring8', labels=True, n=100)
  return source.spec, {k: jnp.asarray(v)[None] for k, v in source.batch(
      np.arange(N)).items()}


@pytest.mark.parametrize('d_norm, g_norm, labels', NETS)
def test_every_point_takes_a_finite_step(d_norm, g_norm, labels):
  spec, batches = batch()
  sgd = optim.make(1e-2, 'sgd', history=.1)

  def game(objective, penalty):
    pair = adversarial.Pair(
        lambda *s: chosen((p.d for p in OBJECTIVES.values()), objective, *s),
        lambda s: chosen((p.g for p in OBJECTIVES.values()), objective, s))
    def term(t, scene):     # terms log by name, which a branch may not
      values = {}
      class Quiet:
        key, params, memory, n = t.key, t.params, t.memory, t.n
        log = staticmethod(lambda **v: None)
      keys = [t.key() for _ in PENALTIES]
      for key, (name, f) in zip(keys, PENALTIES.items()):
        quiet = Quiet()
        quiet.key = lambda key=key: key
        values[name] = functools.partial(f, quiet, scene)
      return chosen(values.values(), penalty)
    g, d = pairs.make(spec, classes=LABELS[labels], name='mlp', hidden=(6,),
                      projection=labels == 'projected',
                      **D_NORMS[d_norm], **G_NORMS[g_norm])
    matching = terms.feature_matching()
    return two_player.two_player(
        g, d, pair, priors.make('normal', 2), g_tx=sgd, d_tx=sgd,
        classes=LABELS[labels], d_terms=(term,), g_terms=(matching,))

  @functools.partial(jax.jit, compiler_options=UNOPTIMISED)
  def everywhere(key, batches):
    one = {k: v[0] for k, v in batches.items()}
    state = G.init(game(0, 0), key, one)
    def step(ij):
      after, _ = G.play(game(*ij), state, batches)
      size = lambda tree: sum(jnp.sum(jnp.abs(a - b)) for a, b in zip(
          jax.tree.leaves(tree), jax.tree.leaves(state.params)))
      flat = jnp.concatenate([x.ravel() for x in jax.tree.leaves(after.params)])
      return size(after.params), jnp.isfinite(flat).all(), flat[::5]
    points = jnp.array(list(itertools.product(
        range(len(OBJECTIVES)), range(len(PENALTIES)))))
    return jax.lax.map(step, points)

  moved, finite, where = jax.device_get(everywhere(jax.random.key(0), batches))
  names = list(itertools.product(OBJECTIVES, PENALTIES))
  assert finite.all(), [n for n, ok in zip(names, finite) if not ok]
  assert (moved > 0).all()
  # The parts matter: most points go somewhere of their own. GAN's losses are
  # rows of f-GAN's and b-GAN's tables, too; WGAN-LP asks for slopes above 1.
  distinct = len(np.unique(np.round(where, 7), axis=0))
  assert distinct > .6 * len(names), distinct


def test_packing_and_selection_fit_any_of_them():
  spec, batches = batch()
  for d_norm, options in D_NORMS.items():
    g, d = pairs.make(spec, name='mlp', hidden=(6,), **options)
    sgd = optim.make(1e-2, 'sgd')
    game = two_player.two_player(
        g, d, adversarial.hinge, priors.make('normal', 2), g_tx=sgd, d_tx=sgd,
        d_terms=(terms.r1(1.),), view=packing.packed(4),
        select=lambda t, s: jax.lax.top_k(s, 1)[0])
    @functools.partial(jax.jit, compiler_options=UNOPTIMISED)
    def step(key, batches, game=game):
      state = G.init(game, key, {k: v[0] for k, v in batches.items()})
      return G.play(game, state, batches)
    _, logged = step(jax.random.key(0), batches)
    assert all(np.isfinite(v) for v in logged.values()), d_norm
