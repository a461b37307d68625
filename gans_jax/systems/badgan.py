"""BadGAN: good semi-supervised learning requires a bad generator.

Dai, Yang, Yang, Cohen, Salakhutdinov. "Good semi-supervised learning that
requires a bad GAN". NIPS 2017.

D is Improved GAN's, K logits and a fake one that is 0, and sure of examples:

    L_D = E_labelled -log p(y|x) + (E_x sp(-s) + E_z sp(s(G(z)))) / 2
          + w_h E_x H[p(y|x)]                                        (eq. 9)

G is to make the complement of the data, between the classes: it matches
features, has entropy, and pays for samples that are likely (eq. 8):

    L_G = FM + w_pt PT                    pulling away: Zhao et al. 2017
             + w_vi E_z -log N(z; mu, sigma of e(G(z)))      a bound on entropy
             + w_ld mean [log p~(G(z)) - eps]+               low density

with p~ a density model fitted to the data in the first `pretrain` rounds and
then kept, and eps the running 10 % quantile of log p~ on examples, remembered.

Departures: p~ is PixelCNN++ without down-sampling, in pixels, and fitted in the
same run (theirs beforehand, eps on held-out data); for points it is a mixture
of Gaussians. G's step sees the batch of D's.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from gans_jax import errors, optim, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import class_head, conditioning, pairs
from gans_jax.game import Game, Move, Player
from gans_jax.losses import classification, likelihood, matching
from gans_jax.nets import density as densities

NETS = dict(name='improved')
ADAM = dict(name='adam', lr=3e-3, b1=0.5)
DENSITIES = dict(
    mixture=lambda spec, **options: errors.call(
        'density mixture', densities.GaussianMixture, **options),
    pixelcnn=lambda spec, **options: errors.call(
        'density pixelcnn', densities.PixelCNN, tuple(spec.range), **options))
QUANTILE, MEMORY = .1, .99    # of the threshold: which, and how long it lasts
# Mean squares for MNIST, mean absolute differences for colours.
MATCHING = dict(squares=matching.feature_matching,
                absolute=matching.feature_matching_absolute)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          density: Mapping[str, Any] | None = None,
          entropy: Mapping[str, Any] | None = None, match: str = 'squares',
          sure: float = 0., pull: float = 0., code: float = 0.,
          low: float = 0., low_n: int = 30, low_share: float = 1.,
          pretrain: int = 0, z: int = 100, prior: str = 'uniform01',
          g_optim: Mapping[str, Any] = ADAM, d_optim: Mapping[str, Any] = ADAM,
          p_optim: Mapping[str, Any] = ADAM, ema: float = 0.) -> Game:
  """The game of the paper.

  Args:
    spec: of labelled data, few labels as config.data.labelled says.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    density: name and arguments of p~, of DENSITIES; needed if `low`.
    entropy: name and arguments of a pair, whose D is e; needed if `code`.
    match: of features, of MATCHING.
    sure: w_h.
    pull: w_pt.
    code: w_vi.
    low: w_ld.
    low_n: samples of the batch that pay for their density.
    low_share: share of the rounds in which they do.
    pretrain: rounds in which p~ is fitted, and G does not pay.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make; e's, too.
    d_optim: likewise.
    p_optim: likewise.
    ema: decay of the average of G's params; 0 for none.

  Raises:
    errors.ConfigError: the data has no labels, or a weight lacks its net.
  """
  distance = errors.choose('match', match, MATCHING)
  head = classification.Head(conditioning.classes(spec), fixed=True)
  for weight, net, names in ((low, density, ('low', 'density')),
                             (code, entropy, ('code', 'entropy'))):
    if bool(weight) != bool(net):
      raise errors.ConfigError(
          f'{names[0]}={weight} and {names[1]}={net and dict(net)}: the weight '
          'and the net belong together; give both or neither')
  more = {}
  if density:
    options = dict(density)
    more['p'] = errors.choose('density', options.pop('name', 'pixelcnn'),
                              DENSITIES)(spec, **options)
  if entropy:
    more['e'] = pairs.make(spec, **entropy)[1].clone(outputs=2 * z)

  def d_rule(t, scene):
    t.log(real=head.real_logit(scene.real.logits),
          fake=head.real_logit(scene.fake.logits))
    parts = dict(labelled=class_head.labels(scene),
                 adversarial=class_head.halves(head, scene))
    if sure:
      parts['sure'] = sure * jnp.mean(
          classification.entropy(scene.real.logits))
    return parts

  def g_rule(t, scene):
    fake = scene.fake
    parts = dict(matching=distance(scene.real.features, fake.features))
    if pull:
      parts['pull'] = pull * matching.pulling_away(fake.features)
    if code:
      mean, log_std = jnp.split(t.apply('e', fake.x), 2, -1)
      parts['code'] = -code * jnp.mean(
          likelihood.gaussian(scene.z, mean, log_std))
    if low:
      pays = (t.step >= pretrain) & jax.random.bernoulli(t.key(), low_share)
      cost, below = jax.lax.cond(
          pays, likely(t), lambda x: (0., jnp.nan), fake.x[:low_n])
      t.log(below=below)
      parts['low'] = low * cost
    return parts

  def likely(t):
    """x -> what it pays for its density, and the share that pays nothing."""
    log_density, bound = t.pure('p'), t.memory['threshold']
    def pay(x):
      log_p = log_density(x)
      return likelihood.above(log_p, bound), jnp.mean(log_p <= bound)
    return pay

  def p_loss(t):
    log_p = t.apply('p', t.batch['x'])
    found, old = jnp.quantile(log_p, QUANTILE), t.memory['threshold']
    t.remember(threshold=jnp.where(
        t.step == 0, found, MEMORY * old + (1 - MEMORY) * found))
    t.log(threshold=found)
    return -jnp.mean(log_p)

  game = class_head.named(
      spec, d_rule, g_rule, outputs=head.outputs, nets=nets, z=z, prior=prior,
      g_optim=g_optim, d_optim=d_optim, ema=ema,
      memory=dict(threshold=0.) if density else None)
  players, moves = dict(game.players), tuple(game.round)
  if entropy:
    players['g'] = Player(('g', 'e'), players['g'].tx)
  if density:    # first: its net begins on real examples
    players['p'] = Player(('p',), optim.make(**p_optim))
    moves = (Move('p', p_loss, when=schedules.between(0, pretrain)), *moves)
  return dataclasses.replace(
      game, nets={**game.nets, **more}, players=players, round=moves)
