"""Improved GAN: semi-supervised learning by K + 1 classes.

Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen. "Improved techniques for
training GANs". NIPS 2016.

D has K logits l, and a fake logit that is 0; s = log sum_k e^{l_k} is then the
logit of "real" (section 5):

    L_D = E_labelled [-l_y + s] + w/2 (E_x sp(-s(x)) + E_z sp(s(G(z))))
    L_G = mean_j (E_x f_j(x) - E_z f_j(G(z)))^2     (section 3.1)

with f the last features of D; or `g_loss='saturating'`, -E_z sp(s(G(z))), which
the published code has with minibatch discrimination. The other techniques are
parts of any game: `nets.minibatch` (3.2), `history` of an optimizer (3.3), the
objective 'smoothed' (3.4), `nets.virtual` (3.5), and `terms.feature_matching`.

Departures: labelled examples are those among a batch, where the code draws
batches of labelled ones beside it.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, pairs, priors, terms, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial, classification

NETS = dict(name='improved')
ADAM = dict(name='adam', lr=3e-3, b1=0.5)
G_LOSSES = dict(
    feature_matching=(lambda fake: jnp.zeros(()), (terms.feature_matching(),)),
    feature_matching_absolute=(lambda fake: jnp.zeros(()), (
        terms.feature_matching(absolute=True),)),
    saturating=(adversarial.minimax.g, ()))


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          g_loss: str = 'feature_matching', weight: float = 1., z: int = 100,
          prior: str = 'uniform01', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data, with a key 'labelled' if only some labels may be
      used (config.data.labelled).
    nets: name and arguments of a pair of gans_jax.families.pairs.
    g_loss: of G_LOSSES.
    weight: w.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  loss, g_terms = errors.choose('g_loss', g_loss, G_LOSSES)
  g, d = pairs.make(spec, **nets)

  def real_or_fake(real: jax.Array, fake: jax.Array) -> jax.Array:
    return weight / 2 * adversarial.minimax.d(
        classification.real_logit(real), classification.real_logit(fake))

  def labelled(t, scene):
    return classification.cross_entropy(
        scene.critic(scene.real), t.batch['y'], t.batch.get('labelled'))

  return two_player.two_player(
      g, d.clone(outputs=conditioning.classes(spec)),
      adversarial.Pair(real_or_fake, lambda fake: loss(
          classification.real_logit(fake))),
      priors.make(prior, z), g_tx=optim.make(**g_optim),
      d_tx=optim.make(**d_optim), d_terms=(labelled,), g_terms=g_terms,
      ema=ema)
