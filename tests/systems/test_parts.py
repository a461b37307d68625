"""Parts fit each other: losses x penalties x normalisers x conditioning.

One program for each choice of nets; its objective and its penalty are chosen
while it runs, so that every point of the product is played. Of the parts that a
config adds by name, sets are drawn in which every two meet.
"""

import functools
import importlib
import inspect
import itertools
import pkgutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors, optim, systems
from gans_jax import game as G
from gans_jax.families import (
    packing, pairs, priors, selection, terms, two_player)
from gans_jax.families import parts as parts_lib
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
        select=selection.top_k(lambda step: .5))
    @functools.partial(jax.jit, compiler_options=UNOPTIMISED)
    def step(key, batches, game=game):
      state = G.init(game, key, {k: v[0] for k, v in batches.items()})
      return G.play(game, state, batches)
    _, logged = step(jax.random.key(0), batches)
    assert all(np.isfinite(v) for v in logged.values()), d_norm


# --- parts by name, as configs have them -------------------------------------

# Each with the metric that shows that it is there.
NAMED = {
    'consistency': (dict(augment='flip,shift', fake=10.), 'd/consistency'),
    'diffaug': ({}, None),
    'drift': (dict(weight=.1), 'd/drift'),
    'feature_matching': ({}, 'g/feature_matching'),
    'gradient_penalty': (dict(points='around_real'), 'd/penalty'),
    'history': (dict(weight=.1), None),
    'label_smoothing': ({}, None),
    'latent': (dict(clip=0.), 'g/latent_step'),
    'latent_consistency': ({}, 'g/latent_diversity'),
    'minibatch': (dict(kernels=3, dims=2), None),
    'orthogonal': ({}, 'g/orthogonality'),
    'packing': ({}, None),
    'r1': (dict(gamma=1., every=2), 'd/lazy_r1'),
    'r2': (dict(gamma=1.), 'd/r2'),
    'rotation': ({}, 'd/rotation'),
    'top_k': (dict(every=1), 'g/k'),
    'virtual': (dict(n=4), None),
    'ada': (dict(p=.5, pipe='color'), None),
}
# (system, options of it, parts that it has or can't have).
BASES = [
    ('cgan', {}, ('packing',)),
    ('wgan', dict(bursts=False), ('label_smoothing',)),
    ('sngan', dict(conditional=True), ('packing', 'label_smoothing')),
    ('lsgan', {}, ('label_smoothing', 'rotation'))]


def rounds(system, options, chosen, optimizer='sgd'):
  """(init and two rounds as one function, its arguments)."""
  source, rate = data.make('digits'), dict(name=optimizer, lr=1e-3)
  game = importlib.import_module(f'gans_jax.systems.{system}').build(
      source.spec, nets=dict(name='mlp', hidden=(6,), norm='batch'), z=3,
      prior='normal', g_optim=rate, d_optim=rate,
      parts={name: NAMED[name][0] for name in chosen}, **options)
  batches = {k: jnp.asarray(np.stack([v] * game.batches)) for k, v in
             source.batch(np.arange(N)).items()}

  def run(key, batches):    # lazy moves are played in one, skipped in one
    state = G.init(game, key, {k: v[0] for k, v in batches.items()})
    return jax.lax.scan(lambda state, _: G.play(game, state, batches), state,
                        length=2)
  return run, (jax.random.key(0), batches)


def metrics(chosen):
  return {NAMED[name][1] for name in chosen} - {None}


@pytest.mark.parametrize('without', ['packing', 'rotation'])
def test_all_parts_are_there_at_once(without):
  """But for one: rotations are told of pictures, not of packs. Only traced."""
  chosen = [name for name in NAMED if name != without]
  run, args = rounds('gan', {}, chosen, 'adam')
  assert set(jax.eval_shape(run, *args)[1]) >= metrics(chosen)


@pytest.mark.parametrize('i', range(len(BASES)))
def test_parts_fit_systems_and_each_other(i):
  """A set that is drawn, by 3 of 10, takes finite steps; each of it acts."""
  (system, options, without), rng = BASES[i], np.random.default_rng(i)
  chosen = [name for name in NAMED
            if rng.random() < .3 and name not in without]
  run, args = rounds(system, options, chosen)
  after, logged = jax.jit(run, compiler_options=UNOPTIMISED)(*args)
  for x in jax.tree.leaves(after.params):
    assert np.isfinite(x).all()
  for metric in metrics(chosen):
    assert abs(logged[metric][0]) > 0, metric


def test_all_parts_by_name_are_tried():
  assert set(NAMED) == set(parts_lib.PARTS)


@pytest.mark.parametrize('system, parts, message', [
    ('gan', dict(topk={}), "unknown part 'topk'. Did you mean 'top_k'"),
    ('gan', dict(top_k=dict(gama=.9)), "Did you mean 'gamma'"),
    ('gan', dict(top_k=True), r'top_k=dict\(\)'),
    ('gan', dict(r1={}), "needs 'gamma'"),
    ('gan', dict(consistency=dict(augment='flip')), "augment='jitter'"),
    ('gan', dict(latent={}), 'set clip=0'),
    ('sngan', dict(label_smoothing={}), 'cross entropy'),
    ('gan', dict(label_smoothing=dict(alpha=0.)), r'not in \(0, 1\]'),
    ('gan', dict(history=dict(weight=1., players='x')), "players 'x'"),
    ('gan', dict(r1=dict(gamma=1., every=0)), 'every=0'),
    ('gan', dict(virtual=dict(n=2)), 'BatchNorm'),
    ('dragan', dict(gradient_penalty={}), 'not penalty, penalty'),
])
def test_parts_that_do_not_fit_say_why(system, parts, message):
  build = importlib.import_module(f'gans_jax.systems.{system}').build
  with pytest.raises(errors.ConfigError, match=message):
    build(data.make('ring8', n=10).spec, nets=dict(name='mlp', hidden=(4,)),
          parts=parts)


def test_a_labelled_game_packs_nothing():
  spec = data.make('ring8', labels=True, n=10).spec
  build = importlib.import_module('gans_jax.systems.cgan').build
  with pytest.raises(errors.ConfigError, match='without labels'):
    build(spec, nets=dict(name='mlp'), parts=dict(packing={}))


def test_every_system_of_two_players_takes_parts():
  """Else a config of it could not add any: see families/parts.py."""
  for found in pkgutil.iter_modules(systems.__path__):
    module = importlib.import_module(f'gans_jax.systems.{found.name}')
    text = inspect.getsource(module)
    # One with a round of its own has only nets and samples from there.
    if 'two_player.named(' in text and 'round=' not in text:
      assert 'parts=parts' in text, (
          f'systems/{found.name}.py: give build an argument `parts: '
          'Mapping[str, Any] = {}`, and named `parts=parts`')
