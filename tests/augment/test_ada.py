"""ADA's pipe: every transform alone against numpy and scipy, then together."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage, special

from gans_jax import errors
from gans_jax import game as G
from gans_jax.augment import ada, ada_colour, ada_filter, ada_geometry
from gans_jax.data.spec import Spec
from gans_jax.families import two_player
from gans_jax.losses import adversarial

N = 4
EVERY = 'bgcfnc'


def pictures(shape=(N, 12, 12, 3)):
  return jax.random.uniform(jax.random.key(0), shape, minval=-1)


def geometry(x, **drawn):
  return np.asarray(ada_geometry.apply(
      jnp.asarray(x), {k: jnp.asarray(v) for k, v in drawn.items()}))


def colour(x, **drawn):
  return np.asarray(ada_colour.apply(
      jnp.asarray(x), {k: jnp.asarray(v) for k, v in drawn.items()}))


# --- the pipe ----------------------------------------------------------------

@pytest.mark.parametrize('shape', [(N, 8, 8, 1), (N, 12, 10, 3)])
def test_without_probability_nothing_changes(shape):
  x = pictures(shape)
  pipe = jax.jit(ada.make(EVERY))
  np.testing.assert_array_equal(pipe(jax.random.key(1), x, 0.), x)
  moved = pipe(jax.random.key(1), x, 1.)
  assert moved.shape == shape and np.isfinite(moved).all()
  assert (np.abs(moved - x).max((1, 2, 3)) > .01).all()


def test_pictures_spread_over_devices_are_drawn_alike():
  x, pipe = pictures((8, 8, 8, 1)), jax.jit(ada.make(EVERY))
  spread = jax.device_put(x, jax.NamedSharding(
      jax.make_mesh((8,), ('data',)), jax.P('data')))
  np.testing.assert_allclose(
      pipe(jax.random.key(1), spread, .8), pipe(jax.random.key(1), x, .8),
      atol=1e-6)


def test_each_picture_has_its_own_draws():
  x = jnp.broadcast_to(pictures((1, 8, 8, 1)), (8, 8, 8, 1))
  out = ada.make('bgc')(jax.random.key(0), x, 1.)
  assert len(np.unique(np.round(out.reshape(8, -1), 4), axis=0)) == 8


@pytest.mark.parametrize('name', ada.NAMES)
def test_a_transform_happens_as_often_as_asked(name):
  """To p m of the pictures, but for draws that are the identity."""
  n, p, m, size = 8000, .5, .6, 4 if name == 'noise' else 16
  drawn = ada.make(transforms={name: m}).draw(
      jax.random.key(3), (n, size, size, 3), jnp.float32(p))
  assert set(drawn) == {name}
  value = drawn[name]
  if name == 'cutout':
    value = value[:, 0]
  identity = 1. if name in ('scale', 'aniso', 'contrast', 'saturation',
                            *ada_filter.BANDS) else 0.
  changed = jnp.any((value != identity).reshape(n, -1), -1)
  # Of 16 pixels, an eighth either way: rounds to 0 both ways one time in 16.
  real = dict(xflip=.5, lumaflip=.5, rotate90=.75, xint=15 / 16)
  np.testing.assert_allclose(
      changed.mean(), p * m * real.get(name, 1.), atol=.02)


def test_draws_of_one_transform_do_not_hang_on_others():
  alone = ada.make(transforms=dict(hue=1.))
  together = ada.make(EVERY)
  draw = lambda pipe: pipe.draw(jax.random.key(2), (N, 8, 8, 3), .9)['hue']
  np.testing.assert_array_equal(draw(alone), draw(together))


@pytest.mark.parametrize('name, inverse, std', [
    ('scale', np.log2, .2), ('aniso', np.log2, .2),
    ('xfrac', lambda v: v / [10, 8], .125), ('brightness', None, .2),
    ('contrast', np.log2, .5), ('saturation', np.log2, 1.),
    ('band3', np.log2, 1.)])
def test_normal_draws_have_the_published_spread(name, inverse, std):
  value = ada.make(transforms={name: 1.}).draw(
      jax.random.key(5), (20_000, 8, 10, 3))[name]
  value = np.asarray(value) if inverse is None else inverse(np.asarray(value))
  np.testing.assert_allclose(value.std(0), std, rtol=.03)
  np.testing.assert_allclose(value.mean(0), 0, atol=.03 * std)


def test_uniform_draws_have_the_published_range():
  drawn = ada.make(transforms=dict(xint=1., rotate=1., hue=1.)).draw(
      jax.random.key(5), (20_000, 16, 32, 3))
  assert set(np.unique(drawn['xint'][:, 0])) == set(range(-4, 5))
  assert set(np.unique(drawn['xint'][:, 1])) == {-2, -1, 0, 1, 2}
  for name in ('rotate', 'hue'):
    angle = np.asarray(drawn[name])
    np.testing.assert_allclose([angle.min(), angle.max()], [-np.pi, np.pi],
                               atol=.01)
    np.testing.assert_allclose(angle.std(), np.pi / np.sqrt(3), rtol=.02)


def test_rotation_before_or_after_has_probability_p():
  value = ada.make(transforms=dict(rotate=1.)).draw(
      jax.random.key(5), (20_000, 8, 8, 1), .4)['rotate']
  np.testing.assert_allclose((value != 0).mean(0), 1 - math.sqrt(.6), atol=.01)


def test_the_pipe_is_linear_in_pictures_and_has_gradients():
  """Of geometry, colours and filters, d f / d x is the same map."""
  x, y = pictures((2, 8, 8, 3)), jax.random.normal(
      jax.random.key(9), (2, 8, 8, 3))
  f = jax.jit(lambda x: ada.make('bgcf')(jax.random.key(4), x, .8))
  step = jax.jit(lambda x, y: jax.jvp(f, (x,), (y,))[1])(x, y)
  np.testing.assert_allclose(step, f(x + y) - f(x), atol=2e-5)
  # The transpose: <f' y, c> = <y, f'^T c>.
  c = jax.random.normal(jax.random.key(8), f(x).shape)
  back = jax.jit(lambda x: jax.vjp(f, x)[1](c)[0])(x)
  np.testing.assert_allclose(jnp.sum(step * c), jnp.sum(y * back), rtol=1e-4)


# Five numbers each of the authors' code at its debug_percentile (mean, standard
# deviation, three pixels), measured beside it.
RECORDED = {
    ('geom', .3): (-.00423, .59474, .85518, -.59131, .07101),
    ('geom', .8): (-.0049, .6105, .31198, -.22395, .51668),
    ('bg', .3): (-.00615, .58998, .89508, -.10766, .04161),
    ('bg', .8): (-.0025, .61039, -.33554, -.31836, -.72948),
    ('color', .3): (-.0642, .59437, .06458, .77065, -.73665),
    ('color', .8): (-.1477, .98126, -.0467, -1.76704, .7266),
    ('filter', .3): (.0011, .6726, 0, .60721, -.53178),
    ('filter', .8): (.001, .61267, 0, .5531, -.48439),
    ('bgcf', .3): (-.06718, .47061, .66653, .2165, -.4492),
    ('bgcf', .8): (-.1241, .73485, .35531, .99226, .07127),
    ('grey', .8): (-.11858, .65333, .23059, -.32836, -.10737)}


def quantiles(q, width, height):
  """What the authors' code draws at quantile q; its normals lack a root 2."""
  normal, even = special.erfinv(2 * q - 1), 2 * q - 1
  power = lambda std: 2. ** (std * normal)
  return dict(
      xflip=math.floor(2 * q), rotate90=math.floor(4 * q),
      xint=[round(.125 * even * width), round(.125 * even * height)],
      scale=power(.2), rotate=[np.pi * even, 0.], aniso=power(.2),
      xfrac=[.125 * normal * width, .125 * normal * height],
      brightness=.2 * normal, contrast=power(.5), lumaflip=math.floor(2 * q),
      hue=np.pi * even, saturation=power(1.),
      **{name: power(1.) for name in ada_filter.BANDS})


