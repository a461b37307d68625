"""Games over pairs: D tells (x, E(x)) from (G(z), z), E and G make it fail.

Where D cannot tell, E and G are each other's inverse. What papers differ in is
the nets, how E gives codes (gans_jax.families.encoders) and what the two sides
minimise (gans_jax.losses.joint).
"""

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

from gans_jax import optim
from gans_jax.data.spec import Spec
from gans_jax.families import encoders, priors, triples
from gans_jax.game import Game, Latent, Move, Player, Together, Turn
from gans_jax.losses import adversarial, reconstruction
from gans_jax.losses.joint import Joint

Array = jax.Array


class Views(NamedTuple):
  """What such a game says of codes: fields of `Game`."""

  sample: Any
  latents: Mapping[str, Latent]
  encoders: Mapping[str, Any]
  features: Mapping[str, Any]


def views(prior: priors.Prior, encoder: encoders.Encoder, joint: bool,
          of_normal: Any = None) -> Views:
  """Sampling, the latent space z and its encoder, features of E and of D.

  Args:
    prior: turn -> z.
    encoder: how 'e' gives codes.
    joint: whether D sees the code beside x.
    of_normal: as in `Latent`.
  """
  decode = lambda t, z: dict(x=t.apply('g', z))
  code = lambda t: encoder.encode(t, t.batch['x'], drawn=False)

  def of_d(t: Turn) -> Array:
    pair = (t.batch['x'], code(t)) if joint else (t.batch['x'],)
    return t.apply('d', *pair, features=True)[1]

  return Views(
      sample=lambda t: decode(t, prior(t)),
      latents=dict(z=Latent(prior, decode, True, of_normal)),
      encoders=dict(z=code),
      features=dict(e=lambda t: encoder.features(t, t.batch['x']), d=of_d))


def bidirectional(g: nn.Module, e: nn.Module, d: nn.Module, objective: Joint,
                  prior: priors.Prior, encoder: encoders.Encoder, *,
                  g_tx: optax.GradientTransformation,
                  d_tx: optax.GradientTransformation,
                  e_tx: optax.GradientTransformation | None = None,
                  flipped: bool = False, n_critic: int = 1, ema: float = 0.,
                  of_normal: Any = None) -> Game:
  """A game of D against E and G.

  Logged by D: its mean scores of encoded pairs `d/real` and of generated ones
  `d/fake`.

  Args:
    g: z [n, z] -> x [n, ...].
    e: x -> [n, outputs], see `encoder`.
    d: x, z -> scores [n] or [n, K].
    objective: losses of D, and of E and G, as functions of both scores.
    prior: turn -> z.
    encoder: how E gives codes.
    g_tx: optimizer of G.
    d_tx: of D.
    e_tx: of E; that of G by default.
    flipped: generated pairs are what D calls real. Published games have the
      encoded ones; VEEGAN the generated ones.
    n_critic: 1: D, E and G step at once, from one forward pass (the same z and
      codes); more: D steps as often first, each on a fresh batch.
    ema: if not 0, decay of the averages of G's and E's params.
    of_normal: as in `Latent`.

  Returns:
    The game. Encoded and generated pairs pass D in calls of their own, so that
    batch statistics never mix; spectral vectors move once a step of D.
  """
  keep = _kept(d)

  def judge(t: Turn, **options: bool) -> tuple[Array, Array]:
    z = prior(t)
    encoded = t.apply('d', t.batch['x'], encoder.encode(t, t.batch['x']),
                      **options)
    return encoded, t.apply('d', t.apply('g', z), z, **keep)

  def d_loss(t: Turn) -> Array:
    encoded, generated = judge(t)
    t.log(real=encoded, fake=generated)
    return (objective.d(generated, encoded) if flipped
            else objective.d(encoded, generated))

  def eg_loss(t: Turn) -> Array:
    encoded, generated = judge(t, **keep)
    return (objective.g(generated, encoded) if flipped
            else objective.g(encoded, generated))

  together = (Move('d', d_loss), Move('g', eg_loss))
  return Game(
      nets=dict(g=g, e=e, d=d),
      players=dict(d=Player(('d',), d_tx),
                   g=Player(('g', 'e'), _both(g_tx, e_tx))),
      round=((Together(together, shared=True),) if n_critic == 1 else
             (Move('d', d_loss, n_critic), Move('g', eg_loss))),
      ema=dict(g=ema, e=ema) if ema else {},
      **views(prior, encoder, True, of_normal)._asdict())


