"""VAE/GAN: an autoencoder whose errors are those of a discriminator's features.

Larsen, Sonderby, Larochelle, Winther. "Autoencoding beyond pixels using a
learned similarity metric". ICML 2016 (arXiv:1512.09300).

E gives q(z|x), x' = G(z) is a reconstruction, x_p = G(z_p) a sample, f a hidden
layer of D and s its logit:

    L_prior = E KL(q(z|x) | N(0, I))
    L_llike = E |f(x) - f(x')|^2 / 2                              (eqs. 7, 8)
    L_GAN   = E sp(-s(x)) + E sp(s(x')) + E sp(s(x_p))             (eq. 10)

    E minimises L_prior + L_llike
    G           gamma L_llike + E sp(-s(x')) + E sp(-s(x_p))
    D           L_GAN                                        (algorithm 1)

all three at once, from one forward pass. So L_llike teaches D nothing, and the
adversarial loss E nothing. Squares are summed over features, as in a
likelihood, so gamma is small.

Departures: G's adversarial loss is the non-saturating one. The published code
stops G or D while the other one lags behind, counts real and fake samples 2 : 1
and passes them through D in one batch; here, as in the paper, there are no such
stops and weights, and batch statistics do not mix.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import autoencoding, codecs
from gans_jax.game import Game, Move, Player, Together, Turn
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
    """Logits of real, reconstructed and sampled; L_llike, L_prior."""
    drawn, looked = coder.draw(t), []
    for x in (t.batch['x'], drawn.made, drawn.fake):
      looked.append(t.apply('d', x, features=True))
    logits, features = zip(*looked)
    return (logits, autoencoding.error(features[0], features[1]),
            jnp.mean(drawn.kl))

  def e_loss(t: Turn):
    _, llike, prior = judged(t)
    t.log(prior=prior, llike=llike)
    return prior + llike

  def g_loss(t: Turn):
    (_, made, fake), llike, _ = judged(t)
    return gamma * llike + pair.g(made) + pair.g(fake)

  def d_loss(t: Turn):
    (real, made, fake), _, _ = judged(t)
    t.log(real=real, made=made, fake=fake)
    return autoencoding.against(real, made, fake)

  optims = dict(e=e_optim, g=g_optim, d=d_optim)
  return Game(
      nets=codecs.make(codecs.CODECS, spec, z=z, **nets),
      players={p: Player((p,), optim.make(**o)) for p, o in optims.items()},
      round=(Together((Move('e', e_loss), Move('g', g_loss),
                       Move('d', d_loss)), shared=True),),
      critic=lambda t: t.apply('d', t.batch['x']), **coder.views())
