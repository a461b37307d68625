"""Triple-GAN: the classifier is a player of its own.

Li, Xu, Zhu, Zhang. "Triple generative adversarial nets". NIPS 2017.

G makes x for a label, C gives a label to x, and D looks at pairs:

    L_D = (1 - b) E_labelled sp(-s(x, y)) + b E_x sp(-s(x, C(x)))
          + (1 - a) E_{y,z} sp(s(G(z, y), y))
          + a E_x sp(s(x, C(x)))                                     (eq. 2)
    L_G = (1 - a) E_{y,z} sp(-s(G(z, y), y))
    L_C = a E_x p_C(c|x) sp(-s(x, c)) + E_labelled -log p_C(y|x)
          + v E_{y,z} -log p_C(y|G(z, y)) + h E_x H[p_C(.|x)]
          - u H[mean_x p_C(.|x)]

with a = 1/2 and c = C(x) the likeliest class, whose probability alone carries a
gradient to C, as a reward for what D takes for a true pair. v is 0 for the
first `start` rounds: until then G makes nothing to learn from. With b > 0 some
of C's own pairs count as true, lest D learns few labelled examples by heart
(section 3.3). At equilibrium
all three have the joint distribution of the data, so unlike in SGAN a good C
does not stand in the way of a good G.

Departures: y is uniform over the classes; the term of u is the entropy of the
batch's mean, by which all classes are used.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, pairs, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, classification

NETS = dict(name='dcgan28')
C_NETS = dict(name='improved')
ADAM = dict(name='adam', lr=1e-3, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          c_nets: Mapping[str, Any] = C_NETS, share: float = .5,
          believed: float = 0.,
          pseudo: float = .1, start: int = 0, sure: float = .3,
          used: float = 1e-3, z: int = 100, prior: str = 'uniform01',
          g_optim: Mapping[str, Any] = ADAM, d_optim: Mapping[str, Any] = ADAM,
          c_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data, few labels as config.data.labelled says.
    nets: name and arguments of a pair of gans_jax.families.pairs: G and D.
    c_nets: of a pair whose D, with a logit a class, is C.
    share: a.
    believed: b.
    pseudo: v.
    start: rounds in which v is 0.
    sure: h.
    used: u.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    c_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  classes = conditioning.classes(spec)
  pair, noise = adversarial.non_saturating, priors.make(prior, z)
  g, d = pairs.make(spec, classes=classes, **nets)
  c = pairs.make(spec, **c_nets)[1].clone(outputs=classes)
  one_hot = lambda y: jax.nn.one_hot(y, classes)
  cost = lambda logits: jax.nn.softplus(-logits)

  def made(t: Turn):
    y = jax.random.randint(t.key(), (t.n,), 0, classes)
    return t.apply('g', noise(t), one_hot(y)), y

  def d_loss(t: Turn) -> jax.Array:
    x, y, w = conditioning.labelled(t)
    fake, asked = made(t)
    on_real = t.apply('d', x, one_hot(y))
    guess = jnp.argmax(t.apply('c', t.batch['x']), -1)
    on_fake = t.apply('d', fake, one_hot(asked))
    on_guess = t.apply('d', t.batch['x'], one_hot(guess))
    t.log(real=on_real, fake=on_fake, guessed=on_guess)
    sp = lambda s: jnp.mean(jax.nn.softplus(s))
    return ((1 - believed) * classification.weighted_mean(cost(on_real), w)
            + believed * jnp.mean(cost(on_guess))
            + (1 - share) * sp(on_fake) + share * sp(on_guess))

  def g_loss(t: Turn) -> jax.Array:
    fake, asked = made(t)
    return (1 - share) * pair.g(t.apply('d', fake, one_hot(asked)))

  def c_loss(t: Turn) -> jax.Array:
    x, y, w = conditioning.labelled(t)
    fake, asked = made(t)
    logits = t.apply('c', t.batch['x'])
    guess = one_hot(jnp.argmax(logits, -1))
    chance = jnp.sum(jax.nn.softmax(logits) * guess, -1)
    reward = jnp.mean(chance * cost(t.apply('d', t.batch['x'], guess)))
    learnt = classification.cross_entropy(t.apply('c', x), y, w)
    taught = classification.cross_entropy(t.apply('c', fake), asked)
    t.log(labels=learnt, generated=taught, reward=reward)
    return (share * reward + learnt
            + jnp.where(t.step >= start, pseudo, 0.) * taught
            + sure * jnp.mean(classification.entropy(logits))
            - used * classification.marginal_entropy(logits))

  def decode(t: Turn, code: jax.Array) -> dict[str, jax.Array]:
    return dict(x=t.apply('g', code, one_hot(t.batch['y'])), y=t.batch['y'])

  return Game(
      nets=dict(g=g, d=d, c=c),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim)),
                   c=Player(('c',), optim.make(**c_optim))),
      round=(Move('d', d_loss), Move('g', g_loss), Move('c', c_loss)),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      latents=dict(z=Latent(noise, decode, spherical=True)),
      critic=lambda t: t.apply('c', t.batch['x']))
