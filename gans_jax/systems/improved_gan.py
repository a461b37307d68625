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

Departures: G's step sees the batch of D's, where the code has another one.
Labelled examples are those among a batch; with config.data.beside they come in
batches of their own, as in the code.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game
from gans_jax.losses import adversarial, matching
from gans_jax.losses.classification import Head

NETS = dict(name='improved')
ADAM = dict(name='adam', lr=3e-3, b1=0.5)
# (head, scene) -> what G minimises.
G_LOSSES = dict(
    feature_matching=lambda head, scene: matching.feature_matching(
        scene.real.features, scene.fake.features),
    feature_matching_absolute=lambda head, scene: (
        matching.feature_matching_absolute(
            scene.real.features, scene.fake.features)),
    saturating=lambda head, scene: adversarial.minimax.g(
        head.real_logit(scene.fake.logits)))


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          g_loss: str = 'feature_matching', weight: float = 1., z: int = 100,
          prior: str = 'uniform01', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          ema: float | Mapping[str, float] = 0.) -> Game:
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
    ema: decay of the average of G's params; 0 for none. Or by net: a D so
      averaged is what classifies.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  g_part = errors.choose('g_loss', g_loss, G_LOSSES)
  head = Head(conditioning.classes(spec), fixed=True)

  def d_rule(t, scene):
    t.log(real=head.real_logit(scene.real.logits),
          fake=head.real_logit(scene.fake.logits))
    return dict(labelled=class_head.labels(scene),
                adversarial=weight * class_head.halves(head, scene))

  def g_rule(t, scene):
    return {g_loss: g_part(head, scene)}

  return class_head.named(
      spec, d_rule, g_rule, outputs=head.outputs, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema)
