"""Terms of the losses that systems choose from: penalties, matching.

Each function here takes weights and gives a `scene.Term`, which is logged
under its own name. What is measured is in gans_jax.losses.penalties.
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.families.scene import Scene, Term
from gans_jax.game import Turn
from gans_jax.losses import matching, penalties

Array = jax.Array
# Where a gradient is taken: each array's mean counts alike.
Points = Callable[[Turn, Scene], tuple[Array, ...]]


def interpolates(t: Turn, scene: Scene) -> tuple[Array]:
  """Between a real sample and a fake one: WGAN-GP."""
  return (penalties.interpolates(scene.real, scene.fake, t.key()),)


def real(t: Turn, scene: Scene) -> tuple[Array]:
  return (scene.real,)


def fake(t: Turn, scene: Scene) -> tuple[Array]:
  return (scene.fake,)


def real_and_fake(t: Turn, scene: Scene) -> tuple[Array, Array]:
  return scene.real, scene.fake


def around_real(t: Turn, scene: Scene) -> tuple[Array]:
  """DRAGAN's, of its authors' code: see `penalties.perturbed`."""
  return (penalties.perturbed(scene.real, t.key()),)


def around_real_centred(t: Turn, scene: Scene) -> tuple[Array]:
  """DRAGAN's, of compare_gan, without its clipping."""
  return (penalties.perturbed_centred(scene.real, t.key(), None),)


POINTS: dict[str, Points] = dict(
    interpolates=interpolates, real=real, fake=fake, real_fake=real_and_fake,
    around_real=around_real, around_real_centred=around_real_centred)


def gradient_penalty(points: str = 'interpolates', weight: float = 10.,
                     centre: float = 1., power: int = 2,
                     one_sided: bool = False) -> Term:
  """`weight E |  |grad s(x')| - centre |^power`, logged as 'penalty'.

  WGAN-GP is the default; DRAGAN has the points 'around_real', WGAN-LP is one
  sided, WGAN-GP-0 has centre 0. The mean norm is logged as 'gradient_norm'.

  Args:
    points: where, of POINTS.
    weight: lambda.
    centre: the norm that costs nothing.
    power: of the distance to it.
    one_sided: only norms above the centre cost.

  Raises:
    errors.ConfigError: no such points.
  """
  where = errors.choose('points', points, POINTS)

  def penalty(t: Turn, scene: Scene) -> Array:
    norms = [penalties.gradient_norms(scene.critic, x)
             for x in where(t, scene)]
    t.log(gradient_norm=sum(map(jnp.mean, norms)) / len(norms))
    return weight / len(norms) * sum(
        penalties.power_penalty(n, centre, power, one_sided) for n in norms)
  return penalty


def r1(gamma: float) -> Term:
  """`gamma/2 E_r |grad s|^2`: `penalties.r1`."""
  return _named('r1', lambda t, scene: penalties.r1(
      scene.critic, scene.real, gamma))


def r2(gamma: float) -> Term:
  """`gamma/2 E_f |grad s|^2`: `penalties.r2`."""
  return _named('r2', lambda t, scene: penalties.r2(
      scene.critic, scene.fake, gamma))


def drift(weight: float = 1e-3) -> Term:
  """`weight E_r s^2`: D's scores of real samples stay near 0.

  Karras et al. 2018 (ProGAN, arXiv:1710.10196), appendix A.1: a Wasserstein
  critic is free in a constant, which otherwise drifts.
  """
  return _named('drift', lambda t, scene: weight * jnp.mean(jnp.square(
      scene.critic(scene.real))))


def mean_drift(weight: float = 1e-3) -> Term:
  """`weight (E_r s)^2`: the mean of D's scores of real samples stays near 0.

  The code of Jiang et al. 2021 (TransGAN, arXiv:2102.07074), 'wgangp-eps'; of
  the very scores that D's loss is of. `drift` costs their differences, too.
  """
  return _named('mean_drift', lambda t, scene: weight * jnp.square(
      jnp.mean(scene.on_real)))


def feature_matching(weight: float = 1., absolute: bool = False) -> Term:
  """G's: means of D's last features, of real samples and of fakes.

  Salimans et al. 2016, section 3.1: `matching.feature_matching`.

  Args:
    weight: of the term.
    absolute: mean absolute differences, in place of squares.
  """
  distance = (matching.feature_matching_absolute if absolute
              else matching.feature_matching)
  features = lambda scene, x: scene.critic(x, features=True)[1]
  return _named('feature_matching', lambda t, scene: weight * distance(
      features(scene, scene.real), features(scene, scene.fake)))


def margin(c: float = 1.) -> Term:
  """`|w|^2 / (2 B C)` of the last layer's weight: a support vector machine's.

  Lim and Ye 2017 (arXiv:1705.02894), over B C: next to the mean hinge
  losses, with B the batch. It is the square of one over the margin.

  Args:
    c: C, what a sample within the margin costs.
  """
  return _named('margin', lambda t, scene: jnp.sum(jnp.square(
      last_kernel(t.params['d']))) / (2 * t.n * c))


def orthogonality(weight: float = 1e-4, net: str = 'g',
                  skip: Sequence[str] = ('shared',)) -> Term:
  """`weight` times the sum of `penalties.orthogonality` of a net's kernels.

  Of all params with two axes or more, as they are: without spectral
  normalisation. So not of biases and gains.

  Args:
    weight: beta.
    net: whose.
    skip: names of modules that are left alone: embeddings, whose rows have no
      reason to be orthogonal.
  """
  def orthogonality(t: Turn, scene: Scene) -> Array:
    kernels = [x for path, x in jax.tree_util.tree_leaves_with_path(
        t.params[net]) if x.ndim > 1 and not {k.key for k in path} & set(skip)]
    return weight * sum(map(penalties.orthogonality, kernels))
  return orthogonality


def last_kernel(params) -> Array:
  """The kernel [F, 1] of a discriminator's last layer.

  Raises:
    errors.ConfigError: there is none of one output, or more than one.
  """
  found = [x for path, x in jax.tree_util.tree_leaves_with_path(params)
           if path[-1].key == 'kernel' and x.ndim == 2 and x.shape[-1] == 1]
  if len(found) != 1:
    raise errors.ConfigError(
        'the margin is that of a dense last layer with one output, and this D '
        f'has {len(found)} such layers: choose other nets')
  return found[0]


def _named(name: str, term: Term) -> Term:
  term.__name__ = name
  return term
