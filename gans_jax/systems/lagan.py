"""LAGAN: jet images by locally connected layers.

De Oliveira, Paganini, Nachman. "Learning particle physics by example:
location-aware generative adversarial networks for physics synthesis".
Computing and Software for Big Science, 2017.

AC-GAN's game. G is asked for a class c; z is multiplied by a row learnt for it.
D has a logit s of "real" and one a of the class, and labels that are flipped,
each with probability p, wherever f_p stands:

    L_real = E_x H(s, f_p(1)) + H(a, y)
    L_fake = E_{z,c} H(s, f_p(0)) + H(a, f_p(c))
    L_G    = E_{z,c} H(s, 1) + H(a, f_q(c))

with H the cross entropy, p = .05, q = .09. A round is a step of D on L_real,
one on L_fake, and two of G: batches are real or fake, never both, since D
normalises and compares within them. Classes asked for are uniform.

Departures: as the published code has it; the paper does not tell of q. Fans of
a locally connected kernel are those of one place, where Keras counts places
in, so that theirs begin smaller.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, pairs, priors
from gans_jax.families.again import Again
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses.flipped import cross_entropy, flipped

NETS = dict(name='lagan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, flip: float = .05,
          g_flip: float = .09, g_steps: int = 2, z: int = 200,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled pictures that are never negative.
    nets: name and arguments of a pair whose D has a head of classes: lagan.
    flip: p.
    g_flip: q.
    g_steps: steps of G a round.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  classes, noise = conditioning.classes(spec), priors.make(prior, z)
  g, d = pairs.make(spec, **nets)

  def decode(t: Turn, code: jax.Array, y: jax.Array | None = None) -> dict:
    y = t.batch['y'] if y is None else y
    return dict(x=t.apply('g', code, jax.nn.one_hot(y, classes)), y=y)

  def asked(t: Turn) -> dict:
    y = jax.random.randint(t.key(), (t.n,), 0, classes)
    return decode(t, noise(t), y)

  def loss(t: Turn, name: str, seen: dict, label: int, p: float, q: float):
    """H(s, f_p(label)) + H(a, f_q(y)); s is logged as `name`."""
    source, told = t.apply('d', seen['x'])
    right = seen['y'] == (told > 0 if told.ndim == 1 else told.argmax(-1))
    t.log(**{name: source, f'{name}_correct': right.astype(source.dtype)})
    labels = flipped(t.key(), jnp.full((t.n,), label), p)
    return cross_entropy(source, labels) + cross_entropy(
        told, flipped(t.key(), seen['y'], q, classes))

  def d_real_loss(t: Turn) -> jax.Array:
    return loss(t, 'real', t.batch, 1, flip, 0.)

  def d_fake_loss(t: Turn) -> jax.Array:
    return loss(t, 'fake', asked(t), 0, flip, flip)

  def g_loss(t: Turn) -> jax.Array:
    return loss(t, 'fake', asked(t), 1, 0., g_flip)

  return Game(
      nets=dict(g=g, d=d.clone(outputs=1 if classes == 2 else classes)),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_real_loss), Move('d', d_fake_loss),
             Again('g', g_loss, times=g_steps)),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      latents=dict(z=Latent(noise, decode, True, priors.OF_NORMAL.get(prior))),
      critic=lambda t: t.apply('d', t.batch['x'])[0],
      heads=dict(classes=lambda t: t.apply('d', t.batch['x'])[1]))
