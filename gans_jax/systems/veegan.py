"""VEEGAN: a reconstructor of the noise, against lost modes.

Srivastava, Valkov, Russell, Gutmann, Sutton. "VEEGAN: reducing mode collapse in
GANs using implicit variational learning". NIPS 2017.

F goes from samples to noise, a Gaussian around its output. D tells pairs apart,
s ~ log of (z, G(z))'s density over that of (F(x), x):

    L_D = E_z sp(-s(z, G(z))) + E_x sp(s(F(x), x))                      (eq. 6)
    L_G = E_z s(z, G(z)) + w E_z ||z - F(G(z))||^2                      (eq. 5)
    L_F = w E_z ||z - F(G(z))||^2

w = 1; 1/2, a Gaussian's log density, in the authors' code, where its standard
deviation is 1, and noise has 254 dimensions for data of 2. It may fall: once
modes are found it only draws samples to between them, where z is told best.

F maps all of the data to N(0, I), so a mode that G lacks makes F(G(z)) miss z.
One step each a round.

Departures: the standard deviation of F's Gaussian is a constant, as the squares
alone would have it vanish.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import optim, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, reconstruction

NETS = dict(name='dc28')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
Number = float | Mapping[str, float]


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, std: float = 1.,
          weight: Number = 1., z: int = 64, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          f_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs; z joins D's
      input as labels would, and F is such a D with z outputs.
    std: of the Gaussian around F's output. Well below 1 it shows D which
      pairs are real: N(F(x), std) is then too narrow where F cannot find z.
    weight: w, or dict(start=, end=, steps=) of `schedules.cosine`.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    f_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
  """
  g, d = pairs.make(spec, **nets)
  noise = priors.make(prior, z)
  weight = schedules.read('weight', weight)

  def reconstruct(t: Turn) -> tuple[jax.Array, jax.Array, jax.Array]:
    """z, G(z), and the mean error of F(G(z)): that of the mean and of std."""
    code = noise(t)
    made = t.apply('g', code)
    error = jnp.mean(reconstruction.sum_square(code, t.apply('f', made)))
    return code, made, weight(t.step) * (error + std ** 2 * z)

  def d_loss(t: Turn) -> jax.Array:
    x, code = t.batch['x'], noise(t)
    found = t.apply('f', x) + std * t.normal(z)
    on_fake = t.apply('d', t.apply('g', code), code)
    on_real = t.apply('d', x, found)
    t.log(real=on_real, fake=on_fake)
    return adversarial.non_saturating.d(on_fake, on_real)

  def g_loss(t: Turn) -> jax.Array:
    code, made, error = reconstruct(t)
    t.log(reconstruction=error)
    return jnp.mean(t.apply('d', made, code)) + error

  def f_loss(t: Turn) -> jax.Array:
    return reconstruct(t)[-1]

  decode = lambda t, code: dict(x=t.apply('g', code))
  return Game(
      nets=dict(g=g, d=d, f=d.clone(outputs=z)),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim)),
                   f=Player(('f',), optim.make(**f_optim))),
      round=(Move('d', d_loss), Move('g', g_loss), Move('f', f_loss)),
      sample=lambda t: decode(t, noise(t)), ema=dict(g=ema) if ema else {},
      latents=dict(z=Latent(noise, decode, spherical=True)),
      encoders=dict(z=lambda t: t.apply('f', t.batch['x'])),
      features=dict(f=lambda t: t.apply('f', t.batch['x'], features=True)[1]))
