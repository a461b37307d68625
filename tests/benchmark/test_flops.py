"""FLOPs against closed forms, for every way a product can be nested."""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax
import pytest
from jax.sharding import PartitionSpec as P

from gans_jax import sharding
from gans_jax.benchmark.flops import count
from gans_jax.game import Game, Move, Player, init, play
from gans_jax.nets.layers import conv
from gans_jax.nets.layers.conv_lax import Window, input_grad, kernel_grad

B, S, C, O = 2, 8, 3, 5


def shape(*dims, dtype=jnp.float32):
  return jax.ShapeDtypeStruct(dims, dtype)


def flops(fn, *args):
  return count(fn, *args).flops


def test_matmul():
  found = count(jnp.matmul, shape(7, 11), shape(11, 13))
  assert found.flops == 2 * 7 * 11 * 13
  assert found.bytes == 4 * (7 * 11 + 11 * 13 + 7 * 13)
  assert found.calls == 1 and found.unknown == 0


def test_batched_contraction():
  fn = lambda a, b: jnp.einsum('bijk,bkjl->bil', a, b)
  assert flops(fn, shape(2, 3, 5, 7), shape(2, 7, 5, 11)) == (
      2 * 2 * 3 * 5 * 7 * 11)


def test_gradient_of_a_dense_layer():
  # Forward x W; backward x^T c and, since x is an argument too, c W^T.
  layer = nn.Dense(16)
  loss = lambda p, x: layer.apply({'params': p}, x).sum()
  params = dict(kernel=shape(8, 16), bias=shape(16))
  one = 2 * 4 * 8 * 16
  assert flops(loss, params, shape(4, 8)) == one
  both = jax.grad(loss, (0, 1))
  assert flops(both, params, shape(4, 8)) == 3 * one


