"""f-GAN's table against quadrature and Fenchel's equality."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.eval import theory
from gans_jax.losses import adversarial, divergences
from tests.nets.filled import quick

P, Q = theory.normal(0), theory.normal(1)
X = np.linspace(-9, 10, 20_001)
# D_f(N(0,1) | N(1,1)); name, options, value, f'(1).
TABLE = [
    ('total_variation', {}, .382925, 0.),
    ('kl', {}, .5, 1.),
    ('reverse_kl', {}, .5, -1.),
    ('pearson', {}, 1.718282, 0.),
    ('neyman', {}, 1.718282, 0.),
    ('squared_hellinger', {}, .235006, 0.),
    ('jeffrey', {}, 1., 0.),
    ('js', {}, .222843, 0.),
    ('js_weighted', dict(pi=.3), .094910, 0.),
    ('gan', {}, -1.163451, -np.log(2)),
    ('alpha', dict(a=.5), .470012, 0.),
    ('alpha', dict(a=2.), .859141, 0.),
    ('alpha', dict(a=-1.), .859141, 0.),
]
ROWS = [(divergences.make(name, **options), value, slope)
        for name, options, value, slope in TABLE]
IDS = [name + ''.join(f'_{v}' for v in o.values()) for name, o, *_ in TABLE]
every_row = pytest.mark.parametrize('row, value, slope', ROWS, ids=IDS)
U = np.exp(np.linspace(-2.5, 2.5, 41))


def test_the_table_is_whole():
  assert {name for name, *_ in TABLE} == set(divergences.DIVERGENCES)
  assert len(divergences.DIVERGENCES) == 11


@every_row
def test_values_between_gaussians(row, value, slope):
  """By f itself, and by the bound at the best T, which no other T exceeds."""
  with jax.enable_x64(True):
    u = P(X) / Q(X)
    np.testing.assert_allclose(
        theory.f_divergence(lambda u: np.asarray(row.f(u)), P, Q), value,
        atol=2e-6)
    bound = lambda t: theory.variational_bound(
        np.asarray(t), np.asarray(row.conjugate(t)), P(X), Q(X), X)
    best = row.best(jnp.asarray(u))
    np.testing.assert_allclose(bound(best), value, atol=2e-6)
    np.testing.assert_allclose(row.best(jnp.ones(1)), slope, atol=1e-12)


@every_row
def test_fenchel_equality_and_inequality(row, value, slope):
  """f(u) = u T - f*(T) at T = f'(u), and f(u) is no less elsewhere."""
  with jax.enable_x64(True):
    u = jnp.asarray(U)
    t = row.best(u)
    np.testing.assert_allclose(u * t - row.conjugate(t), row.f(u), atol=1e-9)
    other = u[:, None] * t - row.conjugate(t)
    assert (other <= np.asarray(row.f(u))[:, None] + 1e-9).all()


@every_row
def test_activation_and_penalty(row, value, slope):
  """g is increasing into the domain of f*, and penalty is f* of it."""
  with jax.enable_x64(True):
    v = jnp.linspace(-6, 6, 49)
    t = row.activation(v)
    assert (jnp.diff(t) > 0).all()
    np.testing.assert_allclose(row.penalty(v), row.conjugate(t), rtol=1e-9,
                               atol=1e-12)


@every_row
def test_far_from_zero_in_float32(row, value, slope):
  """Finite at +-50, where D still has a gradient but for bounded losses."""
  pair = divergences.pair(row)
  found = quick(jax.vmap(lambda real, fake: (
      jax.value_and_grad(pair.d, (0, 1))(real, fake),
      jax.value_and_grad(pair.g)(fake))),
      np.float32([-50, -50, 50, 50]), np.float32([-50, 50, -50, 50]))
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(found))


@pytest.mark.parametrize('name', sorted(divergences.DIVERGENCES))
@pytest.mark.parametrize('alternative', [False, True])
def test_signs(name, alternative):
  """D's step raises v of real samples and lowers that of fakes; G's raises."""
  pair = divergences.pair(divergences.make(name), alternative)
  real, fake = np.float32([-.3, .2]), np.float32([.1, -.4])
  (d_real, d_fake), g = quick(lambda r, f: (
      jax.grad(pair.d, (0, 1))(r, f), jax.grad(pair.g)(f)), real, fake)
  assert (d_real < 0).all() and (d_fake > 0).all() and (g < 0).all()


@pytest.mark.parametrize('alternative, same', [
    (False, adversarial.minimax), (True, adversarial.non_saturating)])
def test_the_gan_row_is_cross_entropy(alternative, same):
  pair = divergences.pair(divergences.gan(), alternative)
  real, fake = np.random.default_rng(0).normal(size=(2, 9)).astype(np.float32)
  np.testing.assert_allclose(pair.d(real, fake), same.d(real, fake), rtol=1e-6)
  np.testing.assert_allclose(pair.g(fake), same.g(fake), rtol=1e-6)


def test_lambert_far_out():
  """y + e^y = a where e^a has no float32, and its implicit gradient."""
  a = np.float32([-200., -20., -1., 0., 1., 1.5, 20., 700., 5000.])
  y, slope = quick(lambda a: (
      divergences.log_lambert(a),
      jax.vmap(jax.grad(divergences.log_lambert))(a)), a)
  np.testing.assert_allclose(y + np.exp(np.float64(y)), a, rtol=1e-6,
                             atol=1e-6)
  np.testing.assert_allclose(slope, 1 / (1 + np.exp(y)), rtol=1e-6)


def test_what_makes_no_divergence_is_refused():
  for name, options in (('alpha', dict(a=1)), ('alpha', dict(a=0)),
                        ('js_weighted', dict(pi=1.)), ('kl', dict(pi=.5)),
                        ('renyi', {})):
    with pytest.raises(ValueError):
      divergences.make(name, **options)
