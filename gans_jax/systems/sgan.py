"""SGAN: a classifier with one class more, in three forms.

Odena. "Semi-supervised learning with generative adversarial networks". ICML
workshop on data efficient machine learning, 2016.

D tells K classes and "fake". Of what is real it may be told the class, or not:

    L_D = 1/2 E_labelled -log p_y + 1/2 E_x -log sum_{k<K} p_k
          + E_z -log p_K(G(z))
    L_G = E_z -log sum_{k<K} p_k(G(z))

Half of what is real has labels, as in the paper's batches, and there is as much
of it as of fakes, so that the best p_k is p(k, x) / (p(x) + q(x)) where labels
are not few. `form` is how p is made:

    joint   one softmax over K + 1 logits: the paper
    heads   a sigmoid for "real" and a softmax over K classes on one trunk; then
            the first term, in full, has the softmax alone, the others the
            sigmoid, two in one
    lse     K logits; the fake one is 0 (Salimans et al. 2016), so the logit of
            "real" is log sum_k e^{l_k}

joint and lse are the same p, as a softmax does not see a constant. Improved GAN
differs from lse by halves, and by a first term given that the example is real.
Triple-GAN, with its classifier as a third player, is the system triple_gan.

Departures: G's loss is the non-saturating one; the paper has G maximise D's.
The labelled half of a batch is one of its own with config.data.beside, and
those among the batch that have labels without.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game
from gans_jax.losses import adversarial
from gans_jax.losses.classification import TARGETS, Head, cross_entropy

NETS = dict(name='dcgan28')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
HEADS = dict(joint=lambda k: Head(k), lse=lambda k: Head(k, fixed=True))
FORMS = dict(HEADS, heads=None)


def softmax(head: Head) -> tuple[class_head.Rule, class_head.Rule]:
  """Rules of D and G with one softmax over all classes."""
  def d_rule(t, scene):
    seen, fake = scene.labelled, scene.fake.logits
    t.log(real=head.real_logit(scene.real.logits), fake=head.real_logit(fake))
    return dict(
        labels=head.cross_entropy(seen.logits, seen.y, seen.weights) / 2,
        unlabelled=TARGETS['real'](head, scene.real.logits, None) / 2,
        generated=head.cross_entropy(fake, head.real) if not head.fixed
        else -adversarial.minimax.g(head.real_logit(fake)))

  def g_rule(t, scene):
    return dict(real=TARGETS['real'](head, scene.fake.logits, None))
  return d_rule, g_rule


def two_heads() -> tuple[class_head.Rule, class_head.Rule]:
  """Rules with a logit of "real" after those of the classes."""
  pair, source = adversarial.non_saturating, lambda j: j.logits[:, -1]

  def d_rule(t, scene):
    seen = scene.labelled
    t.log(real=source(scene.real), fake=source(scene.fake))
    return dict(
        labels=cross_entropy(seen.logits[:, :-1], seen.y, seen.weights),
        source=pair.d(source(scene.real), source(scene.fake)))

  def g_rule(t, scene):
    return dict(real=pair.g(source(scene.fake)))
  return d_rule, g_rule


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, form: str = 'joint',
          z: int = 100, prior: str = 'normal',
          g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM,
          ema: float | Mapping[str, float] = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data; with few labels if config.data.labelled says so.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    form: of FORMS.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none. Or by net: a D so
      averaged is what classifies.

  Raises:
    errors.ConfigError: the data has no labels, or no such form.
  """
  classes, make = conditioning.classes(spec), errors.choose('form', form, FORMS)
  rules = softmax(make(classes)) if make else two_heads()
  outputs = make(classes).outputs if make else classes + 1
  return class_head.named(
      spec, *rules, outputs=outputs, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema)
