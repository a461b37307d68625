"""CutMix by the mask, losses of pixels, and the two forms of warm-up."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.augment import cutmix as cut
from gans_jax.families import cutmix
from gans_jax.losses import adversarial, pixelwise
from gans_jax.systems import unet_gan
from tests.nets.filled import draw, quick

SGD = dict(name='sgd', lr=1e-2)
NETS = dict(name='unet', width=1, d_width=(2, 2), spectral=False,
            init='glorot')
KEY = jax.random.key(3)
N = 8


@functools.cache
def built(spectral=False, **options):
  source = data.make('digits')
  game = unet_gan.build(
      source.spec, nets={**NETS, 'spectral': spectral}, z=4, g_optim=SGD,
      d_optim=SGD, ema=0., **options)
  batch = {k: jnp.asarray(v) for k, v in source.batch(np.arange(N)).items()}
  # G.init's keys have a type of their own, which NumPy has not.
  state = quick(lambda b: G.init(game, KEY, b).replace(key=0), batch)
  return game, state, batch


def played(game, name, state, batch):
  """(loss, scalars logged) of the move whose loss has that name."""
  move = next(m for m in game.round if m.loss.__name__ == name)
  def run(state, batch):
    turn = G.Turn(game, state, batch, KEY)
    return move.loss(turn), turn.metrics
  return quick(run, state, batch)


# --- masks -------------------------------------------------------------------

@functools.cache
def many():
  return quick(lambda k: cut.masks(k, 4000, 8, 12), KEY)[..., 0]


def test_a_mask_is_a_box_of_its_own_for_each_picture():
  masks = many()
  assert masks.dtype == np.float32 and set(np.unique(masks)) == {0., 1.}
  assert len(np.unique(masks, axis=0)) > 300
  for m in masks[:300]:
    # One of the two values fills a box, or nothing: its rows are all alike.
    for part in (m == 0, m == 1):
      rows, columns = part.any(1), part.any(0)
      if (part == rows[:, None] & columns).all():
        break
    else:
      pytest.fail('no box')


def test_shares_of_masks():
  """Half are flipped, so a pixel is kept half of the time; all areas occur."""
  masks = many()
  np.testing.assert_allclose(masks.mean((0, 1, 2)), .5, atol=.02)
  np.testing.assert_allclose(masks.mean(0), .5, atol=.04)
  area = masks.mean((1, 2))
  assert (np.histogram(area, 5, (0, 1))[0] > 300).all()


def test_masks_as_drawn_by_the_authors():
  """Shares of zeros, by the law of the box alone: l ~ U(0, 1)."""
  rng, size = np.random.default_rng(0), 12
  w = (size * np.sqrt(1 - rng.uniform(size=200_000))).astype(int)
  x = rng.integers(0, size, len(w))
  y = rng.integers(0, size, len(w))
  span = lambda c: (np.clip(c + w // 2, 0, size) - np.clip(c - w // 2, 0, size))
  expected = span(x) * span(y) / size ** 2
  masks = quick(lambda k: cut.masks(k, 20_000, size, size), KEY)[..., 0]
  ours = masks.mean((1, 2))
  both = np.concatenate([expected, 1 - expected])
  np.testing.assert_allclose(
      np.quantile(ours, [.1, .25, .5, .75, .9]),
      np.quantile(both, [.1, .25, .5, .75, .9]), atol=.03)
  np.testing.assert_allclose(ours.std(), both.std(), atol=.01)


def test_a_mask_of_ones_keeps_the_picture():
  a, b = draw(2, 4, 4, 1), draw(2, 4, 4, 1, seed=2)
  mask = np.ones((2, 4, 4, 1), np.float32)
  np.testing.assert_array_equal(cut.mix(mask, a, b), a)
  np.testing.assert_array_equal(cut.mix(0 * mask, a, b), b)
  half = mask.copy()
  half[:, :2] = 0
  np.testing.assert_array_equal(cut.mix(half, a, b)[:, :2], b[:, :2])
  np.testing.assert_array_equal(cut.mix(half, a, b)[:, 2:], a[:, 2:])


# --- losses ------------------------------------------------------------------

def test_logits_of_pictures_and_pixels():
  logits = draw(3, 1 + 2 * 5)
  picture, pixels = pixelwise.split(logits, (2, 5, 1))
  np.testing.assert_array_equal(picture, logits[:, 0])
  np.testing.assert_array_equal(pixels[1, 1, 3, 0], logits[1, 1 + 5 + 3])
  for bad in (draw(3), draw(3, 10)):
    with pytest.raises(errors.ConfigError, match='name="unet"'):
      pixelwise.split(bad, (2, 5, 1))


@pytest.mark.parametrize('pair', ['non_saturating', 'hinge'])
def test_half_of_each_loss(pair):
  """The authors' halves, by their formula: of pictures and of pixels."""
  real, fake = draw(4, 10), draw(4, 10, seed=2)
  both = pixelwise.both(adversarial.PAIRS[pair], (3, 3, 1))
  if pair == 'hinge':
    on_real, on_fake = np.maximum(1 - real, 0), np.maximum(1 + fake, 0)
    wanted = -fake
  else:
    on_real, on_fake = np.log1p(np.exp(-real)), np.log1p(np.exp(fake))
    wanted = np.log1p(np.exp(-fake))
  halves = lambda x: (x[:, 0].mean() + x[:, 1:].mean()) / 2
  np.testing.assert_allclose(
      both.d(real, fake), halves(on_real) + halves(on_fake), rtol=1e-5)
  np.testing.assert_allclose(both.g(fake), halves(wanted), rtol=1e-5)
  zeros = np.zeros((4, 10), np.float32)
  if pair == 'non_saturating':
    np.testing.assert_allclose(both.d(zeros, zeros), np.log(4), rtol=1e-6)
    np.testing.assert_allclose(both.g(zeros), np.log(2), rtol=1e-6)