@pytest.mark.parametrize('groups', [1, 2])
@pytest.mark.parametrize('stride', [1, 2])
@pytest.mark.parametrize('ours', [True, False])
def test_convolution_and_its_gradients(ours, stride, groups):
  """All three maps are of one form: 2 B T^2 K^2 C/groups O each."""
  c, o = 4, 6
  window = Window((stride,) * 2, ((1, 1),) * 2, (1, 1), groups)

  def fn(x, w):
    if ours:
      return conv.conv(x, w, stride, 1, groups=groups)
    return jax.lax.conv_general_dilated(
        x, w, window.strides, window.padding, feature_group_count=groups,
        dimension_numbers=('NHWC', 'HWIO', 'NHWC'))

  x, w = shape(B, S, S, c), shape(3, 3, c // groups, o)
  out = jax.eval_shape(fn, x, w)
  one = 2 * out.size * 9 * c // groups
  assert flops(fn, x, w) == one
  for argument in 0, 1:    # the forward pass is traced along
    vjp = lambda x, w, c: jax.vjp(
        (lambda x: fn(x, w)) if argument == 0 else (lambda w: fn(x, w)),
        (x, w)[argument])[1](c)
    assert flops(vjp, x, w, out) == 2 * one


def test_plain_gradients_of_convolutions_cost_what_ours_do():
  """By lax alone: dilated and with batch groups, not counting zeros."""
  for groups in 1, 2:
    window = Window((2, 2), ((1, 1),) * 2, (1, 1), groups)
    c, w = shape(B, 4, 4, 6), shape(4, 4, 2, 6)
    x = shape(B, S, S, 2 * groups)
    one = 2 * B * 4 * 4 * 16 * 2 * 6
    assert flops(lambda c, w: input_grad(c, w, window, (S, S)), c, w) == one
    assert flops(lambda x, c: kernel_grad(x, c, window, (4, 4)), x, c) == one


def test_transposed_convolution():
  """Each pixel of the input meets each tap: no zeros between pixels."""
  x, w = shape(B, S, S, C), shape(4, 4, C, O)
  assert flops(conv.conv_transpose, x, w) == 2 * B * S * S * 16 * C * O
  plain = lambda x, w: jax.lax.conv_transpose(x, w, (2, 2), 'SAME')
  assert flops(plain, x, w) == 2 * B * S * S * 16 * C * O


def test_resampling_saves_what_it_claims():
  """9 products in place of 36, of a small output or of four of the large."""
  x, w = shape(B, S, S, C), shape(3, 3, C, O)
  plain = flops(conv.conv, x, w)
  assert flops(conv.conv_pool, x, w) / plain == 1 / 4
  big = flops(conv.conv, shape(B, 2 * S, 2 * S, C), w)
  assert flops(conv.up_conv, x, w) / big == 1 / 4


def test_scan_multiplies_by_its_length():
  def inner(w, x):
    return jax.lax.scan(lambda x, _: (x @ w, None), x, length=3)[0]

  def fn(w, x):
    return jax.lax.fori_loop(0, 4, lambda _, x: inner(w, x), x)

  found = count(fn, shape(8, 8), shape(2, 8))
  assert found.flops == 4 * 3 * 2 * 2 * 8 * 8
  assert found.calls == 12


def test_vmap_of_products_and_of_convolutions():
  assert flops(jax.vmap(jnp.matmul), shape(5, 7, 11), shape(5, 11, 13)) == (
      5 * 2 * 7 * 11 * 13)
  x, w = shape(B, S, S, C), shape(3, 3, C, O)
  one = flops(conv.conv, x, w)
  many = lambda a: shape(5, *a.shape)
  assert flops(jax.vmap(conv.conv), many(x), many(w)) == 5 * one
  assert flops(jax.vmap(conv.conv, (0, None)), many(x), w) == 5 * one


def test_a_cond_costs_its_most_expensive_branch():
  fn = lambda go, x: jax.lax.cond(go, lambda x: x @ x, lambda x: x, x)
  assert flops(fn, shape(dtype=bool), shape(8, 8)) == 2 * 8 ** 3


def test_a_loop_of_unknown_length_counts_once_and_says_so():
  fn = lambda n, x: jax.lax.fori_loop(0, n, lambda _, x: x @ x, x)
  found = count(fn, shape(dtype=jnp.int32), shape(8, 8))
  assert found.flops == 2 * 8 ** 3 and found.unknown == 1


def test_what_jax_wraps_is_seen_through():
  fn = jax.jit(jax.checkpoint(lambda x: nn.silu(jax.nn.relu(x @ x))))
  assert flops(fn, shape(8, 8)) == 2 * 8 ** 3


def test_shard_map_counts_all_devices():
  mesh = sharding.make_mesh()
  fn = jax.shard_map(lambda x, w: x @ w, mesh=mesh,
                     in_specs=(P('data'), P()), out_specs=P('data'))
  assert flops(fn, shape(16, 4), shape(4, 8)) == 2 * 16 * 4 * 8


def test_a_round_of_a_game():
  """D twice forward and back on x, once through to G; n_critic = 3."""
  n, width = 4, 16
  dense = type('Dense', (nn.Module,), {'__call__': nn.compact(
      lambda self, x, train: nn.Dense(width, use_bias=False)(x))})
  game = Game(
      nets=dict(g=dense(), d=dense()),
      players={k: Player((k,), optax.sgd(.1)) for k in 'gd'},
      round=[
          Move('d', lambda t: (t.apply('d', t.apply('g', t.normal(width)))
                               - t.apply('d', t.batch['x'])).sum(), repeat=3),
          Move('g', lambda t: t.apply('d', t.apply('g', t.normal(width))
                                      ).sum())],
      sample=lambda t: t.apply('g', t.normal(width)))
  batches = dict(x=shape(3, n, width))
  state = jax.eval_shape(
      functools.partial(init, game, jax.random.key(0)),
      dict(x=shape(n, width)))
  one = 2 * n * width * width
  # D: G once, D twice, two weight gradients. G: both forward, D's input
  # gradient and G's weight gradient.
  assert flops(functools.partial(play, game), state, batches) == (
      (3 * 5 + 4) * one)
