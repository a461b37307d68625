"""CC-GAN: G fills in a hole, D tells and classifies.

Denton, Gross, Fergus. "Semi-supervised learning with context-conditional
generative adversarial networks". 2016 (arXiv:1611.06430).

m is 1 but in a square hole, somewhere else in every picture. G sees the rest:

    x_G = G(z, m x),    x_I = m x + (1 - m) x_G
    L_D = E sp(-s(x)) + E sp(s(x_I)) + w E_labelled -log p(y|x)
    L_G = E sp(-s(x_I))

with s and the class logits on one trunk. CC-GAN^2 (`form='cc2'`) also shows D
what G made of the whole picture, each fake with half the weight:

    L_D = E sp(-s(x)) + (E sp(s(x_I)) + E sp(s(x_G))) / 2 + ...

and likewise L_G. With `low` G sees a coarse copy of the picture as well, as is
of help with large holes. Samples are x_I of the pictures of the batch.

Departures: labelled examples are those among the batch, or come beside it with
config.data.beside. Not "continuous conditional GAN", which is also CcGAN.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, classification

Array = jax.Array

NETS = dict(name='ccgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
FORMS = dict(cc=1., cc2=.5)     # weight of x_I; the rest is x_G's


def holes(key: Array, n: int, height: int, width: int, size: int) -> Array:
  """Masks [n, H, W, 1]: 0 in a square of `size` pixels, 1 around it.

  Each has a place of its own, uniform among those inside the picture.
  """
  rows, columns = (
      jax.random.randint(k, (n, 1, 1, 1), 0, most - size + 1)
      for k, most in zip(jax.random.split(key), (height, width)))
  inside = lambda i, at: (i >= at) & (i < at + size)
  i, j = jnp.arange(height)[:, None, None], jnp.arange(width)[:, None]
  return 1. - (inside(i, rows) & inside(j, columns))


def coarse(x: Array, factor: int) -> Array:
  """Means over squares of `factor` pixels, at the size of x [B, H, W, C]."""
  n, height, width, c = x.shape
  blocks = x.reshape(n, height // factor, factor, width // factor, factor, c)
  return jnp.mean(blocks, (2, 4)).repeat(factor, 1).repeat(factor, 2)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, form: str = 'cc2',
          hole: int = 32, low: int = 0, weight: float = 1., z: int = 100,
          prior: str = 'uniform', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled pictures, few labels as config.data.labelled says.
    nets: name and arguments of a pair whose G takes (z, context): ccgan,
      ccgan_mlp.
    form: of FORMS.
    hole: its side in pixels; 0: none, and x_I is x.
    low: factor of the coarse copy that G sees; 0: none.
    weight: w.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: no labels, or a hole or factor that does not fit.
  """
  share = errors.choose('form', form, FORMS)
  classes, pair = conditioning.classes(spec), adversarial.non_saturating
  height, width = spec.shapes['x'][:2]
  if not 0 <= hole <= min(height, width) or (
      low and (low < 0 or height % low or width % low)):
    raise errors.ConfigError(
        f'hole={hole} and low={low}: a hole is no larger than the picture, of '
        f'{height} x {width} pixels, and the factor divides its size')
  g, d = pairs.make(spec, **nets)
  noise = priors.make(prior, z)

  def fill(t: Turn, code: Array) -> tuple[Array, Array]:
    """x_I and x_G of the batch."""
    x = t.batch['x']
    mask = holes(t.key(), t.n, height, width, hole)
    seen = [mask * x, mask] + ([coarse(x, low)] if low else [])
    made = t.apply('g', code, jnp.concatenate(seen, -1))
    return mask * x + (1 - mask) * made, made

  def judge(t: Turn, x: Array) -> Array:
    return t.apply('d', x)

  def d_loss(t: Turn) -> Array:
    filled, made = fill(t, noise(t))
    batch, real = t.batch, judge(t, t.batch['x'])
    seen, y, w = real, batch['y'], batch.get('labelled')
    if 'x_labelled' in batch:
      seen, y, w = judge(t, batch['x_labelled']), batch['y_labelled'], None
    source = lambda logits: logits[:, -1]
    on_fake = source(judge(t, filled))
    told = share * pair.d(source(real), on_fake)
    if share < 1:
      told += (1 - share) * pair.d(source(real), source(judge(t, made)))
    labels = classification.cross_entropy(seen[:, :-1], y, w)
    t.log(real=source(real), fake=on_fake, source=told, labels=labels)
    return told + weight * labels

  def g_loss(t: Turn) -> Array:
    filled, made = fill(t, noise(t))
    loss = share * pair.g(judge(t, filled)[:, -1])
    if share < 1:
      loss += (1 - share) * pair.g(judge(t, made)[:, -1])
    return loss

  def decode(t: Turn, code: Array) -> dict[str, Array]:
    return dict(x=fill(t, code)[0], y=t.batch['y'])

  return Game(
      nets=dict(g=g, d=d.clone(outputs=classes + 1)),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      latents=dict(z=Latent(noise, decode, spherical=True)),
      critic=lambda t: judge(t, t.batch['x']))
