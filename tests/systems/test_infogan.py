"""InfoGAN: both players are paid for L_I; codes are where they should be."""

import functools
import importlib
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors, experiment, images
from gans_jax import game as G
from gans_jax.augment import simple
from gans_jax.eval import traverse
from gans_jax.families import information
from gans_jax.nets import mlp
from gans_jax.systems import infogan
from tests.nets.filled import UNOPTIMISED, count

N = 8
SGD = dict(name='sgd', lr=1e-2)
CODES = dict(category=dict(kind='categorical', k=3),
             turn=dict(kind='uniform', weight=.5),
             size=dict(kind='normal', dims=2, std=None))
jit = functools.partial(jax.jit, compiler_options=UNOPTIMISED)


@functools.cache
def source():
  return data.make('digits')


def build(codes=CODES, **options):
  return infogan.build(source().spec, **{**dict(
      nets=dict(name='mlp', hidden=(16,)), codes=codes, z=4,
      q=dict(hidden=(5,), norm='batch'), g_optim=SGD, d_optim=SGD), **options})


@functools.cache
def start():
  game = build()
  batch = source().batch(np.arange(N))
  return game, jit(functools.partial(G.init, game))(
      jax.random.key(0), batch), batch


def test_the_latent_is_noise_and_then_the_codes():
  game, state, batch = start()
  turn = G.Turn(game, state, {'x': np.zeros((4000, 1))}, jax.random.key(3))
  z = np.asarray(game.latents['z'].draw(turn))
  assert z.shape == (4000, 4 + 3 + 1 + 2)
  assert np.abs(z[:, :4]).max() <= 1 and np.abs(z[:, 7]).max() <= 1
  np.testing.assert_array_equal(np.sort(z[:, 4:7], -1)[:, ::-1],
                                np.tile([1, 0, 0], (4000, 1)))
  np.testing.assert_allclose(z[:, 4:7].mean(0), 1 / 3, atol=.03)
  assert z[:, 7].var() == pytest.approx(1 / 3, abs=.02)
  np.testing.assert_allclose(z[:, 8:].std(0), 1, atol=.05)


def test_both_players_subtract_lambda_l_i():
  """The logged losses by hand: the GAN's, less each code's weighted L_I."""
  game, state, batch = start()

  def by_hand(key, player):
    turn = G.Turn(game, state, batch, key)
    z = game.latents['z'].draw(turn)
    d, q = turn.pure('d'), turn.pure('q')
    fake = turn.pure('g')(z)
    logits, features = d(fake, features=True)
    said = q(features)
    log_p = jax.nn.log_softmax(said[:, :3])
    category = jnp.mean(jnp.sum(z[:, 4:7] * log_p, -1)) + math.log(3)
    density = lambda c, m, s: -(
        ((c - m) / s) ** 2 + math.log(2 * math.pi)) / 2 - jnp.log(s)
    turn_ = jnp.mean(density(z[:, 7], said[:, 3], 1.)) + math.log(2)
    size = jnp.mean(jnp.sum(density(
        z[:, 8:], said[:, 4:6], jnp.exp(said[:, 6:8])), -1)
    ) + math.log(2 * math.pi * math.e)
    sp = jax.nn.softplus
    gan = (jnp.mean(sp(-d(batch['x']))) + jnp.mean(sp(logits))
           if player == 'd' else jnp.mean(sp(-logits)))
    return dict(
        information_category=category, information_turn=turn_,
        information_size=size, loss=gan - (category + .5 * turn_ + .1 * size))

  @jit
  def both(key):
    out = {}
    for move in game.round:
      _, logged = G.simultaneous(game, [move], state, batch, key)
      for k, v in by_hand(
          jax.random.fold_in(key, 0), move.player).items():
        name = f'{move.player}_loss' if k == 'loss' else k
        out[f'{move.player}/{k}'] = v, logged[f'{move.player}/{name}']
    return out
  for name, (want, found) in both(jax.random.key(5)).items():
    np.testing.assert_allclose(found, want, rtol=2e-4, atol=2e-5, err_msg=name)


def test_categories_are_told_through_a_change_and_numbers_are_not(monkeypatch):
  """With a change that leaves nothing, and with one that leaves all."""
  _, state, batch = start()

  @jit
  def logged(key):
    out = {}
    for name in ('', 'flip', 'jitter'):
      game = build(told_through=name)
      _, out[name] = G.simultaneous(game, game.round[:1], state, batch, key)
    return out

  monkeypatch.setitem(simple.AUGMENTS, 'flip', lambda key, x: 0 * x)
  monkeypatch.setitem(simple.AUGMENTS, 'jitter', lambda key, x: x)
  found = logged(jax.random.key(5))
  for code in ('category', 'turn', 'size'):
    plain, emptied, kept = (v[f'd/information_{code}'] for v in found.values())
    np.testing.assert_allclose(kept, plain, rtol=1e-5)
    if code != 'category':
      np.testing.assert_allclose(emptied, plain, rtol=1e-5)
  # Of empty pictures Q says the same of all, which tells nothing.
  assert float(found['flip']['d/information_category']) <= 0
  with pytest.raises(errors.ConfigError, match="Did you mean 'shear'"):
    build(told_through='sheer')