@pytest.mark.parametrize('pipe, q', RECORDED)
def test_the_authors_code_gives_the_same(pipe, q):
  i = np.arange(3 * 24 * 24).reshape(1, 24, 24, 3)
  x = np.sin(.37 * i + .05 * i ** 1.2).astype(np.float32)
  x, pipe, last = (x[..., :1], 'bgcf', 0) if pipe == 'grey' else (x, pipe, 2)
  values = quantiles(q, 24, 24)
  drawn = {k: jnp.asarray([values[k]]) for k in ada.make(pipe).multipliers
           if last or k not in ('hue', 'saturation')}
  y = jnp.asarray(x)
  for part in (ada_geometry, ada_colour, ada_filter):
    y = part.apply(y, drawn)
  y = np.asarray(y[0])
  got = (y.mean(), y.std(), y[0, 0, 0], y[11, 5, min(last, 1)], y[23, 17, last])
  grey = last == 0
  np.testing.assert_allclose(
      got, RECORDED['grey' if grey else pipe, q], atol=5e-5)


# --- geometry ----------------------------------------------------------------

def test_matrices():
  angle = jnp.array([.3])
  c, s = math.cos(.3), math.sin(.3)
  np.testing.assert_allclose(
      ada_geometry.rotation(angle)[0], [[c, -s, 0], [s, c, 0], [0, 0, 1]],
      rtol=1e-6)
  two = jnp.array([2.])
  np.testing.assert_allclose(
      ada_geometry.scaling(two, 1 / two)[0], np.diag([2, .5, 1]))
  np.testing.assert_allclose(
      ada_geometry.translation(two, angle)[0],
      [[1, 0, 2], [0, 1, .3], [0, 0, 1]], rtol=1e-6)


