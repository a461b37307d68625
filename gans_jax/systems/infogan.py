"""InfoGAN: codes that can be told of samples, without labels.

Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel. "InfoGAN: interpretable
representation learning by information maximizing generative adversarial nets".
NIPS 2016.

G sees noise z and codes c: categories, numbers. Q, layers on D's features,
gives the distribution of each code; s is D's logit:

    L_I = E_{z,c} log Q(c | G(z, c)) + H(c)                             (eq. 5)
    L_D = E_x sp(-s(x)) + E_{z,c} sp(s(G(z, c))) - lambda L_I
    L_G = E_{z,c} sp(-s(G(z, c))) - lambda L_I                          (eq. 6)

D's optimizer moves D and Q, G's moves G: both are paid for codes that can be
told. The paper's minimax is over G and Q; this is its published code, where D's
trunk learns for Q, too. One step each a round, with codes of its own.

With `told_as_label` a conditional G (class-conditional BatchNorm, a shared
embedding) is told a drawn category where it would be told a label: BigGAN and
others find categories by themselves.

With `told_through` Q tells categories of fakes after a random change, which
they then cannot be spent on: the slant of a digit, for example, is left to the
numbers. (The published game has no such prior knowledge. Ojha et al. 2020,
"Elastic-InfoGAN", bring it in by pairs of changed real pictures.)

Departures: H of a uniform code is log 2, a constant, where the published code
has the cross entropy of its draws and N(0, 1). LeakyReLU has a slope of .2, .01
in the published code.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import information
from gans_jax.game import Game
from gans_jax.losses import adversarial

NETS = dict(name='dc28')
CODES = dict(category=dict(kind='categorical', k=10))
D_ADAM = dict(name='adam', lr=2e-4, b1=0.5)
G_ADAM = dict(name='adam', lr=1e-3, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          codes: Mapping[str, Any] = CODES,
          q: Mapping[str, Any] = dict(hidden=(128,), norm='batch'),
          told_as_label: str = '', told_through: str = '',
          objective: str = 'non_saturating',
          z: int = 62, prior: str = 'uniform', n_critic: int = 1,
          g_optim: Mapping[str, Any] = G_ADAM,
          d_optim: Mapping[str, Any] = D_ADAM,
          ema: float | Mapping[str, float] = 0., ema_start: int = 0,
          parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of the data; its labels, if any, are not looked at.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    codes: by name, kind and arguments of gans_jax.families.information.KINDS;
      each kind has its lambda, `weight`.
    q: of Q's layers: `hidden` widths, `norm`, ... of nets.mlp.Discriminator.
    told_as_label: the categorical code that a conditional G takes for a label.
    told_through: augmentations that categories are told through, of
      gans_jax.augment.simple: 'shear'.
    objective: of gans_jax.losses.adversarial.PAIRS.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    n_critic: steps of D a round.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise, of D and Q.
    ema: decay of the average of G's params; 0 for none. Or by net, 'g', 'd' and
      'q': what codes are told by.
    ema_start: round until which averages are copies.
    parts: more of the game, by name: gans_jax.families.parts.
  """
  return information.named(
      spec, errors.choose('objective', objective, adversarial.PAIRS),
      nets=nets, codes=codes, q=q, told_as_label=told_as_label,
      told_through=told_through, z=z, prior=prior, n_critic=n_critic,
      g_optim=g_optim, d_optim=d_optim,
      ema=schedules.averages(ema, ('g', 'd', information.HEAD), ema_start),
      parts=parts)
