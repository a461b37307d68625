"""Games against a classifier, on values that are known by hand."""

import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax import data, errors
from gans_jax import game as G
from gans_jax.families import class_head
from gans_jax.systems import acgan, amgan, catgan, improved_gan, sgan
from tests.systems.test_exact import batches, start

STILL = dict(name='sgd', lr=0.)
MLP = dict(name='mlp', hidden=(16,))
LN10 = np.log(10)
SILENT = types.SimpleNamespace(log=lambda **values: None)    # for a turn


def one_round(module, bias=None, source=None, nets=MLP, n=64, **options):
  """Metrics of a round whose D gives `bias` (zeros by default) of all x."""
  source = source or data.make('digits')
  game = module.build(source.spec, nets=nets, z=4, g_optim=STILL,
                      d_optim=STILL, **options)
  state = start(game, source, n)
  d = jax.tree.map(jnp.zeros_like, state.params['d'])
  last = f'Dense_{len(d) - 1}'
  if bias is not None:
    d[last]['bias'] = jnp.asarray(bias, jnp.float32)
  state = state.replace(params={**state.params, 'd': d})
  batch = batches(source, game, n)
  _, found = jax.jit(functools.partial(G.play, game))(state, batch)
  return found, {k: np.asarray(v[-1]) for k, v in batch.items()}


def test_improved_gan_at_zero_logits():
  """D = 10/11: L_unl = -log(10)/2 + log 11; G's fakes have no gap."""
  found, _ = one_round(improved_gan)
  np.testing.assert_allclose(found['d/adversarial'], 1.246603, rtol=1e-6)
  np.testing.assert_allclose(found['d/labelled'], LN10, rtol=1e-6)
  assert found['g/feature_matching'] == 0
  found, _ = one_round(improved_gan, g_loss='saturating', weight=.5)
  np.testing.assert_allclose(found['d/adversarial'], 1.246603 / 2, rtol=1e-6)
  np.testing.assert_allclose(found['g/saturating'], -np.log(11), rtol=1e-6)


def test_labels_beside_a_batch_are_the_ones_looked_at():
  """Class 3 has logit 2: the labelled part is a mean over their labels."""
  bias = np.zeros(10)
  bias[3] = 2.
  for options in (dict(labelled=20, beside=True), dict(labelled=200), {}):
    found, batch = one_round(
        improved_gan, bias=bias, source=data.make('digits', **options))
    y = batch.get('y_labelled', batch['y'])
    w = np.ones(64) if 'y_labelled' in batch or not options else (
        batch['labelled'])
    log_z = np.log(9 + np.exp(2.))
    np.testing.assert_allclose(
        found['d/labelled'], np.average(log_z - bias[y], weights=w), rtol=1e-5)


def test_acgan_at_known_logits():
  bias = np.zeros(11)
  bias[0], bias[-1] = 1., .7
  found, batch = one_round(acgan, bias=bias, class_weight=.5,
                           g_class_weight=.1)
  wrong = np.mean(np.log(9 + np.e) - (batch['y'] == 0))
  sp = lambda s: np.log1p(np.exp(s))
  np.testing.assert_allclose(found['d/source'], sp(-.7) + sp(.7), rtol=1e-6)
  np.testing.assert_allclose(found['d/classes'], .5 * 2 * wrong, rtol=1e-5)
  np.testing.assert_allclose(found['g/source'], sp(-.7), rtol=1e-6)
  np.testing.assert_allclose(found['g/classes'], .1 * wrong, rtol=1e-5)


# Twenty examples on two points, by class; G puts class 0 on -1, class 1 on 1.
P = np.array([[6, 4], [2, 8]]) / 20       # p(c, x)
Q = np.array([[10, 0], [0, 10]]) / 20     # q(c, x)