def test_a_mixed_picture_is_a_fake_whose_pixels_are_the_mask():
  mask = np.zeros((1, 1, 2, 1), np.float32)
  mask[..., 0, 0] = 1
  at = lambda picture, a, b: float(pixelwise.mixed(
      np.float32([picture]), np.float32([a, b]).reshape(1, 1, 2, 1), mask))
  np.testing.assert_allclose(at(0, 0, 0), 2 * np.log(2), rtol=1e-6)
  assert at(-20, 20, -20) < 1e-6                 # 1 is real, all is a fake
  np.testing.assert_allclose(at(20, 20, -20), 20, rtol=1e-5)
  np.testing.assert_allclose(at(-20, -20, 20), 20, rtol=1e-5)


def test_consistency_of_a_d_that_judges_each_pixel_alone():
  """A 1x1 convolution commutes with the mask; a 3x3 one does not."""
  x, fake = draw(4, 6, 6, 2), draw(4, 6, 6, 2, seed=2)
  mask = quick(lambda k: cut.masks(k, 4, 6, 6), jax.random.key(1))
  assert 0 < mask.mean() < 1
  def apart(kernel):
    d = lambda x: jax.lax.conv_general_dilated(
        x, kernel, (1, 1), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
    return quick(lambda x, fake: pixelwise.consistency(
        d(cut.mix(mask, x, fake)), d(x), d(fake), mask), x, fake)
  assert apart(draw(1, 1, 2, 1)) == 0
  assert apart(draw(3, 3, 2, 1)) > .1


def test_consistency_pulls_on_all_three():
  """No gradient is stopped, as in the authors' code; logits, not shares."""
  pixels, real, fake = (draw(2, 3, 3, 1, seed=i) for i in range(3))
  mask = (draw(2, 3, 3, 1, seed=9) > 0).astype(np.float32)
  value, gradients = quick(jax.value_and_grad(
      pixelwise.consistency, argnums=(0, 1, 2)), pixels, real, fake, mask)
  gap = pixels - np.where(mask > 0, real, fake)
  np.testing.assert_allclose(value, np.square(gap).mean(), rtol=1e-6)
  for found, share in zip(gradients, (1, -mask, mask - 1)):
    np.testing.assert_allclose(found, share * 2 * gap / gap.size, atol=1e-6)


def test_overlap():
  mask = np.float32([1, 1, 0, 0]).reshape(1, 2, 2, 1)
  said = lambda *s: float(pixelwise.overlap(
      np.float32(s).reshape(1, 2, 2, 1), mask))
  assert said(1, 1, -1, -1) == 1 and said(-1, -1, 1, 1) == 0
  np.testing.assert_allclose(said(1, -1, 1, -1), 1 / 3)
  assert float(pixelwise.overlap(-np.ones_like(mask), 0 * mask)) == 1


# --- the game ----------------------------------------------------------------

def test_losses_of_the_game_by_hand(monkeypatch):
  game, state, batch = built(warmup=0, conditional=True)
  mask = quick(lambda k: cut.masks(k, N, 8, 8), KEY)
  monkeypatch.setattr(cut, 'masks', lambda *args: mask)
  loss, logged = played(game, 'd_loss', state, batch)

  def by_hand(state, batch):
    t = G.Turn(game, state, batch, KEY)
    y = jax.nn.one_hot(batch['y'], 10)
    fake = t.apply('g', t.normal(4), y)
    on_real = t.apply('d', batch['x'], y)
    on_fake = t.apply('d', fake, y, update_u=False)
    d = t.pure('d')
    mixed = d(mask * batch['x'] + (1 - mask) * fake, y, update_u=False)
    ce = lambda s, target: jnp.mean(
        optax.sigmoid_binary_cross_entropy(s, target))
    flat = mask.reshape(N, -1)
    plain = sum(ce(s, jnp.full(s.shape, target)) for target, logits in (
        (1., on_real), (0., on_fake)) for s in (
            logits[:, 0], logits[:, 1:])) / 2
    target = flat * on_real[:, 1:] + (1 - flat) * on_fake[:, 1:]
    return dict(plain=plain, mixed=ce(mixed[:, 0], jnp.zeros(N)) + ce(
        mixed[:, 1:], flat), consistency=jnp.mean(
            jnp.square(mixed[:, 1:] - target)))

  want = quick(by_hand, state, batch)
  np.testing.assert_allclose(loss, sum(want.values()), rtol=1e-4)
  for name in ('mixed', 'consistency'):
    np.testing.assert_allclose(logged[name], want[name], rtol=1e-4)
  np.testing.assert_allclose(
      logged['cutmix'], want['mixed'] + want['consistency'], rtol=1e-4)
  assert 0 <= logged['iou'] <= 1


def test_the_weight_rises_with_the_step():
  game, state, batch = built(warmup=10)
  plain = None
  for step, weight in ((0, 0.), (5, .5), (10, 1.), (99, 1.)):
    loss, logged = played(game, 'd_loss', state.replace(
        step=np.int32(step)), batch)
    np.testing.assert_allclose(
        logged['cutmix'], weight * (logged['mixed'] + logged['consistency']),
        rtol=1e-6, atol=1e-7)
    rest = loss - logged['cutmix']
    plain = rest if plain is None else plain
    np.testing.assert_allclose(rest, plain, rtol=1e-5)
  _, logged = played(built(warmup=0)[0], 'd_loss', state, batch)
  assert logged['cutmix'] > 0
  _, logged = played(built(mixing='none')[0], 'd_loss', state, batch)
  assert 'cutmix' not in logged


def test_the_chance_rises_with_the_step_and_is_its_function():
  when = jax.jit(jax.vmap(cutmix.by_chance(unet_gan.rising(1000, .5))))
  steps = jnp.arange(5000)
  coins = np.asarray(when(steps))
  np.testing.assert_array_equal(coins, when(steps))
  np.testing.assert_array_equal(coins[100:200], when(steps[100:200]))
  np.testing.assert_allclose(coins[1000:].mean(), .5, atol=.03)
  np.testing.assert_allclose(coins[:1000].mean(), .25, atol=.05)
  assert not coins[0] and coins[:1000].mean() < coins[1000:].mean()
  assert not (coins[1000:] == np.roll(coins, 1)[1000:]).all()


def test_mixed_steps_in_place_of_others():
  """One of D's two losses is played a round."""
  game, state, batch = built(mixing='instead', warmup=1)
  names = [m.loss.__name__ for m in game.round]
  assert names == ['d_loss', 'other_loss', 'g_loss']
  loss, logged = played(game, 'other_loss', state, batch)
  np.testing.assert_allclose(
      loss, logged['mixed'] + logged['consistency'], rtol=1e-5)
  def rounds(state, batches):
    state = state.replace(key=jax.random.key(0))
    return jax.lax.map(lambda step: G.play(
        game, state.replace(step=step), batches)[1], jnp.arange(2, 14))
  found = quick(rounds, state, {k: v[None] for k, v in batch.items()})
  mixed = quick(jax.vmap(game.round[1].when), np.arange(2, 14))
  assert set(mixed) == {True, False}
  for name in ('d/d_loss', 'd/gap'):
    np.testing.assert_array_equal(np.isnan(found[name]), mixed)
  for name in ('d/other_loss', 'd/cutmix', 'd/iou'):
    np.testing.assert_array_equal(np.isnan(found[name]), ~mixed)
  assert not np.isnan(found['g/g_loss']).any()


def test_spectral_vectors_move_in_either_of_ds_steps_and_not_in_gs():
  game, state, batch = built(True, mixing='instead', warmup=1)
  def stats(state, batch):
    return [G.simultaneous(game, [m], state, batch, KEY)[0].stats['d']
            for m in game.round]
  for after, moves in zip(quick(stats, state, batch), (True, True, False)):
    changed = [bool((a != b).any()) for a, b in zip(
        jax.tree.leaves(after), jax.tree.leaves(state.stats['d']))]
    # Vectors of one output or of one input are what they are.
    assert (sum(changed) > len(changed) / 2) if moves else not any(changed)


def test_g_wants_pictures_and_pixels_taken_for_real():
  game, state, batch = built(warmup=0)
  loss, _ = played(game, 'g_loss', state, batch)
  def by_hand(state, batch):
    t = G.Turn(game, state, batch, KEY)
    s = t.apply('d', t.apply('g', t.normal(4)), update_u=False)
    return (jax.nn.softplus(-s[:, 0]).mean()
            + jax.nn.softplus(-s[:, 1:]).mean()) / 2
  np.testing.assert_allclose(loss, quick(by_hand, state, batch), rtol=1e-5)


def test_its_ema_is_a_copy_until_it_starts():
  game = unet_gan.build(data.make('digits').spec, nets=NETS, z=4, ema=.9,
                        ema_start=7)
  decay = game.ema['g']
  assert decay(jnp.int32(6)) == 0 and decay(jnp.int32(7)) == jnp.float32(.9)


@pytest.mark.parametrize('options, message', [
    (dict(mixing='aded'), "Did you mean 'added'"),
    (dict(objective='hing'), "Did you mean 'hinge'"),
    (dict(nets=dict(name='unt')), "Did you mean 'unet'"),
    (dict(nets=dict(name='unet', init='ortho')), 'orthogonal'),
    (dict(parts=dict(packing=dict())), "'packing' changes what D sees"),
    (dict(warmup=-1), 'warmup')])
def test_mistakes(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    unet_gan.build(data.make('digits').spec, **options)


def test_a_d_without_pixels():
  with pytest.raises(errors.ConfigError, match='each of them'):
    source = data.make('digits')
    game = unet_gan.build(source.spec, nets=dict(name='mlp'), z=4)
    jax.eval_shape(lambda b: G.init(game, KEY, b), source.spec.zeros(4))
