"""U-Net GAN: a discriminator of the picture and of each pixel, and CutMix.

Schonfeld, Schiele, Khoreva. "A U-Net based discriminator for generative
adversarial networks". CVPR 2020.

D is a U-Net: its encoder has a logit s of the picture, its decoder one a pixel,
s_ij; CE is the cross entropy of logits, sp(-s) for real and sp(s) for fakes:

    L_D = [CE(s) + mean_ij CE(s_ij)] / 2    of real and fake    (eqs. 3 and 4)
    L_G = [sp(-s(G(z))) + mean_ij sp(-s_ij(G(z)))] / 2                (eq. 5)

CutMix gives x_m = M x + (1 - M) G(z), with a box mask M for each picture:

    L_mix = CE(s(x_m), fake) + mean_ij CE(s_ij(x_m), M_ij)
            + |s_ij(x_m) - (M s_ij(x) + (1 - M) s_ij(G(z)))|^2    (eq. 6)

in either of the published forms: `mixing='added'`, L_D + c L_mix with c =
min(1, step / warmup), or 'instead', L_mix in place of L_D in a step with
probability min(1, step / warmup) / 2, as for FFHQ.

Departures: the ramps rise by the step, where the code's rise by the epoch.
Real, fake and mixed pictures pass D in calls of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax

from gans_jax import errors, schedules
from gans_jax.data.spec import Spec
from gans_jax.families import conditioning, cutmix, two_player
from gans_jax.game import Game
from gans_jax.losses import adversarial, pixelwise

NETS = dict(name='unet')
G_ADAM = dict(name='adam', lr=5e-5, b1=0., b2=0.999)
D_ADAM = dict(name='adam', lr=2e-4, b1=0., b2=0.999)


def rising(warmup: int, high: float = 1.) -> Callable[[jax.Array], jax.Array]:
  """From 0 to `high` in as many rounds; with none it is there at step 0.

  Raises:
    errors.ConfigError: less than none.
  """
  if warmup < 0:
    raise errors.ConfigError(f'warmup={warmup} is rounds: 0 or more')
  return schedules.ramp(0 if warmup else -1, warmup, high=high)


def added(warmup: int, consistency: float) -> dict[str, Any]:
  """L_mix beside D's loss, by a weight that rises to 1."""
  return dict(d_terms=[cutmix.term(rising(warmup), consistency)])


def instead(warmup: int, consistency: float) -> dict[str, Any]:
  """L_mix in place of D's loss, at a chance that rises to a half."""
  return dict(instead=(
      cutmix.by_chance(rising(warmup, 0.5)),
      cutmix.term(lambda step: 1., consistency)))


# Parts that change where D sees what.
VIEWS = ('diffaug', 'packing')
MIXING = dict(added=added, instead=instead,
              none=lambda warmup, consistency: {})


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS,
          objective: str = 'non_saturating', mixing: str = 'added',
          warmup: int = 64_000, consistency: float = 1.,
          conditional: bool = False, z: int = 128, prior: str = 'normal',
          g_optim: Mapping[str, Any] = G_ADAM,
          d_optim: Mapping[str, Any] = D_ADAM, ema: float = 0.9999,
          ema_start: int = 21_000, parts: Mapping[str, Any] = {}) -> Game:
  """The game of the paper.

  Args:
    spec: of pictures; labelled ones if `conditional`.
    nets: name and arguments of a pair of gans_jax.families.pairs whose D gives
      a logit a pixel: 'unet'.
    objective: of gans_jax.losses.adversarial.PAIRS; the paper's text has hinge
      losses, its code and its results cross entropy.
    mixing: of MIXING.
    warmup: rounds over which it rises; 0: it is there from the start.
    consistency: weight of the last part of L_mix.
    conditional: show both nets the label, by projections on D's last features
      of the picture and of the pixels.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    ema: decay of the average of G's params; 0 for none.
    ema_start: round until which it is a copy of them.
    parts: more of the game, by name: gans_jax.families.parts; those of VIEWS
      not with CutMix, whose masks say what D sees where.

  Raises:
    errors.ConfigError: a conditional game on data without labels, a D without
      a logit a pixel, or a part that doesn't go with CutMix.
  """
  if mixing != 'none' and (views := sorted(set(parts) & set(VIEWS))):
    raise errors.ConfigError(
        f'part {views[0]!r} changes what D sees of a picture, and the masks of '
        "CutMix would not hold there: leave it out, or set mixing='none'")
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  mix = errors.choose('mixing', mixing, MIXING)(warmup, consistency)
  return two_player.named(
      spec, pixelwise.both(pair, spec.shapes['x']), nets=nets, z=z, prior=prior,
      classes=conditioning.classes(spec) if conditional else 0,
      ema=schedules.averages(ema, ('g', 'd'), ema_start), g_optim=g_optim,
      d_optim=d_optim, parts=parts, **mix)