def optimal_d(module, steps=1500, **options):
  """D's logits at both points, trained to the end against a G that stays."""
  x = np.repeat([-1., 1., -1., 1.], [6, 4, 2, 8])[:, None]
  source = data.arrays(x, np.repeat([0, 1], 10), name='two_points')
  game = module.build(
      source.spec, nets=dict(name='mlp', hidden=()), z=1, g_optim=STILL,
      d_optim=dict(name='sgd', lr=.5), **options)
  state = start(game, source, 20)
  g = jax.tree.map(jnp.zeros_like, state.params['g'])
  g['Dense_0']['kernel'] = jnp.float32([[0.], [-1.], [1.]])
  state = state.replace(params={**state.params, 'g': g})
  batch = batches(source, game, 20)
  assert sorted(batch['x'][-1].ravel()) == sorted(x.ravel())
  state, _ = jax.jit(lambda s: jax.lax.scan(
      lambda s, _: G.play(game, s, batch), s, None, steps))(state)
  probe = G.Turn(game, state, dict(x=jnp.float32([[-1.], [1.]])),
                 jax.random.key(0), train=False)
  return np.asarray(game.critic(probe))


def test_acgan_s_optimal_heads():
  """Classes (p(c,x) + q(c,x)) / (p(x) + q(x)), source log p(x)/q(x)."""
  found = optimal_d(acgan)
  np.testing.assert_allclose(
      found[:, -1], np.log(P.sum(0) / Q.sum(0)), atol=1e-3)
  np.testing.assert_allclose(
      jax.nn.softmax(found[:, :-1]).T, (P + Q) / (P + Q).sum(0), atol=1e-3)


def test_amgan_s_optimal_d():
  """p(c | x) = p(c, x) / (p(x) + q(x)), and "fake" has the rest."""
  found = jax.nn.softmax(optimal_d(amgan, target='given')).T
  total = P.sum(0) + Q.sum(0)
  np.testing.assert_allclose(found[:2], P / total, atol=1e-3)
  np.testing.assert_allclose(found[2], Q.sum(0) / total, atol=1e-3)


@pytest.mark.parametrize('target', ['argmax', 'given', 'real'])
def test_amgan_s_targets(target):
  """Fake has logit 3, class 7 the largest of the real ones."""
  bias = np.zeros(11)
  bias[7], bias[10] = 1., 3.
  found, batch = one_round(amgan, bias=bias, target=target)
  log_p = bias - np.log(np.exp(bias).sum())
  np.testing.assert_allclose(found['d/on_fake'], -log_p[10], rtol=1e-6)
  np.testing.assert_allclose(
      found['d/on_real'], -log_p[batch['y']].mean(), rtol=1e-6)
  expected = dict(argmax=-log_p[7], given=-log_p[batch['y']].mean(),
                  real=-np.log(np.exp(log_p[:10]).sum()))[target]
  np.testing.assert_allclose(found['g/activation'], expected, rtol=1e-6)
  with pytest.raises(errors.ConfigError, match="Did you mean 'given'"):
    one_round(amgan, target='givn')


def test_sgan_s_joint_form_and_that_of_k_logits_agree():
  """Logits [l, 0] in one softmax, and l beside a logit that is 0."""
  rng = np.random.default_rng(0)
  source = data.make('digits', labelled=100)
  for _ in range(3):
    l = rng.normal(size=10) * 2
    a, batch = one_round(sgan, bias=[*l, 0.], form='joint', source=source)
    b, _ = one_round(sgan, bias=l, form='lse', source=source)
    for name in ('d/d_loss', 'd/labels', 'd/unlabelled', 'd/generated',
                 'g/g_loss', 'd/real'):
      np.testing.assert_allclose(a[name], b[name], rtol=1e-6, atol=1e-6,
                                 err_msg=name)
    z = np.exp(l).sum()
    np.testing.assert_allclose(a['d/generated'], np.log1p(z), rtol=1e-6)
    np.testing.assert_allclose(a['g/real'], np.log1p(z) - np.log(z), rtol=1e-5)
    y, w = batch['y'], batch['labelled']
    np.testing.assert_allclose(
        a['d/labels'], np.average(np.log1p(z) - l[y], weights=w) / 2,
        rtol=1e-5)


