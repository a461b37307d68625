"""AC-GAN: an auxiliary classifier beside "real or fake".

Odena, Olah, Shlens. "Conditional image synthesis with auxiliary classifier
GANs". ICML 2017.

G is asked for a class c. D sees no label; it has a logit s of "real" and class
logits, on one trunk:

    L_S = E_x sp(-s(x)) + E_{z,c} sp(s(G(z, c)))                        (eq. 2)
    L_C = E_x -log p(y | x) + E_{z,c} -log p(c | G(z, c))               (eq. 3)

D minimises L_S + w L_C; G minimises E sp(-s(G(z, c))) and its part of L_C. Both
want fakes to be classified: the class term rewards easy examples, and with many
classes G gives few of each. The paper has ten classes a model.

Departures: c is drawn from the labels of the data, which the paper's sets have
in equal numbers.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game
from gans_jax.losses import adversarial, classification

NETS = dict(name='acgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          objective: str = 'non_saturating', class_weight: float = 1.,
          g_class_weight: float = 1., z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data; few labels will do.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    objective: of gans_jax.losses.adversarial.PAIRS.
    class_weight: w, of L_C in D's loss.
    g_class_weight: in G's; 0.1 in the code of WGAN-GP (Gulrajani et al. 2017).
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  classes = conditioning.classes(spec)
  source = lambda judged: judged.logits[:, -1]

  def wrong(judged):      # cross entropy of the class logits
    return classification.cross_entropy(
        judged.logits[:, :-1], judged.y, judged.weights)

  def d_rule(t, scene):
    on_real, on_fake = source(scene.real), source(scene.fake)
    t.log(real=on_real, fake=on_fake)
    return dict(source=pair.d(on_real, on_fake), classes=class_weight * (
        wrong(scene.labelled) + wrong(scene.fake)))

  def g_rule(t, scene):
    return dict(source=pair.g(source(scene.fake)),
                classes=g_class_weight * wrong(scene.fake))

  return class_head.named(
      spec, d_rule, g_rule, outputs=classes + 1, conditional=classes,
      nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema)