def test_q_is_ds_and_g_is_paid_for_it():
  game, state, batch = start()
  assert game.players['d'].nets == ('d', 'q') and game.players['g'].nets == (
      'g',)
  mute = {k: dict(v, weight=0.) for k, v in CODES.items()}

  @jit
  def moved(key):
    change = lambda a, b: sum(jnp.sum(jnp.abs(x - y)) for x, y in zip(
        jax.tree.leaves(a), jax.tree.leaves(b)))
    out = {}
    for move, quiet in zip(game.round, build(mute).round):
      after, _ = G.simultaneous(game, [move], state, batch, key)
      other, _ = G.simultaneous(build(mute), [quiet], state, batch, key)
      out[move.player] = {net: (
          change(after.params[net], state.params[net]),
          change(after.params[net], other.params[net])) for net in state.params}
    return out
  found = jax.device_get(moved(jax.random.key(1)))
  # D's move: D and Q, and both learn from L_I. G's: G alone, from L_I too.
  for net in 'dq':
    assert all(x > 0 for x in found['d'][net])
    assert found['g'][net] == (0, 0)
  assert found['d']['g'] == (0, 0) and all(x > 0 for x in found['g']['g'])
  # Without a weight Q learns nothing.
  assert found['d']['q'][1] == pytest.approx(found['d']['q'][0], rel=1e-4)


def test_heads_and_features_of_pictures():
  game, state, batch = start()
  shapes = jax.eval_shape(lambda: (
      {k: f(G.Turn(game, state, batch, jax.random.key(0), train=False))
       for k, f in game.heads.items()},
      game.features['d'](G.Turn(game, state, batch, jax.random.key(0)))))
  assert {k: v.shape for k, v in shapes[0].items()} == dict(
      category=(N, 3), turn=(N, 1), size=(N, 4))
  assert shapes[1].shape == (N, 16)


def test_a_traversal_moves_one_code_alone():
  game, state, _ = start()
  walk = traverse.Traversals(game, source(), N)
  assert list(walk.latents) == list(CODES)
  assert traverse.is_category(walk.latents['category'])
  # Decoded by hand, with a code of every value in its columns.
  turn = G.Turn(game, state, source().batch(walk._samplers['turn'].indices(0)),
                jax.random.fold_in(jax.random.key(2), 0), train=False)
  z = game.latents['z'].draw(turn)
  for name, columns, values in (
      ('category', slice(4, 7), np.eye(3)),
      ('turn', slice(7, 8), np.linspace(-1, 1, information.STEPS)[:, None])):
    x = walk.draw(name, state, jax.random.key(2), 5)
    assert x.shape == (5, len(values), 8, 8, 1)
    for j in (0, len(values) - 1):
      want = game.latents['z'].decode(turn, z.at[:, columns].set(values[j]))
      np.testing.assert_allclose(x[:, j], want['x'][:5], atol=1e-5)
  with pytest.raises(errors.ConfigError, match="Did you mean 'turn'"):
    walk.draw('trun', state, jax.random.key(2), 5)
  with pytest.raises(errors.ConfigError, match='0 rows'):
    walk.draw('turn', state, jax.random.key(2), 0)
  # Rows beyond a batch are of other noise.
  more = walk.draw('turn', state, jax.random.key(2), N + 2)
  np.testing.assert_array_equal(more[:5], x)
  assert np.abs(more[N:] - more[:2]).max() > 1e-3


def test_a_report_shows_codes_and_scripts_draw_them(tmp_path):
  """The picture at the end of a run; rows and columns of what is asked for."""
  game, state, _ = start()
  walk, key = traverse.Traversals(game, source(), N), jax.random.key(2)
  found = traverse.picture(walk, state, key, source().spec, rows=2)
  side = lambda cells: 8 * cells + 2 * (cells - 1)
  assert found.shape == (3 * side(2) + 2 * traverse.GAP,
                         side(information.STEPS), 3)
  x = walk.draw('category', state, key, 2)
  np.testing.assert_array_equal(
      found[:side(2), :side(3)],
      images.grid(x.reshape(-1, 8, 8, 1), columns=3))
  assert (found[:side(2), side(3):] == 255).all()
  exp = experiment.Experiment(dict(batch=N), source(), game)
  asked = traverse.asked(exp, state, 0, None, 'category', 2, seed=2)
  np.testing.assert_array_equal(asked, x)
  (path,) = traverse.write(tmp_path / 'c.png', asked, source().spec)
  assert path.exists()
  (path,) = traverse.write(tmp_path / 'c.npz', asked, source().spec)
  assert np.load(path)['x'].shape == (6, 8, 8, 1)
  plain = G.Game(nets={}, players={}, round=(), sample=lambda t: {})
  assert traverse.picture(traverse.Traversals(plain, source(), N), state, key,
                          source().spec) is None


