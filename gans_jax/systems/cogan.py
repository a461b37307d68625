"""CoGAN: a joint distribution of two domains, learnt without pairs.

Liu, Tuzel. "Coupled generative adversarial networks". NIPS 2016.

Two GANs play at once, each in its domain. Both generators see the same z and
share their first layers, both discriminators their last:

    L_D = sum_i E_{x_i} sp(-s_i(x_i)) + E_z sp(s_i(G_i(z)))
    L_G = sum_i E_z sp(-s_i(G_i(z)))                                (section 3)

What is shared is one set of params, so what is high up in both, and hence what
is on the two pictures of a z, is the same, though no pair was ever seen.

With `class_weight` a classifier on D's features learns the labels of domain a,
and so to label b (unsupervised domain adaptation, section 5); `match` draws the
features of both pictures of a z together, as the authors' code does:

    L_D += class_weight E -log C_y(f_a(x_a)) + match E |f_a(G_a) - f_b(G_b)|^2

Departures: which layers are shared follows the authors' code, where only D's
first convolution is a domain's own. Real pictures and fakes pass D apart, there
they are one batch; D has no BatchNorm.
"""

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import coupled, priors
from gans_jax.game import Game, Latent, Move, Player, Turn
from gans_jax.losses import adversarial, classification
from gans_jax.nets import mlp

NETS = dict(name='cogan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          objective: str = 'non_saturating', class_weight: float = 0.,
          match: float = 0., z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of domains a and b (config.data.domains); labels for a classifier.
    nets: name and arguments of gans_jax.families.coupled.
    objective: of gans_jax.losses.adversarial.PAIRS, in each domain.
    class_weight: of a classifier's loss on domain a; 0: there is none.
    match: of features of the two pictures of a z.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: unknown names, data without domains, or a classifier and
      no labels.
  """
  if class_weight and not spec.classes:
    raise errors.ConfigError(
        f'class_weight={class_weight} is of labels, which {spec.name!r} does '
        'not have: give the data labels=True')
  g, d = coupled.make(spec, **nets)
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  noise = priors.make(prior, z)
  c = dict(c=mlp.Discriminator((), outputs=spec.classes,
                               kernel_init=nn.initializers.xavier_uniform())
           ) if class_weight else {}

  def made(t: Turn, code: jax.Array) -> jax.Array:
    return t.apply('g', code, alike=True)                       # [2, n, ...]

  def both(loss, *logits: jax.Array) -> jax.Array:
    return sum(loss(*(s[i] for s in logits)) for i in range(2))

  def d_loss(t: Turn) -> jax.Array:
    fake = made(t, noise(t))
    on_real, seen = t.apply('d', jnp.stack([t.batch['a'], t.batch['b']]),
                            features=True)
    on_fake, of_fake = t.apply('d', fake, features=True)
    t.log(real=on_real, fake=on_fake)
    loss = both(pair.d, on_real, on_fake)
    if match:
      apart = jnp.mean(jnp.sum(jnp.square(of_fake[0] - of_fake[1]), -1))
      t.log(apart=apart)
      loss += match * apart
    if class_weight:
      labels = classification.cross_entropy(
          t.apply('c', seen[0]), t.batch['y'])
      t.log(labels=labels)
      loss += class_weight * labels
    return loss

  def g_loss(t: Turn) -> jax.Array:
    return both(pair.g, t.apply('d', made(t, noise(t))))

  def labelled(i: int, key: str):
    def head(t: Turn) -> jax.Array:
      features = t.apply('d', t.batch[key], alike=True, features=True)[1]
      return t.apply('c', features[i])
    return head

  decode = lambda t, code: dict(zip(coupled.DOMAINS, made(t, code)))
  return Game(
      nets=dict(g=g, d=d, **c),
      players=dict(d=Player(('d', *c), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim))),
      round=(Move('d', d_loss), Move('g', g_loss)),
      ema=dict(g=ema) if ema else {}, sample=lambda t: decode(t, noise(t)),
      latents=dict(z=Latent(noise, decode, True, priors.OF_NORMAL[prior])),
      heads={k: labelled(i, k) for i, k in enumerate(coupled.DOMAINS)}
      if class_weight else {})