def latent_regressor(g: nn.Module, e: nn.Module, d: nn.Module,
                     prior: priors.Prior, *,
                     g_tx: optax.GradientTransformation,
                     d_tx: optax.GradientTransformation,
                     e_tx: optax.GradientTransformation | None = None,
                     weight: float = 1., g_weight: float = 0.,
                     of_normal: Any = None) -> Game:
  """The baseline of BiGAN: a GAN, and E that finds z again in G(z).

  Donahue et al. 2017 (arXiv:1605.09782), section 4.1 ("LR", and "JLR" with
  `g_weight`): D sees x alone,

      L_D = E sp(-s(x)) + E sp(s(G(z)))
      L_G = E sp(-s(G(z))) + g_weight L_E
      L_E = weight E |z - E(G(z))|^2 / dim z

  so that E never sees real data while training. All step at once.

  Args:
    g: z [n, z] -> x [n, ...].
    e: x -> codes [n, z].
    d: x -> logits [n].
    prior: turn -> z.
    g_tx: optimizer of G.
    d_tx: of D.
    e_tx: of E; that of G by default.
    weight: of E's loss.
    g_weight: of E's loss in that of G; the published code has .25.
    of_normal: as in `Latent`.
  """
  encoder, keep = encoders.deterministic(), _kept(d)

  def regress(t: Turn) -> tuple[Array, Array]:
    z = prior(t)
    fake = t.apply('g', z)
    found = encoder.encode(t, fake)
    return fake, weight * jnp.mean(reconstruction.mean_square(z, found))

  def d_loss(t: Turn) -> Array:
    fake, _ = regress(t)
    real = t.apply('d', t.batch['x'])
    on_fake = t.apply('d', fake, **keep)
    t.log(real=real, fake=on_fake)
    return adversarial.non_saturating.d(real, on_fake)

  def g_loss(t: Turn) -> Array:
    fake, error = regress(t)
    return (adversarial.non_saturating.g(t.apply('d', fake, **keep))
            + g_weight * error)

  def e_loss(t: Turn) -> Array:
    return regress(t)[1]

  return Game(
      nets=dict(g=g, e=e, d=d),
      players=dict(d=Player(('d',), d_tx), g=Player(('g',), g_tx),
                   e=Player(('e',), g_tx if e_tx is None else e_tx)),
      round=(Together((Move('d', d_loss), Move('g', g_loss),
                       Move('e', e_loss)), shared=True),),
      **views(prior, encoder, False, of_normal)._asdict())


def _kept(d: nn.Module) -> dict[str, bool]:
  """Options of a pass of D in which its spectral vectors stay."""
  known = inspect.signature(type(d).__call__).parameters
  return {'update_u': False} if 'update_u' in known else {}


def _both(g_tx, e_tx):
  """One optimizer of G's and E's params."""
  if e_tx is None:
    return g_tx
  return optax.multi_transform(dict(g=g_tx, e=e_tx), dict(g='g', e='e'))


def named(spec: Spec, objective: Joint | None, *, nets: Mapping[str, Any],
          z: int, prior: str, g_optim: Mapping[str, Any],
          d_optim: Mapping[str, Any],
          e_optim: Mapping[str, Any] | None = None,
          encoder: Mapping[str, Any] | None = None, **options: Any) -> Game:
  """`bidirectional` with nets, prior and optimizers as configs name them.

  Args:
    spec: of the data.
    objective: losses of both sides; None: `latent_regressor`.
    nets: name and arguments of a triple of gans_jax.families.triples.
    z: dimensions of the codes.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    e_optim: likewise; None: as G.
    encoder: name and arguments of gans_jax.families.encoders; None:
      deterministic.
    **options: of `bidirectional`, or of `latent_regressor`.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  how = encoders.make(**(encoder or dict(name='deterministic')))
  g, e, d = triples.make(spec, z=z, outputs=how.outputs * z, **nets)
  txs = dict(g_tx=optim.make(**g_optim), d_tx=optim.make(**d_optim),
             e_tx=None if e_optim is None else optim.make(**e_optim),
             of_normal=priors.OF_NORMAL.get(prior))
  draw = priors.make(prior, z)
  if objective is None:
    return latent_regressor(g, e, d, draw, **txs, **options)
  return bidirectional(g, e, d, objective, draw, how, **txs, **options)
