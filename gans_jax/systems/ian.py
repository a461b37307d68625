"""IAN: a VAE whose encoder looks through the eyes of its discriminator.

Brock, Lim, Ritchie, Weston. "Neural photo editing with introspective
adversarial networks". ICLR 2017 (arXiv:1609.07093).

E is a shallow head on D's trunk, whose maps are f_l; x' = G(z) is a
reconstruction, x_p = G(z_p) a sample. D tells three classes apart:

    L_D   = CE(real|x) + CE(reconstructed|x') + CE(generated|x_p) + ortho(D)
    L_rec = w_pixel E 2 |x - x'| + w_feature E_l E (f_l(x) - f_l(x'))^2
    L_adv = CE(real|x') + CE(real|x_p)
    L_G   = L_adv + L_rec + ortho(G)
    L_E   = L_adv + L_rec + w_kl KL(q(z|x) | N(0, I)) / dim z

with means over pixels and over the maps' elements; ortho is w sum |W^T W - I|_1
over the kernels of convolutions. The trunk learns of L_D alone. G and D step on
batches of their own, and E with each of them.

Departures: weights, means and turns are those of the published code. Its ortho
takes the rows of each filter, here it is the paper's. A flow behind E (`flow`
of the nets) is learnt and part of the posterior; the code's has weights that
stay as they were drawn, also takes the prior's noise, and is left out of the
divergence.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import autoencoding, codecs
from gans_jax.game import Game, Move, Player, Together, Turn
from gans_jax.losses import (
    classification, penalties, reconstruction, variational)

Array = jax.Array

NETS = dict(name='ian')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
WEIGHTS = dict(pixel=3., feature=1., kl=1., ortho=1e-3)
REAL, RECONSTRUCTED, GENERATED = range(3)
HEAD = classification.Head(real=1, fake=2)


def orthonormality(params: Any, axes: int = 3) -> Array:
  """Sum of `penalties.orthonormality` over params of so many axes or more."""
  return sum(penalties.orthonormality(x) for x in jax.tree.leaves(params)
             if x.ndim >= axes)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, z: int = 100,
          weights: Mapping[str, float] = WEIGHTS, ortho_axes: int = 3,
          e_optim: Mapping[str, Any] = ADAM, g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; their labels, if any, are not looked at.
    nets: name and arguments of gans_jax.families.codecs.INTROSPECTIVE.
    z: dimensions of the codes.
    weights: any of pixel, feature, kl and ortho; the others are as published.
    ortho_axes: params of fewer are free: 3, all but convolutions; 2, biases.
    e_optim: arguments of gans_jax.optim.make; two updates a round.
    g_optim: likewise, one.
    d_optim: likewise, one.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  for name in weights:
    errors.choose('weight', name, WEIGHTS)
  w = {**WEIGHTS, **weights}
  made = codecs.make(codecs.INTROSPECTIVE, spec, z=z, **nets)
  head_of = lambda t, maps: variational.posterior(
      t.apply('e', jax.lax.stop_gradient(maps[-1])), variance=False)
  look = lambda t, x: t.apply('d', x, features=True)
  coder = autoencoding.Coder(
      z, lambda t: head_of(t, look(t, t.batch['x'])[1]),
      lambda t, z: dict(x=t.apply('g', z)),
      (lambda t, z: t.apply('f', z)) if 'f' in made else None)

  def seen(t: Turn):
    """What D says and sees of real, reconstructed, generated; the draw."""
    real = look(t, t.batch['x'])
    drawn = coder.draw(t, head_of(t, real[1]))
    logits, maps = zip(real, look(t, drawn.made), look(t, drawn.fake))
    return logits, maps, drawn

  def decoded(t: Turn) -> tuple[Array, Array]:
    """L_adv + L_rec, and the divergence."""
    logits, (of_x, of_made, _), drawn = seen(t)
    adversarial = sum(HEAD.cross_entropy(logits[i], REAL)
                      for i in (RECONSTRUCTED, GENERATED))
    pixel = 2 * jnp.mean(reconstruction.mean_absolute(
        t.batch['x'], drawn.made))
    feature = sum(jnp.mean(reconstruction.mean_square(a, b))
                  for a, b in zip(of_x, of_made)) / len(of_x)
    t.log(adversarial=adversarial, pixel=pixel, feature=feature)
    return (adversarial + w['pixel'] * pixel + w['feature'] * feature,
            jnp.mean(drawn.kl) / z)

  def e_loss(t: Turn) -> Array:
    loss, kl = decoded(t)
    t.log(kl=kl)
    return loss + w['kl'] * kl

  # Found before the passes, its gradient, the same on all devices, is added to
  # the sum of theirs, and does not part it. At first nets have no params.
  ortho = lambda t, net: w['ortho'] * orthonormality(
      t.params.get(net, {}), ortho_axes)

  def g_loss(t: Turn) -> Array:
    kernels = ortho(t, 'g')
    return decoded(t)[0] + kernels

  def d_loss(t: Turn) -> Array:
    kernels = ortho(t, 'd')
    told = sum(HEAD.cross_entropy(l, k) for k, l in enumerate(seen(t)[0]))
    t.log(ternary=told)
    return told + kernels

  both = lambda player, loss, first: Together(
      (Move(player, loss), Move('e', e_loss)), first=first, shared=True)
  return Game(
      nets=made,
      players=dict(e=Player(tuple(n for n in made if n in 'ef'),
                            optim.make(**e_optim)),
                   g=Player(('g',), optim.make(**g_optim)),
                   d=Player(('d',), optim.make(**d_optim))),
      round=(both('g', g_loss, 0), both('d', d_loss, 1)),
      critic=lambda t: HEAD.real_logit(t.apply('d', t.batch['x'])),
      **coder.views())