def test_biggan_is_told_a_drawn_category_and_no_label():
  c = importlib.import_module('configs.infogan_digits_biggan').get_config(
      'tiny')
  exp = experiment.build(c)
  assert c.model.told_as_label == 'category'
  state = jax.eval_shape(exp.init)
  inner = state.params['g']['inner']
  # The category has the place of a label: rows of the shared embedding, none
  # of the first layer, which has z's first chunk of two. D sees none of it.
  assert inner['shared']['kernel'].shape[0] == 10
  assert inner['Dense_0']['kernel'].shape[0] == c.model.z // 2
  paths = [jax.tree_util.keystr(p) for p, _ in
           jax.tree_util.tree_leaves_with_path(state.params['d'])]
  assert not any('projection' in p for p in paths)

  @jit
  def play(key, batch):
    state = G.init(exp.game, key, batch)
    same = G.Turn(exp.game, state, batch, key, train=False)
    latent = exp.game.latents['category']
    made = [latent.decode(G.Turn(exp.game, state, batch, key, train=False),
                          jnp.tile(v, (same.n, 1)))['x']
            for v in latent.values[:2]]
    after, logged = G.play(exp.game, state, {
        k: jnp.stack([v] * exp.game.batches) for k, v in batch.items()})
    return made, after.params, logged
  made, params, logged = play(jax.random.key(0), source().batch(np.arange(N)))
  assert np.abs(made[0] - made[1]).max() > 1e-3
  assert all(np.isfinite(x).all() for x in jax.tree.leaves((params, logged)))
  assert logged['g/information_category'] <= math.log(10)


def test_published_sizes():
  """62 + 10 + 1 + 1; the head 1024 - 128 (BatchNorm) - 12."""
  c = importlib.import_module('configs.infogan_mnist').get_config()
  game = infogan.build(data.make('mnist5k').spec, **c.model.to_dict())
  z = np.zeros((2, 74))
  assert count(game.nets['g'], z) == (
      74 * 1024 + 2 * 1024 + 1024 * 6272 + 2 * 6272
      + 128 * 64 * 16 + 2 * 64 + 64 * 16 + 1)
  assert count(game.nets['q'], np.zeros((2, 1024))) == (
      1024 * 128 + 2 * 128 + 128 * 12 + 12)
  assert game.nets['q'].outputs == 12
  assert isinstance(game.nets['q'], mlp.Discriminator)


@pytest.mark.parametrize('options, message', [
    (dict(codes={}), 'no codes: give some'),
    (dict(codes=dict(a=dict(kind='categorial', k=3))),
     "kind of code 'a' 'categorial'. Did you mean 'categorical'"),
    (dict(codes=dict(a=dict(kind='categorical'))), "code 'a' needs 'k'"),
    (dict(codes=dict(a=dict(kind='categorical', k=1))), 'k=1 is a whole'),
    (dict(codes=dict(a=dict(kind='uniform', std=0.))), 'std=0.0 of Q'),
    (dict(codes=dict(z=dict(kind='uniform'))), "may not be called 'z'"),
    (dict(q=dict(width=3)), "argument of q 'width'"),
    (dict(told_as_label='turns'), "label 'turns'. Did you mean 'turn'"),
    (dict(told_as_label='turn'), "'turn' is told as a label"),
    (dict(objective='hnge'), "Did you mean 'hinge'"),
    (dict(parts=dict(latent={})), "part 'latent' moves all"),
])
def test_mistakes_are_told(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    build(**options)


def test_a_packed_d_cannot_tell_codes():
  game = build(parts=dict(packing=dict(m=2)))
  with pytest.raises(errors.ConfigError, match='leave out the packing'):
    jax.eval_shape(functools.partial(G.init, game), jax.random.key(0),
                   source().batch(np.arange(N)))


def test_codes_are_told_by_averages():
  """What evaluators look into has averages in place of D's and Q's params."""
  game = build(ema=dict(d=.5, q=.5), ema_start=1)
  batch = source().batch(np.arange(N))
  state = jit(functools.partial(G.init, game))(jax.random.key(0), batch)
  play = jit(functools.partial(G.play, game))
  batches = jax.tree.map(lambda x: x[None], batch)
  one, _ = play(state, batches)
  two, _ = play(one, batches)
  for net in 'dq':
    jax.tree.map(np.testing.assert_array_equal, one.ema[net], one.params[net])
    jax.tree.map(functools.partial(np.testing.assert_allclose, atol=1e-7),
                 two.ema[net], jax.tree.map(lambda a, b: (a + b) / 2,
                                            one.params[net], two.params[net]))
  with pytest.raises(errors.ConfigError, match="net to average 'e'"):
    build(ema=dict(e=.5))
