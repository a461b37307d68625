"""CatGAN: D sorts samples into categories, and there is no fake class.

Springenberg. "Unsupervised and semi-supervised learning with categorical
generative adversarial networks". ICLR 2016.

D gives p(k | x) over K categories. It is to be sure of real samples, unsure of
fakes, and to use all categories alike; G is to be sorted surely, and evenly:

    L_D = -H[mean_x p(k|x)] + E_x H[p(k|x)] - E_z H[p(k|G(z))]
          + w E_labelled -log p(y|x)                             (eqs. 7 and 9)
    L_G = -H[mean_z p(k|G(z))] + E_z H[p(k|G(z))]                (eq. 8)

The means are those of a batch, which must be some 10 K or more: a mean of B has
an entropy that is too small by about (K - 1) / 2B. Without labels (weight 0)
the categories are clusters, of which there may be more than classes.

Departures: none of the losses; see the configs for the nets.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game
from gans_jax.losses import classification

NETS = dict(name='improved')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, categories: int = 0,
          weight: float = 1., z: int = 100, prior: str = 'uniform01',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of the data; labelled if categories are its classes.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    categories: K; 0 for the classes of the data.
    weight: w, of the labels; 0: they are not looked at.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: labels or classes are wanted of data without.
  """
  if weight or not categories:
    categories = categories or conditioning.classes(spec)
  pair = classification.categorical

  def d_rule(t, scene):
    on_real, on_fake = scene.real.logits, scene.fake.logits
    t.log(real=classification.entropy(on_real),
          fake=classification.entropy(on_fake),
          used=classification.marginal_entropy(on_real))
    parts = dict(categories=pair.d(on_real, on_fake))
    return {**parts, 'labels': weight * class_head.labels(scene)
            } if weight else parts

  def g_rule(t, scene):
    return dict(categories=pair.g(scene.fake.logits))

  return class_head.named(
      spec, d_rule, g_rule, outputs=categories, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema)
