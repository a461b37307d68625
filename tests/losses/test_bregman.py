"""b-GAN's losses: the ratio of densities is their least point."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gans_jax.losses import adversarial, bregman
from tests.nets.filled import draw, quick

EVERY = pytest.mark.parametrize('name', sorted(bregman.BREGMAN))
P, Q = np.random.default_rng(0).dirichlet(5 * np.ones(6), 2)


def loss_of(name, relative=0.):
  """L_D on a finite set, as a function of v = log r there: [6] -> scalar."""
  b = bregman.BREGMAN[name]
  pair = bregman.direct(b, relative)
  # A mean over atoms weighted by P or Q: one D loss per pair of atoms.
  def loss(v):
    real, fake = jnp.meshgrid(v, v, indexing='ij')
    each = jax.vmap(jax.vmap(pair.d))(real, fake)
    return jnp.sum(jnp.asarray(np.outer(P, Q)) * each)
  return loss


@EVERY
@pytest.mark.parametrize('relative', [0., .3])
def test_the_least_point_is_the_ratio(name, relative):
  with jax.enable_x64(True):
    v = np.log(P / (relative * P + (1 - relative) * Q))
    loss = loss_of(name, relative)
    slope, curves = quick(
        lambda v: (jax.grad(loss)(v), jax.hessian(loss)(v)), v)
  np.testing.assert_allclose(slope, 0., atol=1e-12)
  assert np.linalg.eigvalsh(curves).min() > 0


def test_cross_entropy_is_the_gan_row():
  real, fake = draw(9), draw(7, seed=2)
  found, expected = quick(lambda r, f: (
      bregman.direct(bregman.gan).d(r, f),
      adversarial.non_saturating.d(r, f)), real, fake)
  np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_pearson_at_one():
  """r = 1 everywhere: L_D = 1/2 - 1, and the direct L_G is 0."""
  pair, zeros = bregman.direct(bregman.pearson), np.zeros(4, np.float32)
  found = quick(lambda s: (pair.d(s, s), pair.g(s)), zeros)
  np.testing.assert_allclose(found, [-.5, 0.], atol=1e-6)


@EVERY
def test_the_printed_forms(name):
  """f, f' and f' r - f against the functions of r that they stand for."""
  r = np.linspace(.2, 5., 25)
  f, slope = dict(
      pearson=(lambda r: (r - 1) ** 2 / 2, lambda r: r - 1),
      kl=(lambda r: r * np.log(r), lambda r: np.log(r) + 1),
      gan=(lambda r: r * np.log(r) - (1 + r) * np.log(1 + r),
           lambda r: np.log(r / (1 + r))))[name]
  v = np.log(r).astype(np.float32)
  found = quick(lambda v: [part(v) for part in bregman.BREGMAN[name]], v)
  np.testing.assert_allclose(found[0], f(r), atol=2e-5)
  # The other two are up to a constant.
  level = lambda a: a - a[0]
  np.testing.assert_allclose(level(found[1]), level(slope(r)), atol=2e-5)
  np.testing.assert_allclose(level(found[2]), level(slope(r) * r - f(r)),
                             atol=2e-4)


@EVERY
def test_surrogates_pull_where_they_say(name):
  """The variational one raises r everywhere, the printed one has f's slope."""
  b, v = bregman.BREGMAN[name], np.float32([-1., .5])
  up, printed, f = quick(lambda v: (
      jax.vmap(jax.grad(bregman.variational(b).g))(v),
      jax.vmap(jax.grad(bregman.direct(b).g))(v),
      jax.vmap(jax.grad(b.f))(v)), v)
  assert (up < 0).all()
  np.testing.assert_allclose(printed, f, rtol=1e-6)


@EVERY
def test_finite_far_out(name):
  pair = bregman.variational(bregman.BREGMAN[name])
  found = quick(jax.vmap(lambda r, f: (
      jax.value_and_grad(pair.d, (0, 1))(r, f),
      jax.value_and_grad(pair.g)(f))),
      np.float32([-50, -50, 50, 50]), np.float32([-50, 50, -50, 50]))
  assert all(np.isfinite(x).all() for x in jax.tree.leaves(found))