def test_maps_undo_the_transforms_from_the_last_to_the_first():
  m = ada_geometry.general_map(dict(
      scale=jnp.array([2.]), rotate=jnp.array([[.5, -.2]]),
      aniso=jnp.array([1.5]), xfrac=jnp.array([[3., -1.]])))[0]
  turn = lambda a: np.array([[math.cos(a), math.sin(a), 0],
                             [-math.sin(a), math.cos(a), 0], [0, 0, 1]])
  forward = np.array([[1, 0, 3], [0, 1, -1], [0, 0, 1]]) @ turn(-.2) @ np.diag(
      [1.5, 1 / 1.5, 1]) @ turn(.5) @ np.diag([2, 2, 1])
  np.testing.assert_allclose(m @ forward, np.eye(3), atol=1e-6)


def test_flips_and_quarters_are_numpys():
  x = pictures()
  np.testing.assert_array_equal(
      geometry(x, xflip=np.array([0, 1, 1, 0])),
      np.stack([x[0], x[1][:, ::-1], x[2][:, ::-1], x[3]]))
  np.testing.assert_array_equal(
      geometry(x, rotate90=np.arange(4)),
      np.stack([np.rot90(x[k], k) for k in range(4)]))


def test_whole_pixels_are_a_mirrored_roll():
  x = np.asarray(pictures())
  shift = np.array([[2, 0], [-1, 1], [0, -2], [0, 0]])
  got = geometry(x, xint=shift.astype(np.float32))
  for picture, (right, down), out in zip(x, shift, got, strict=True):
    wide = np.pad(picture, ((3, 3), (3, 3), (0, 0)), 'reflect')
    want = np.roll(wide, (down, right), (0, 1))[3:-3, 3:-3]
    np.testing.assert_array_equal(out, want)


def test_flip_comes_before_the_quarter_and_both_before_the_shift():
  x = np.asarray(pictures((1, 8, 8, 1)))
  got = geometry(x, xflip=[1], rotate90=[1], xint=[[1., 0.]])
  turned = np.rot90(x[0][:, ::-1])
  want = np.pad(turned, ((0, 0), (1, 0), (0, 0)), 'reflect')[:, :-1]
  np.testing.assert_array_equal(got[0], want)


def waves(n, across, down):
  """[1, n, n, 1] of a wave that is slow against the pixels."""
  y, x = np.mgrid[:n, :n] - (n - 1) / 2
  return np.cos(across * x + down * y)[None, ..., None].astype(np.float32)


