"""CVAE-GAN: a conditional VAE/GAN whose generator matches mean features.

Bao, Chen, Wen, Li, Hua. "CVAE-GAN: fine-grained image generation through
asymmetric training". ICCV 2017 (arXiv:1703.10155).

E gives q(z|x, c), x_f = G(z, c) is a reconstruction, x_p = G(z_p, c) a sample,
s is D's logit and C a classifier; f_D and f_C are what their last layers see:

    L_KL = E KL(q(z|x, c) | N(0, I))
    L_G  = E (|x - x_f|^2 + |f_D(x) - f_D(x_f)|^2 + |f_C(x) - f_C(x_f)|^2) / 2
    L_GD = |E f_D(x) - E f_D(x_p)|^2 / 2
    L_GC = sum_c |E_c f_C(x) - E_c f_C(x_p)|^2 / 2
    L_D  = E sp(-s(x)) + E sp(s(x_f)) + E sp(s(x_p)),    L_C = E -log p(c|x)

    E minimises lambda_1 L_KL + lambda_2 L_G
    G           lambda_2 L_G + lambda_3 L_GD + lambda_4 L_GC
    D           L_D;    C    L_C                             (algorithm 1)

all four at once, from one forward pass. That is the asymmetry: G has no cross
entropy to lose against D and C. A batch holds few examples of a class, so E_c
is a moving average, kept in memory for real examples and for samples.

Departures: samples are asked for the labels of the batch, in place of drawn
ones. The gradient of a moving average is that of the batch's mean, in full, so
that lambda_4 does not hang on the decay, which the paper does not give.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax.data.spec import Spec
from gans_jax.families import autoencoding, codecs, conditioning
from gans_jax.game import Game, Turn
from gans_jax.losses import classification, matching, variational

Array = jax.Array

NETS = dict(name='cvae_gan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
WEIGHTS = (3., 1., 1e-3, 1e-3)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, z: int = 256,
          weights: Sequence[float] = WEIGHTS, decay: float = 0.9,
          e_optim: Mapping[str, Any] = ADAM, g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          c_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data.
    nets: name and arguments of gans_jax.families.codecs.CODECS.
    z: dimensions of the codes.
    weights: lambda_1 to lambda_4.
    decay: of the moving averages of the classes' features.
    e_optim: arguments of gans_jax.optim.make.
    g_optim: likewise.
    d_optim: likewise.
    c_optim: likewise.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  classes = conditioning.classes(spec)
  of_kl, of_pairs, of_d, of_c = weights
  made = codecs.make(codecs.CODECS, spec, z=z, classes=classes, **nets)
  label = lambda t: jax.nn.one_hot(t.batch['y'], classes)
  coder = autoencoding.Coder(
      z, lambda t: variational.posterior(
          t.apply('e', t.batch['x'], label(t))),
      lambda t, z: dict(x=t.apply('g', z, label(t)), y=t.batch['y']))

  def features(t: Turn, drawn) -> tuple[tuple, tuple]:
    """f_D and f_C, the latter without C's dropout."""
    return (autoencoding.look(t, 'd', drawn)[1],
            autoencoding.look(t, 'c', drawn, train=False)[1])

  def pairs(t: Turn, drawn, f_d, f_c) -> Array:
    return (autoencoding.error(t.batch['x'], drawn.made)
            + autoencoding.error(*f_d[:2]) + autoencoding.error(*f_c[:2]))

  def e_loss(t: Turn) -> Array:
    drawn = coder.draw(t)
    kl, error = jnp.mean(drawn.kl), pairs(t, drawn, *features(t, drawn))
    t.log(kl=kl, pairs=error)
    return of_kl * kl + of_pairs * error

  def g_loss(t: Turn) -> Array:
    drawn = coder.draw(t)
    f_d, f_c = features(t, drawn)
    means = matching.half_square_gap(f_d[0], f_d[2])
    real, fake = (matching.moving_centres(t.memory[k], f, t.batch['y'], decay)
                  for k, f in (('real', f_c[0]), ('fake', f_c[2])))
    centres = jnp.sum(jnp.square(real - fake)) / 2
    t.remember(real=real, fake=fake)
    t.log(means=means, centres=centres)
    return of_pairs * pairs(t, drawn, f_d, f_c) + of_d * means + of_c * centres

  def d_loss(t: Turn) -> Array:
    real, found, fake = autoencoding.look(t, 'd', coder.draw(t))[0]
    t.log(real=real, made=found, fake=fake)
    return autoencoding.against(real, found, fake)

  def c_loss(t: Turn) -> Array:
    return classification.cross_entropy(
        t.apply('c', t.batch['x']), t.batch['y'])

  f = jax.eval_shape(lambda: made['c'].init_with_output(
      jax.random.key(0), jnp.zeros((1, *spec.shapes['x'])), train=False,
      features=True)[0][1]).shape[-1]
  return autoencoding.at_once(
      made, coder, dict(e=e_loss, g=g_loss, d=d_loss, c=c_loss),
      dict(e=e_optim, g=g_optim, d=d_optim, c=c_optim),
      memory={k: np.zeros((classes, f), np.float32) for k in ('real', 'fake')},
      heads=dict(classes=lambda t: t.apply('c', t.batch['x'])))
