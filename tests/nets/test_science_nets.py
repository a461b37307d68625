"""Nets of LAGAN, CaloGAN and the DNA GAN at their published sizes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import errors
from gans_jax.data.showers import SHAPES
from gans_jax.nets import calogan, dna, lagan
from tests.nets.filled import KEYS, check, count, draw, fill, quick

Z = np.zeros((2, 200), np.float32)
Y = np.eye(2, dtype=np.float32)
LAYERS = {k: np.zeros((2, *s), np.float32) for k, s in SHAPES.items()}
E = np.float32([20., 70.])


def trace(net, *args):
  """Shapes of what modules give, but the batch, in their order."""
  _, state = jax.eval_shape(lambda: net.init_with_output(
      KEYS, *args, train=True, capture_intermediates=True))
  shapes = jax.tree.map(lambda x: x.shape[1:], state['intermediates'])
  found = {}
  def walk(name, tree):
    for key, value in tree.items():
      if key == '__call__':
        found[name] = value[0]
      else:
        walk(f'{name}/{key}'.strip('/'), value)
  walk('', shapes)
  return found


def test_lagan_s_generator():
  """7, 14, 28, 26 and 25 pixels."""
  net = lagan.Generator()
  found = trace(net, Z, Y)
  assert found['Dense_0'] == (7 * 7 * 128,)
  assert found['Conv_0'] == (7, 7, 64)
  assert [found[f'LocallyConnected_{i}'] for i in range(3)] == [
      (14, 14, 6), (26, 26, 6), (25, 25, 1)]
  assert found[''] == (25, 25, 1)
  assert count(net, Z, Y) == (
      2 * 200 + 201 * 7 * 7 * 128 + (25 * 128 + 1) * 64 + 2 * 64
      + 14 * 14 * (25 * 64 + 1) * 6 + 2 * 6 + 26 * 26 * (9 * 6 + 1) * 6
      + 25 * 25 * 4 * 6)


def test_lagan_s_discriminator():
  """25, 13, 13, 7 and 3 pixels."""
  net, x = lagan.Discriminator(), np.zeros((2, 25, 25, 1), np.float32)
  found = trace(net, x)
  assert [found[k] for k in ('Conv_0', *(
      f'LocallyConnected_{i}' for i in range(3)))] == [
          (25, 25, 32), (13, 13, 8), (13, 13, 8), (7, 7, 8)]
  assert found['MinibatchDiscrimination_0'] == (3 * 3 * 8 + 20,)
  assert count(net, x) == (
      26 * 32 + 13 * 13 * (25 * 32 + 1) * 8 + 13 * 13 * (25 * 8 + 1) * 8
      + 7 * 7 * (9 * 8 + 1) * 8 + 3 * 2 * 8 + 72 * 200 + 2 * (92 + 1))
  assert count(net.clone(outputs=3), x) - count(net, x) == 2 * 93


def test_lagan_s_nets_run_in_all_modes():
  check(lagan.Generator((9, 9, 1), 4, 4, 3), draw(4, 5), Y[[0, 1, 1, 0]],
        differs=True)
  with pytest.raises(errors.ConfigError, match='4 n - 3 pixels'):
    count(lagan.Generator((24, 24, 1)), Z, Y)


def test_a_class_is_a_factor_of_z():
  """Of the code that the dense layer sees, number by number."""
  class Embedded(lagan.nn.Module):
    @lagan.nn.compact
    def __call__(self, z, y, *, train):
      return lagan.embedded(z, y)
  z = draw(3, 5)
  variables = fill(Embedded(), z, Y[[0, 1, 0]])
  rows = variables['params']['embedding']['kernel']
  got = Embedded().apply(variables, z, Y[[0, 1, 0]], train=True)
  np.testing.assert_allclose(got, z * rows[[0, 1, 0]], rtol=1e-6)


def test_calogan_s_streams():
  """5x98, 4x97 and 3x96 cells; likewise of the other layers."""
  for shape in SHAPES.values():
    found = trace(calogan.Stream(shape), np.zeros((1, 1024), np.float32))
    more = lambda k: tuple(n + k for n in shape)
    assert [found[k] for k in (
        'Conv_0', 'LocallyConnected_0', 'LocallyConnected_1')] == [
            (*more(2), 16), (*more(1), 6), (*more(0), 1)]
  assert calogan.Stream((3, 96)).shape == (3, 96)


def test_calogan_s_generator():
  net = calogan.Generator(tuple(SHAPES.items()))
  cells = lambda r, c: r * c
  own = sum(
      1025 * cells(r + 2, c + 2) * 36 + (4 * 36 + 1) * 16 + 2 * 16
      + cells(r + 1, c + 1) * (4 * 16 + 1) * 6 + cells(r, c) * 4 * 6
      for r, c in SHAPES.values())
  attention = sum(cells(r, c) * (9 * 2 + 1) * 2
                  for r, c in list(SHAPES.values())[1:])
  z = np.zeros((2, 1024), np.float32)
  assert count(net, z, E) == own + attention
  assert count(net, z, E, Y) == own + attention + 2 * 1024
  assert count(net.clone(attention=False), z, E) == own


def test_calogan_s_discriminator():
  total = 0
  for r, c in SHAPES.values():
    total += (4 + 1) * 64
    inputs = 64
    for features, size, stride in ((16, 3, 2), (8, 2, 1), (8, 2, 2)):
      r, c = r + 2 - size + 1, (c + 2 - size) // stride + 1
      total += r * c * (size * size * inputs + 1) * features + 2 * features
      inputs = features
    # Its picture, a number, and ten of each; one matrix and one row for them.
    total += r * c * 8 * 100 + 100 + (r * c * 8 + 10 + 1 + 10)
  total += 3 * 100 + (3 + 1 + 1 + 1 + 10) + 1
  assert count(calogan.Discriminator(), LAYERS, E) == total


def test_attention_trusts_its_own_picture_at_first():
  """sigmoid(10) = .9999546 of it."""
  net, one = calogan.Inpainting(), np.ones((1, 4, 6, 1), np.float32)
  params = net.init(KEYS, one, one)['params']
  zero = jax.tree.map(jnp.zeros_like, params)
  zero['LocallyConnected_0']['bias'] = params['LocallyConnected_0']['bias']
  np.testing.assert_array_equal(
      params['LocallyConnected_0']['bias'][0, 0], [0., -10.])
  got = net.apply({'params': zero}, one, 0 * one)
  np.testing.assert_allclose(got, .9999546, rtol=0, atol=1e-7)
  np.testing.assert_allclose(
      net.apply({'params': zero}, 0 * one, one), 1 - .9999546, atol=1e-7)


def test_layers_are_brought_to_the_next_one_s_cells():
  x = draw(2, 3, 96, 1)
  got = np.asarray(calogan.resized(x, (12, 12)))
  want = x.reshape(2, 3, 1, 12, 8, 1).mean(4).repeat(4, 2).reshape(2, 12, 12, 1)
  np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
  got = np.asarray(calogan.resized(want, (12, 6)))
  np.testing.assert_allclose(
      got, (want[:, :, ::2] + want[:, :, 1::2]) / 2, rtol=1e-5, atol=1e-6)
  with pytest.raises(errors.ConfigError, match='3 x 96 cells'):
    calogan.resized(x, (12, 5))


def test_calogan_s_generator_by_its_parts():
  """A deeper layer is its stream, mixed with the one before it, cut at 0."""
  net = calogan.Generator((('layer0', (2, 8)), ('layer1', (4, 4))), 3, 3, 2)
  z = draw(4, 5)
  variables = fill(net, z, np.ones(4, np.float32))
  def both(z, energy):
    run = lambda module, name, *args: module.apply(
        {c: v[name] for c, v in variables.items() if name in v}, *args)
    code = z * energy[:, None] / 100
    stream = lambda i, shape: calogan.Stream(shape, 3, 3, 2).apply(
        {c: v[f'Stream_{i}'] for c, v in variables.items()}, code, train=False)
    a, b = stream(0, (2, 8)), stream(1, (4, 4))
    b = run(calogan.Inpainting(), 'Inpainting_0', b, calogan.resized(a, (4, 4)))
    want = [jnp.maximum(v[..., 0], 0) for v in (a, b)]
    return want, net.apply(variables, z, energy, train=False)
  want, got = quick(both, z, np.float32([1., 50., 100., 20.]))
  np.testing.assert_allclose(got['layer0'], want[0], rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(got['layer1'], want[1], rtol=1e-5, atol=1e-6)
  assert (got['layer1'] >= 0).all() and (got['layer1'] > 0).any()


def test_what_d_sees_of_energies():
  """Last, before the head: E_i/10, sum/100, what is missed, 10 if by > 5."""
  shapes = dict(layer0=(2, 4), layer1=(4, 2))
  net = calogan.Discriminator(2, (2, 2, 2), 2, 2)
  layers = {k: np.abs(draw(3, *s)) for k, s in shapes.items()}
  total = sum(v.sum((1, 2)) for v in layers.values())
  energy = (total + [0., 4., 6.]).astype(np.float32)
  variables = fill(net, layers, energy)
  _, state = quick(lambda layers, energy: net.apply(
      variables, layers, energy, train=False, capture_intermediates=True,
      mutable=['intermediates']), layers, energy)
  kernel = variables['params']['source']['kernel'][:, 0]
  out = state['intermediates']['source']['__call__'][0][:, 0]
  found = [v['__call__'][0] for k, v in state['intermediates'].items()
           if k.startswith('Features')]
  own = np.stack([v.sum((1, 2)) for v in layers.values()], -1)
  compared = state['intermediates']['Compared_0']['__call__'][0]
  h = np.concatenate([*found, own / 10, total[:, None] / 100, np.array(
      [[0., 0.], [4., 0.], [6., 10.]]), compared], -1)
  np.testing.assert_allclose(
      out, h @ kernel + variables['params']['source']['bias'], rtol=1e-3,
      atol=1e-3)


def test_dna_nets_of_36_letters():
  g, d = dna.Generator((36, 4)), dna.Discriminator()
  block = 2 * (5 * 100 + 1) * 100
  z, x = np.zeros((2, 100), np.float32), np.zeros((2, 36, 4), np.float32)
  assert count(g, z) == 101 * 3600 + 5 * block + 101 * 4
  assert count(d, x) == 5 * 100 + 5 * block + 3601
  assert count(dna.Predictor(), x) == (
      (15 * 4 + 1) * 100 + 201 * 200 + 201 * 200 + 201)


def test_letters_are_a_softmax():
  net = dna.Generator((9, 4), 6, 2)
  got = quick(lambda z: net.apply(fill(net, z), 5 * z, train=False),
              draw(7, 5))
  np.testing.assert_allclose(got.sum(-1), 1., rtol=1e-6)
  assert got.min() > 0 and got.shape == (7, 9, 4)


def test_dna_nets_run_in_all_modes():
  check(dna.Generator((6, 4), 4, 1), draw(4, 3), Y[[0, 1, 1, 0]])
  check(dna.Discriminator(4, 1), draw(4, 6, 4), Y[[0, 1, 1, 0]])
  check(dna.Predictor(4, 3, (5,)), draw(4, 6, 4))


def test_a_block_by_hand():
  x, net = draw(2, 7, 3), dna.Block()
  def both(x):
    p = net.init(KEYS, x)['params']
    run = lambda name, h: jax.lax.conv_general_dilated(
        jnp.maximum(h, 0), p[name]['kernel'], (1,), 'SAME',
        dimension_numbers=('NWC', 'WIO', 'NWC')) + p[name]['bias']
    return net.apply({'params': p}, x), x + .3 * run('Conv_1', run('Conv_0', x))
  np.testing.assert_allclose(*quick(both, x), rtol=1e-4, atol=1e-5)


def test_the_predictor_sees_unknown_letters_at_the_ends():
  """A sequence of 1/4 everywhere looks the same in each place."""
  net = dna.Predictor(3, 5, (4,))
  x = np.full((1, 8, 4), .25, np.float32)
  variables = fill(net, x)
  _, state = quick(lambda x: net.apply(
      variables, x, train=False, capture_intermediates=True), x)
  h = state['intermediates']['Conv_0']['__call__'][0]
  assert h.shape == (1, 8, 3)
  np.testing.assert_allclose(h, h[:, :1].repeat(8, 1), rtol=1e-5)