def test_resampling_by_the_identity_is_the_identity():
  """SYM6 is orthogonal: up and down again is nothing."""
  x = pictures((2, 9, 6, 3))
  eye = jnp.broadcast_to(jnp.eye(3), (2, 3, 3))
  np.testing.assert_allclose(ada_geometry.resampled(x, eye), x, atol=1e-5)


def test_the_wavelet_is_orthogonal():
  h = np.array(ada_geometry.SYM6)
  np.testing.assert_allclose(h.sum(), math.sqrt(2), rtol=1e-7)
  for lag in range(6):
    np.testing.assert_allclose(
        h[2 * lag:] @ h[:len(h) - 2 * lag], lag == 0, atol=1e-7)


def test_general_transforms_against_scipy():
  """Of a smooth picture: cubic splines of the same mirrored plane."""
  x = waves(24, .35, .2)
  drawn = dict(scale=[1.2], rotate=[[.7, .3]], aniso=[.9], xfrac=[[1.3, -2.6]])
  got = geometry(x, **{k: np.float32(v) for k, v in drawn.items()})[0, ..., 0]
  m = np.asarray(ada_geometry.general_map(
      {k: jnp.asarray(v) for k, v in drawn.items()}))[0]
  swap = m[[1, 0, 2]][:, [1, 0, 2]]                    # rows before columns
  centre = np.array([11.5, 11.5])
  offset = swap[:2, :2] @ -centre + swap[:2, 2] + centre
  want = ndimage.affine_transform(
      x[0, ..., 0].astype(np.float64), swap[:2, :2], offset, mode='mirror')
  np.testing.assert_allclose(got[4:-4, 4:-4], want[4:-4, 4:-4], atol=.03)
  assert np.abs(got - x[0, ..., 0]).max() > .5


def test_a_general_quarter_is_rot90_up_to_the_wavelets_delay():
  """SYM6 isn't quite symmetric: .1 pixel, which only `copied` is without."""
  x = waves(16, .3, .1)
  turned = [geometry(x, rotate=np.float32([[a, 0.]]))[0]
            for a in (np.pi / 2, -np.pi / 2)]
  for got, k in zip(turned, (1, -1), strict=True):
    want = np.rot90(x[0], k)
    np.testing.assert_allclose(got, want, atol=.12 * math.hypot(.3, .1) * 1.1)
    assert np.abs(got + want).max() > 1


def test_pictures_that_stay_are_copied_beside_those_that_turn():
  x = pictures((2, 8, 8, 3))
  got = geometry(x, xflip=[1, 1], rotate=np.float32([[0, 0], [.3, 0]]))
  np.testing.assert_array_equal(got[0], x[0][:, ::-1])
  assert np.abs(got[1] - x[1][:, ::-1]).max() > .05


# --- colours -----------------------------------------------------------------

def test_colours_against_formulas():
  x = np.asarray(pictures((1, 3, 3, 3)))
  mean = x.mean(-1, keepdims=True)
  np.testing.assert_allclose(colour(x, brightness=[.3]), x + .3, atol=1e-6)
  np.testing.assert_allclose(colour(x, contrast=[1.7]), 1.7 * x, rtol=1e-5)
  np.testing.assert_allclose(colour(x, lumaflip=[1]), x - 2 * mean, atol=1e-6)
  np.testing.assert_allclose(
      colour(x, saturation=[.4]), mean + .4 * (x - mean), atol=1e-6)
  np.testing.assert_allclose(   # a third of a turn: red to green to blue
      colour(x, hue=[2 * np.pi / 3]), x[..., [2, 0, 1]], atol=1e-6)


def test_hue_keeps_grey_and_length():
  m, offset = ada_colour.colour_map(dict(hue=jnp.array([.9])))
  np.testing.assert_allclose(m[0] @ m[0].T, np.eye(3), atol=1e-6)
  np.testing.assert_allclose(np.linalg.det(m[0]), 1, rtol=1e-5)
  np.testing.assert_allclose(m[0] @ np.ones(3), np.ones(3), rtol=1e-5)
  np.testing.assert_allclose(np.trace(m[0]), 1 + 2 * math.cos(.9), rtol=1e-5)
  np.testing.assert_array_equal(offset, np.zeros((1, 3)))


