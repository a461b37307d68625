"""CaloGAN: showers in a calorimeter of three layers, of a wanted energy.

Paganini, de Oliveira, Nachman. "CaloGAN: simulating 3D high energy particle
showers in multilayer electromagnetic calorimeters with generative adversarial
networks". Physical Review D 97, 2018 (arXiv:1705.02355).

G makes x, deposits by cell, for an energy E and, if there are several kinds of
particles, for a class c. D sees x and E, and gives a logit s of "real" and
logits a of the class. sum(x) is what x holds, not learnt:

    L_real = E_x H(s, 1) + w |sum(x) - E| + v H(a, y)
    L_fake = E_{z,E,c} H(s, 0) + w |sum(x) - E| + v H(a, f_q(c))
    L_G    = E_{z,E,c} H(s, 1) + w |sum(x) - E| + v H(a, c)

with H the cross entropy, f_q labels flipped with probability q, w = .05 a GeV,
v = .2, q = .3. To D the middle term is a constant. A round is a step of D on
L_real, one on L_fake, and two of G. E is uniform from 1 to 100 GeV, whatever
the data has.

Departures: as the published code has it. Minibatch discrimination leaves a
sample itself out, as in Salimans et al. 2016; fans of D's locally connected
kernels are those of one place, as LAGAN's are here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import pairs, priors
from gans_jax.families.again import Again
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses.flipped import cross_entropy, flipped
from gans_jax.nets.calogan import energies

NETS = dict(name='calogan')
G_ADAM = dict(name='adam', lr=2e-4, b1=0.5)
D_ADAM = dict(name='adam', lr=2e-5, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          energy: Sequence[float] = (1., 100.), weight: float = .05,
          class_weight: float = .2, flip: float = .3, z: int = 1024,
          prior: str = 'normal', g_optim: Mapping[str, Any] = G_ADAM,
          d_optim: Mapping[str, Any] = D_ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of showers, layer0, ... and energy, with labels or without.
    nets: name and arguments of a pair for showers: calogan.
    energy: in training, GeV, from and to.
    weight: w.
    class_weight: v.
    flip: q.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
  """
  noise, classes = priors.make(prior, z), spec.classes
  g, d = pairs.make(spec, **nets)
  names = [name for name, _ in g.shapes]
  facts = ('energy', 'y') if classes else ('energy',)

  def decode(t: Turn, code: jax.Array, wanted: dict | None = None) -> dict:
    wanted = wanted or {k: t.batch[k] for k in facts}
    label = (jax.nn.one_hot(wanted['y'], classes),) if classes else ()
    return {**t.apply('g', code, wanted['energy'], *label), **wanted}

  def asked(t: Turn) -> dict:
    wanted = dict(energy=jax.random.uniform(
        t.key(), (t.n,), minval=energy[0], maxval=energy[1]))
    if classes:
      wanted['y'] = jax.random.randint(t.key(), (t.n,), 0, classes)
    return decode(t, noise(t), wanted)

  def says(t: Turn, batch: dict) -> tuple:
    out = t.apply('d', {k: batch[k] for k in names}, batch['energy'])
    return out if classes else (out, None)

  def loss(t: Turn, name: str, batch: dict, label: float, p: float):
    """H(s, label) + w |sum(x) - E| + v H(a, f_p(y)); s is logged as `name`."""
    source, told = says(t, batch)
    total = energies({k: batch[k] for k in names}).sum(-1)
    missed = jnp.mean(jnp.abs(total - batch['energy']))
    t.log(**{name: source, f'{name}_missed': missed})
    out = cross_entropy(source, jnp.full((t.n,), label)) + weight * missed
    if classes:
      out += class_weight * cross_entropy(
          told, flipped(t.key(), batch['y'], p, classes))
    return out

  def d_real_loss(t: Turn) -> jax.Array:
    return loss(t, 'real', t.batch, 1., 0.)

  def d_fake_loss(t: Turn) -> jax.Array:
    return loss(t, 'fake', asked(t), 0., flip)

  def g_loss(t: Turn) -> jax.Array:
    return loss(t, 'fake', asked(t), 1., 0.)

  return Game(
      nets=dict(g=g, d=d.clone(outputs={0: None, 2: 1}.get(classes, classes))),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_real_loss), Move('d', d_fake_loss),
             Again('g', g_loss)),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      latents=dict(z=Latent(noise, decode, True, priors.OF_NORMAL.get(prior))),
      critic=lambda t: says(t, t.batch)[0],
      heads=dict(classes=lambda t: says(t, t.batch)[1]) if classes else {})
