"""LAPGAN: a Laplacian pyramid of GANs.

Denton, Chintala, Szlam, Fergus. "Deep generative image models using a Laplacian
pyramid of adversarial networks". NIPS 2015.

With I_0 the picture, I_{k+1} = down(I_k), l_k = up(I_{k+1}), h_k = I_k - l_k:
each level k < K has a GAN of its own for h_k given l_k, the smallest one of
I_K, and every level is trained by itself, on l_k of real pictures:

    L_Dk = E sp(-s_k(h_k, l_k)) + E sp(s_k(G_k(z, l_k), l_k))           (eq. 4)
    L_Gk = E sp(-s_k(G_k(z, l_k), l_k))

D_k sees l_k + h, as in the authors' code, or with `d_sees='both'` l_k as well:
from the sum alone it cannot ask that a detail fit its blur. Samples are
I_K = G_K(z), then I_k = l_k + G_k(z, l_k). Nets of level k are g<k> and d<k>;
noise is U(-1, 1), a plane where k < K.

Departures: D's batch has as many real as fake examples as the data's batch has,
where each of its examples is either in the paper; all levels have nets of one
width.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, pairs
from gans_jax.game import Game, Move, Player, Turn
from gans_jax.losses import adversarial
from gans_jax.nets import lapgan
from gans_jax.nets.layers import pyramid

NETS = dict(name='mlp', hidden=(1200, 1200), d_hidden=(600, 600))
SGD = dict(name='sgd', lr=0.02, momentum=0.5)
BEGINNINGS = dict(noise=False, data=True)
SEEN = dict(sum=False, both=True)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, levels: int = 2,
          width: int = 64, kernel: int = 7, dropout: float = 0.5,
          d_sees: str = 'sum', conditional: bool = False,
          begin: str = 'noise', z: int = 100, g_optim: Mapping[str, Any] = SGD,
          d_optim: Mapping[str, Any] = SGD) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures that can be halved `levels` times.
    nets: name and arguments of the pair of the smallest level.
    levels: K.
    width: channels of the other levels' nets.
    kernel: of G's first layers there; D's are two pixels smaller.
    dropout: of D there, before its last layer.
    d_sees: what it sees, of SEEN: the published code's sum of the blur and the
      detail, or 'both' the sum and the blur.
    conditional: show all nets the label.
    begin: samples begin with I_K of 'noise', or of real pictures, 'data'.
    z: dimensions of the noise of the smallest level.
    g_optim: arguments of gans_jax.optim.make, of each G.
    d_optim: likewise.

  Raises:
    errors.ConfigError: pictures that cannot be halved so often.
  """
  from_data = errors.choose('beginning', begin, BEGINNINGS)
  blur = errors.choose('d_sees', d_sees, SEEN)
  *size, channels = spec.shapes['x']
  pyramid.check(size, levels)
  small = (*(s >> levels for s in size), channels)
  classes = conditioning.classes(spec) if conditional else 0
  g, d = pairs.make(dataclasses.replace(
      spec, shapes={**spec.shapes, 'x': small}), classes=classes, **nets)
  gs = [lapgan.Generator(width, kernel) for _ in range(levels)] + [g]
  ds = [lapgan.Discriminator(width, max(kernel - 2, 3), dropout, blur)
        for _ in range(levels)] + [d]

  def label(t: Turn) -> tuple[jax.Array, ...]:
    return (jax.nn.one_hot(t.batch['y'], classes),) if classes else ()

  def smaller(x: jax.Array, times: int) -> jax.Array:
    for _ in range(times):
      x = pyramid.down(x)
    return x

  def generate(t: Turn, k: int, *low: jax.Array) -> jax.Array:
    noise = t.uniform(*low[0].shape[1:3], 1) if low else t.uniform(z)
    return t.apply(f'g{k}', noise, *low, *label(t))

  def level(k: int) -> tuple[Move, Move]:
    def scene(t: Turn):
      """What is real, what is fake, and what both are given."""
      x = smaller(t.batch['x'], k)
      low = () if k == levels else (pyramid.up(pyramid.down(x)),)
      return (x - low[0] if low else x), generate(t, k, *low), low

    def d_loss(t: Turn) -> jax.Array:
      real, fake, low = scene(t)
      on_real, on_fake = (t.apply(f'd{k}', h, *low, *label(t))
                          for h in (real, fake))
      t.log(real=on_real, fake=on_fake)
      return adversarial.non_saturating.d(on_real, on_fake)

    def g_loss(t: Turn) -> jax.Array:
      real, fake, low = scene(t)
      t.log(energy=jnp.mean(fake ** 2) / jnp.mean(real ** 2))
      return adversarial.non_saturating.g(
          t.apply(f'd{k}', fake, *low, *label(t)))
    return Move(f'd{k}', d_loss), Move(f'g{k}', g_loss)

  def sample(t: Turn) -> dict[str, jax.Array]:
    x = smaller(t.batch['x'], levels) if from_data else generate(t, levels)
    for k in reversed(range(levels)):
      low = pyramid.up(x)
      x = low + generate(t, k, low)
    known = 'y' in t.batch and (from_data or classes)
    return {'x': x, **({'y': t.batch['y']} if known else {})}

  nets = {f'{side}{k}': net for side, all_of in (('g', gs), ('d', ds))
          for k, net in enumerate(all_of)}
  return Game(
      nets=nets, players={name: Player((name,), optim.make(**(
          g_optim if name[0] == 'g' else d_optim))) for name in nets},
      round=[move for k in range(levels + 1) for move in level(k)],
      sample=sample)