def test_colours_follow_each_other_in_order():
  x = np.asarray(pictures((1, 3, 3, 3)))
  drawn = dict(brightness=[.3], contrast=[.8], lumaflip=[1], hue=[.5],
               saturation=[1.6])
  want = x
  for name in ada.CATEGORIES['color']:
    want = colour(want, **{name: drawn[name]})
  np.testing.assert_allclose(colour(x, **drawn), want, atol=1e-6)


def test_grey_pictures_have_brightness_contrast_and_luma():
  x = np.asarray(pictures((1, 3, 3, 1)))
  np.testing.assert_allclose(
      colour(x, brightness=[.3], contrast=[2.], lumaflip=[1]),
      -2 * (x + .3), atol=1e-6)
  drawn = ada.make('color').draw(jax.random.key(0), x.shape)
  assert not {'hue', 'saturation'} & set(drawn)


# --- bands, noise, cutout ----------------------------------------------------

def test_the_bank_is_the_published_one():
  bank = ada_filter.bank()
  assert bank.shape == (4, 43)
  np.testing.assert_allclose(bank, bank[:, ::-1], atol=1e-12)
  np.testing.assert_allclose(bank.sum(1), [1, 0, 0, 0], atol=1e-7)
  np.testing.assert_allclose(bank.sum(0), np.arange(43) == 21, atol=1e-7)
  right = np.round(bank[:, 21:26], 5)
  np.testing.assert_allclose(right, [
      [.125, .11865, .10547, .08905, .07031],
      [.125, .09229, .03516, -.0246, -.07031],
      [.25, .07031, -.14062, -.0957, 0],
      [.5, -.28125, 0, .03125, 0]], atol=1e-5)