def test_sgan_s_forms_agree_on_logits_that_differ():
  """Form 1 with [l, 0] is form 3, example by example, in D's rule and G's."""
  rng = np.random.default_rng(0)
  real, seen, fake = jnp.float32(2 * rng.normal(size=(3, 12, 10)))
  y = jnp.asarray(rng.integers(10, size=12))
  found = []
  for form in ('joint', 'lse'):
    wide = lambda l: (jnp.pad(l, ((0, 0), (0, 1))) if form == 'joint' else l)
    judged = lambda l, *facts: class_head.Judged(None, wide(l), None, *facts)
    scene = class_head.Scene(judged(real), judged(seen, y), judged(fake), None)
    found.append({k: v for rule in sgan.softmax(sgan.HEADS[form](10))
                  for k, v in rule(SILENT, scene).items()})
  assert set(found[0]) == {'labels', 'unlabelled', 'generated', 'real'}
  for name, value in found[0].items():
    np.testing.assert_allclose(value, found[1][name], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize('form', ['joint', 'lse', 'heads'])
def test_sgan_s_optimal_d(form):
  """p(k | x) = p(k, x) / (p(x) + q(x)): there D's rule is flat.

  With two heads p(k, x) / p(x), and p(x) / q(x) beside.
  """
  kinds = np.repeat([0, 1, 0, 1], [6, 4, 2, 8])          # points, as in P
  y = jnp.asarray(np.repeat([0, 1], 10))
  fakes = np.repeat([0, 1], [5, 15])
  q = np.array([5, 15]) / 20
  rule = (sgan.two_heads() if form == 'heads'
          else sgan.softmax(sgan.HEADS[form](2)))[0]

  def loss(logits):      # [points, outputs]
    judged = lambda at, *facts: class_head.Judged(
        None, logits[at], None, *facts)
    return sum(rule(SILENT, class_head.Scene(
        judged(kinds), judged(kinds, y), judged(fakes), None)).values())

  best = {'joint': np.log([*P, q]).T, 'lse': np.log(P / q).T,
          'heads': np.log([*(P / P.sum(0)), P.sum(0) / q]).T}[form]
  slope = jax.grad(loss)(jnp.asarray(best, jnp.float32))
  np.testing.assert_allclose(slope, 0, atol=1e-6)
  assert np.abs(jax.grad(loss)(jnp.asarray(best + [[1.] + [0.] * (
      best.shape[1] - 1)], jnp.float32))).max() > .05


def test_sgan_with_two_heads():
  bias = np.zeros(11)
  bias[2], bias[-1] = 1.5, -.4
  found, batch = one_round(sgan, bias=bias, form='heads')
  sp = lambda s: np.log1p(np.exp(s))
  np.testing.assert_allclose(found['d/source'], sp(.4) + sp(-.4), rtol=1e-6)
  np.testing.assert_allclose(found['g/real'], sp(.4), rtol=1e-6)
  np.testing.assert_allclose(found['d/labels'], np.mean(
      np.log(9 + np.exp(1.5)) - 1.5 * (batch['y'] == 2)), rtol=1e-5)


def test_catgan_at_uniform_and_at_perfect_outputs():
  found, _ = one_round(catgan, weight=0.)
  np.testing.assert_allclose(found['d/d_loss'], -LN10, rtol=1e-6)
  np.testing.assert_allclose(found['g/g_loss'], 0., atol=1e-5)
  assert 'd/labels' not in found
  found, _ = one_round(catgan)
  np.testing.assert_allclose(found['d/labels'], LN10, rtol=1e-6)
  bias = np.zeros(20)
  bias[0] = 100.                             # all in one of 20 categories
  found, _ = one_round(catgan, bias=bias, weight=0., categories=20)
  np.testing.assert_allclose(
      [found[f'd/{k}'] for k in ('real', 'fake', 'used', 'd_loss')],
      0., atol=1e-5)


def test_averages_are_of_any_net():
  """Salimans et al. 2016 classify by an averaged D."""
  source = data.make('digits', labelled=100)
  sgd = dict(name='sgd', lr=1.)
  make = lambda ema: sgan.build(source.spec, nets=MLP, z=4, g_optim=STILL,
                                d_optim=sgd, ema=ema)
  game = make(dict(d=.75))
  before = start(game, source)
  after, _ = jax.jit(functools.partial(G.play, game))(
      before, batches(source, game))
  assert set(after.ema) == {'d'} and set(make(.5).ema) == {'g'}
  assert not make(0.).ema
  kernel = lambda tree: np.asarray(tree['d']['Dense_0']['kernel'])
  np.testing.assert_allclose(
      kernel(after.ema),
      .75 * kernel(before.params) + .25 * kernel(after.params), atol=1e-6)
  assert np.abs(kernel(after.params) - kernel(before.params)).max() > 1e-3
  with pytest.raises(errors.ConfigError, match="net to average 'c'"):
    make(dict(c=.9))
