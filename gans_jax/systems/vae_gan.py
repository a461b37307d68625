"""VAE/GAN: an autoencoder whose errors are those of a discriminator's features.

Larsen, Sonderby, Larochelle, Winther. "Autoencoding beyond pixels using a
learned similarity metric". ICML 2016 (arXiv:1512.09300).

E gives q(z|x), x' = G(z) is a reconstruction, x_p = G(z_p) a sample, f a hidden
layer of D and s its logit (algorithm 1):

    L_prior = E KL(q(z|x) | N(0, I)),    L_llike = E |f(x) - f(x')|^2 / 2
    L_E = L_prior + L_llike
    L_G = gamma L_llike + E sp(-s(x')) + E sp(-s(x_p))
    L_D = E sp(-s(x)) + E sp(s(x')) + E sp(s(x_p))

all at once, from one forward pass. L_llike teaches D nothing. Its squares are
summed over features, as in a likelihood, so gamma is small.

Departures: G's adversarial loss is the non-saturating one. As in the paper and
not its code, no player waits for another, and real and fake count alike.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from gans_jax.data.spec import Spec
from gans_jax.families import autoencoding, codecs
from gans_jax.game import Game, Turn
from gans_jax.losses import adversarial, variational

NETS = dict(name='vae_gan')
RMSPROP = dict(name='rmsprop', lr=3e-4)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, z: int = 128,
          gamma: float = 1e-6, e_optim: Mapping[str, Any] = RMSPROP,
          g_optim: Mapping[str, Any] = RMSPROP,
          d_optim: Mapping[str, Any] = RMSPROP) -> Game:
  """The game of the paper.

  Args:
    spec: of the data; its labels, if any, are not looked at.
    nets: name and arguments of gans_jax.families.codecs.CODECS.
    z: dimensions of the codes.
    gamma: what L_llike counts in G's loss.
    e_optim: arguments of gans_jax.optim.make.
    g_optim: likewise.
    d_optim: likewise.
  """
  pair = adversarial.non_saturating
  coder = autoencoding.Coder(
      z, lambda t: variational.posterior(t.apply('e', t.batch['x'])),
      lambda t, z: dict(x=t.apply('g', z)))

  def judged(t: Turn):
    drawn = coder.draw(t)
    logits, features = autoencoding.look(t, 'd', drawn)
    return logits, autoencoding.error(*features[:2]), jnp.mean(drawn.kl)

  def e_loss(t: Turn):
    _, llike, prior = judged(t)
    t.log(prior=prior, llike=llike)
    return prior + llike

  def g_loss(t: Turn):
    (_, made, fake), llike, _ = judged(t)
    return gamma * llike + pair.g(made) + pair.g(fake)

  def d_loss(t: Turn):
    real, made, fake = judged(t)[0]
    t.log(real=real, made=made, fake=fake)
    return autoencoding.against(real, made, fake)

  return autoencoding.at_once(
      codecs.make(codecs.CODECS, spec, z=z, **nets), coder,
      dict(e=e_loss, g=g_loss, d=d_loss), dict(e=e_optim, g=g_optim, d=d_optim))
