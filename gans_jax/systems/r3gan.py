"""R3GAN: a relativistic pairing loss with R1 and R2, and modern plain nets.

Huang, Gokaslan, Kuleshov, Tompkin. "The GAN is dead; long live the GAN! A
modern baseline GAN". NeurIPS 2024.

    L_D = E sp(-(s(x) - s(G(z)))) + gamma/2 E |grad s(x)|^2
                                  + gamma/2 E |grad s(G(z))|^2      (eqs. 2, 3)
    L_G = E sp(-(s(G(z)) - s(x)))

Every x is paired with one G(z), of its label if there are labels. G's x are
other ones than D's of the same round. D sees pictures through ADA's
augmentations with probability p, and the penalties are on gradients at the
pictures themselves, through the augmentation that the logits are of. gamma, p,
the learning rate, Adam's b2 and the half-life of the average of G's params go
by half a cosine from one value to another. Nets: gans_jax.nets.r3gan.

Departures: none.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import schedules
from gans_jax.augment import ada
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, two_player
from gans_jax.game import Game, Move
from gans_jax.losses import adversarial, penalties
from gans_jax.losses.relativistic import pairing

NETS = dict(name='r3gan')
ADAM = dict(name='adam', lr=2e-4, b1=0., b2=0.9)
Number = float | Mapping[str, float]


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, gamma: Number = 1.,
          augment: Mapping[str, float] | None = None, p: Number = 0.,
          conditional: bool = False, z: int = 64, prior: str = 'normal',
          half_life: Number = 0.,
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM) -> Game:
  """The game of the paper.

  Numbers that change are dict(start=, end=, steps=), of `schedules.cosine`.

  Args:
    spec: of the data; labelled if `conditional`.
    nets: name and arguments of a pair of gans_jax.families.pairs whose D has no
      statistics: without batch and spectral normalisation.
    gamma: of both penalties.
    augment: arguments of `ada.make`; None for no augmentation.
    p: probability of augmentations.
    conditional: show both nets the label.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    half_life: of the average of G's params, in rounds; 0: G itself.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.

  Raises:
    errors.ConfigError: labels of data that has none.
  """
  gamma, p, half_life = (schedules.read(k, v) for k, v in dict(
      gamma=gamma, p=p, half_life=half_life).items())
  classes = conditioning.classes(spec) if conditional else 0
  pipe = None if augment is None else ada.make(**augment)
  # Its nets, players and samples; the round is another.
  game = two_player.named(
      spec, adversarial.non_saturating, nets=nets, z=z, prior=prior,
      classes=classes, view=pipe, strength=lambda t: p(t.step),
      g_optim=g_optim, d_optim=d_optim,
      ema=lambda step: 0.5 ** (1 / jnp.maximum(half_life(step), 1e-8)))

  def play(t):
    """D as a function of pictures, and as many real and fake ones."""
    z = game.latents['z']
    fake = z.decode(t, z.draw(t))['x']
    if 'd' not in t.params:    # in `init`, where D is made
      game.critic(t)
    d, strength = t.pure('d'), p(t.step)
    label = (jax.nn.one_hot(t.batch['y'], classes),) if classes else ()
    look = (lambda x: x) if pipe is None else (
        lambda x: pipe(t.key(), x, strength))
    return (lambda x: d(look(x), *label)), t.batch['x'], fake

  def d_loss(t):
    critic, real, fake = play(t)
    on_real, r1 = penalties.logits_and_squared_norms(critic, real)
    on_fake, r2 = penalties.logits_and_squared_norms(critic, fake)
    now = gamma(t.step)
    t.log(real=on_real, fake=on_fake, gap=on_real - on_fake, r1=r1, r2=r2,
          gamma=now)
    return pairing(on_real, on_fake) + now / 2 * (jnp.mean(r1) + jnp.mean(r2))

  def g_loss(t):
    critic, real, fake = play(t)
    t.log(p=p(t.step))
    return pairing(critic(fake), critic(real))

  return dataclasses.replace(game, round=(
      Move('d', d_loss, first=0), Move('g', g_loss, first=1)))