def test_bands_follow_each_other_in_frequency():
  response = np.abs(np.fft.rfft(ada_filter.bank(), 256))
  np.testing.assert_array_equal(
      response.argmax(1) // 32, [0, 0, 1, 4])
  assert (np.diff(response.argmax(1)) > 0).all()


def test_filtering_is_scipys_along_both_axes():
  x = np.asarray(pictures((2, 9, 13, 3)))
  gain = np.array([[1.2, .5, 2., .1], [1., 1., 1., 3.]])
  got = ada_filter.filtered(jnp.asarray(x), jnp.asarray(gain))
  for picture, g, out in zip(x, gain, got, strict=True):
    taps = g @ ada_filter.bank()
    want = ndimage.convolve1d(picture, taps, axis=0, mode='mirror')
    want = ndimage.convolve1d(want, taps, axis=1, mode='mirror')
    np.testing.assert_allclose(out, want, atol=2e-5)


def test_gains_keep_the_expected_power():
  """One band: sum POWER g^2 = 1. Several: the product of one after another."""
  low, high = jnp.array([3.]), jnp.array([.2])
  power = ada_filter.POWER
  one = ada_filter.gains(dict(band1=low))
  np.testing.assert_allclose(jnp.sum(power * one ** 2), 1, rtol=1e-6)
  np.testing.assert_allclose(one[0, 0] / one[0, 1], 3, rtol=1e-6)
  other = ada_filter.gains(dict(band4=high))
  np.testing.assert_allclose(
      ada_filter.gains(dict(band1=low, band4=high)), one * other, rtol=1e-6)


def test_noise_has_the_drawn_strength():
  n = 2000
  noise = ada.make('noise').draw(jax.random.key(0), (n, 8, 8, 3))['noise']
  sigma = np.asarray(noise).reshape(n, -1).std(1)
  # |N(0, .1^2)| has mean .1 sqrt(2 / pi) and second moment .01.
  np.testing.assert_allclose(sigma.mean(), .1 * math.sqrt(2 / np.pi), rtol=.05)
  np.testing.assert_allclose((sigma ** 2).mean(), .01, rtol=.1)


def test_cutout_is_half_a_picture_each_way():
  x = pictures((3, 8, 12, 1)) + 3
  cut = np.float32([[.5, .5, .25], [.5, 0, 1], [0, .5, .5]])
  got = np.asarray(ada_filter.apply(x, dict(cutout=jnp.asarray(cut))))
  want = np.asarray(x).copy()
  want[0, 0:4, 3:9] = 0
  want[1, 6:8, 0:3] = 0
  np.testing.assert_array_equal(got, want)


# --- configs and games -------------------------------------------------------

def test_presets_and_multipliers():
  assert set(ada.make('bgc').multipliers) == {
      n for c in ('blit', 'geom', 'color') for n in ada.CATEGORIES[c]}
  pipe = ada.make('bg', color=.5, transforms=dict(hue=.1, rotate=0.))
  assert pipe.multipliers['contrast'] == .5 and pipe.multipliers['hue'] == .1
  assert 'rotate' not in pipe.multipliers and pipe.multipliers['scale'] == 1
  assert not ada.make().multipliers
  assert len(ada.make(EVERY).multipliers) == len(ada.NAMES) == 18


@pytest.mark.parametrize('make, message', [
    (lambda: ada.make('bcg'), "Did you mean 'bg' or 'bgc'"),
    (lambda: ada.make(transforms=dict(flip=1.)), "Did you mean 'xflip'"),
    (lambda: ada.make(color=-1.), '0 or more'),
    (lambda: ada.make('bgc')(jax.random.key(0), jnp.zeros((2, 4, 4, 2))),
     'grey or RGB'),
    (lambda: ada.make('bgc')(jax.random.key(0), jnp.zeros((2, 4))),
     'grey or RGB')])
def test_mistakes(make, message):
  with pytest.raises(errors.ConfigError, match=message):
    make()


SPEC = Spec('x', 'train', 9, {'x': (8, 8, 1)}, {'x': 'float32'})
SGD = dict(name='sgd', lr=.1)
SCHEDULE = dict(start=0., end=1., steps=2)
make_game = functools.partial(
    two_player.named, SPEC, adversarial.non_saturating, z=2, prior='normal',
    nets=dict(name='mlp', hidden=(4,)), g_optim=SGD, d_optim=SGD,
    memory=dict(p=jnp.float32(.5)))


@functools.cache
def real_score(make, step):
  """D's mean score of real pictures in a round of game `make()`."""
  x, game, plain = pictures((1, 8, 8, 8, 1)), make(), make_game()
  state = jax.jit(lambda key: G.init(plain, key, dict(x=x[0])))(
      jax.random.key(0))
  return float(jax.jit(functools.partial(G.play, game))(
      state.replace(step=jnp.int32(step)), dict(x=x))[1]['d/real'])


@pytest.mark.parametrize('options, unseen_at_first', [
    (dict(view=ada.make(color=1.), strength=lambda t: .5), False),
    (dict(view=ada.make(color=1.), strength=lambda t: t.memory['p']), False),
    (dict(parts=dict(ada=dict(p=SCHEDULE, pipe='color'))), True)])
def test_any_game_of_two_can_look_through_it(options, unseen_at_first):
  """With p a constant, in memory, or by a schedule that begins at 0."""
  make = functools.partial(make_game, **options)
  same = [real_score(make, i) == real_score(make_game, i) for i in (0, 2)]
  assert same == [unseen_at_first, False]


def test_packs_are_of_augmented_pictures():
  game = make_game(parts=dict(packing=dict(m=2), ada=dict(
      p=1., pipe='none', transforms=dict(brightness=1.))))
  x = pictures((1, 8, 8, 8, 1))
  state = jax.jit(lambda key: G.init(game, key, dict(x=x[0])))(
      jax.random.key(0))
  logits = game.critic(G.Turn(game, state, dict(x=x[0]), state.key))
  assert logits.shape == (4,)


@pytest.mark.parametrize('options, message', [
    (dict(parts=dict(ada=dict(p=.2)), strength=lambda t: .1),
     "'strength' of its own"),
    (dict(parts=dict(ada=dict())), "needs 'p'"),
    (dict(parts=dict(ada=dict(p=dict(start=0., stop=1.)))),
     "argument of p 'stop'")])
def test_mistakes_of_the_part(options, message):
  with pytest.raises(errors.ConfigError, match=message):
    make_game(**options)
