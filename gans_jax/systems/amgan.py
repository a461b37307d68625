"""AM-GAN: every fake has a class that it should become.

Zhou, Cai, Rong, Song, Ren, Zhang, Wang, Yu. "Activation maximization
generative adversarial nets". ICLR 2018.

D is a softmax over K real classes and "fake", which is class K:

    L_D = E_x CE(y | x) + E_z CE(K | G(z))                      (eqs. 15 and 16)
    L_G = E_z CE(c | G(z))

over all K + 1 classes, with c either the likeliest real class of G(z) by D as
it is (`target='argmax'`, dynamic labelling) or one that G was asked for
('given'). With `target='real'`, L_G = -E log sum_{k<K} p_k, it is LabelGAN:
there the gradient is shared among the real classes by their probability, here
it all goes to one.

Departures: none.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game
from gans_jax.losses.classification import TARGETS, Head

NETS = dict(name='acgan')
ADAM = dict(name='adam', lr=4e-4, b1=0.5)
ASKED = {k: TARGETS[k] for k in ('argmax', 'given', 'real')}


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          target: str = 'argmax', z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    target: what a fake should become, of ASKED.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels, or no such target.
  """
  classes = conditioning.classes(spec)
  head, wanted = Head(classes), errors.choose('target', target, ASKED)

  def d_rule(t, scene):
    seen = scene.labelled
    t.log(real=head.real_logit(scene.real.logits),
          fake=head.real_logit(scene.fake.logits))
    return dict(
        on_real=head.cross_entropy(seen.logits, seen.y, seen.weights),
        on_fake=head.cross_entropy(scene.fake.logits, classes))

  def g_rule(t, scene):
    return dict(activation=wanted(head, scene.fake.logits, scene.fake.y))

  return class_head.named(
      spec, d_rule, g_rule, outputs=head.outputs,
      conditional=classes if target == 'given' else 0, nets=nets, z=z,
      prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema)
