"""ArtGAN: D is a classifier and an autoencoder, and G hears from both.

Tan, Chan, Aguirre, Tanaka. "ArtGAN: artwork synthesis with conditional
categorical GANs". ICIP 2017. "Improved ArtGAN for conditional synthesis of
natural image and artwork". IEEE Transactions on Image Processing, 2018.

G is asked for a class c. D gives K logits, s = log sum_k e^{l_k} as in Improved
GAN, and a reconstruction r(x) from the features below them:

    L_D = E_x -log p(y|x) + E_x sp(-s(x)) + E_z sp(s(G(z, c)))
          + w E_x |x - r(x)|^2 / 2
    L_G = E_z -log p(c|G(z, c)) + E_z sp(-s(G(z, c)))
          + w E_z |G(z, c) - r(G(z, c))|^2 / 2

with squares averaged over pixels: G's samples are to be such as D reconstructs.
Of a round's steps of G there are 1, 3 or 5, the more the better D tells (its
mean adversarial loss, remembered, is at most .67 or .3).

Departures: `form='softmax'` has the first paper's K + 1 logits, where s is the
logit of "not the last class"; its G, which decodes the features of real
examples too, is not here. D's dropout stays on in G's step. With several seeds
in one program all five steps are computed, and the surplus is undone.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning
from gans_jax.game import Game, Move
from gans_jax.losses import classification, reconstruction

NETS = dict(name='artgan')
ADAM = dict(name='adam', lr=2e-4, b1=0.5)
STEPS = ((.3, 5), (.67, 3))     # (largest loss of D, steps of G); 1 above
HEADS = dict(lse=lambda k: classification.Head(k, fixed=True),
             softmax=classification.Head)


@dataclasses.dataclass(frozen=True)
class Adaptive(Move):
  """A move that is made again while `memory['difficulty']` is low enough.

  All of a round's repeats see the round's batch, and noise of their own.
  """

  def step(self, game, state, batch, key, stage):
    state, metrics = super().step(game, state, batch, key, stage)
    wanted = sum(jnp.where(state.memory['difficulty'] <= bound, more, 0)
                 for bound, more in ((STEPS[1][0], STEPS[1][1] - 1),
                                     (STEPS[0][0], STEPS[0][1] - STEPS[1][1])))
    again = super().step

    def body(i, state):
      return jax.lax.cond(
          i < wanted, lambda s: again(
              game, s, batch, jax.random.fold_in(key, i + 1), stage)[0],
          lambda s: s, state)

    most = STEPS[0][1] - 1
    state = jax.lax.fori_loop(0, most, body, state)
    return state, {**metrics, f'{self.player}/steps': 1. + wanted}


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, form: str = 'lse',
          weight: float = 1., adaptive: bool = True, z: int = 100,
          prior: str = 'uniform', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the second paper.

  Args:
    spec: of labelled data.
    nets: name and arguments of a pair of gans_jax.families.pairs whose D gives
      a reconstruction: artgan, artgan_mlp.
    form: of HEADS.
    weight: w.
    adaptive: whether G makes 1, 3 or 5 steps; 1 otherwise.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels.
  """
  classes = conditioning.classes(spec)
  head = errors.choose('form', form, HEADS)(classes)

  def known(judged):      # as the class that it has, or was asked for
    return classification.cross_entropy(
        head.classes(judged.logits), judged.y, judged.weights)

  def autoencoding(judged):
    error = reconstruction.mean_square(judged.x, judged.features)
    return weight / 2 * jnp.mean(error)

  def d_rule(t, scene):
    real, fake = (head.real_logit(x.logits) for x in (scene.real, scene.fake))
    source = class_head.halves(head, scene)
    t.remember(difficulty=source)
    t.log(real=real, fake=fake)
    return dict(classes=known(scene.labelled), source=2 * source,
                autoencoding=autoencoding(scene.real))

  def g_rule(t, scene):
    fake = scene.fake
    return dict(
        classes=known(fake), autoencoding=autoencoding(fake),
        source=classification.TARGETS['real'](head, fake.logits, None))

  game = class_head.named(
      spec, d_rule, g_rule, outputs=head.outputs, conditional=classes,
      nets=nets, z=z, prior=prior, g_optim=g_optim, d_optim=d_optim, ema=ema,
      memory=dict(difficulty=1.))
  if not adaptive:
    return game
  d_move, g_move = game.round
  return dataclasses.replace(
      game, round=(d_move, Adaptive(g_move.player, g_move.loss)))
