"""Bayesian GAN: posteriors over the weights of both nets.

Saatci, Wilson. "Bayesian GAN". NIPS 2017. (The other "Bayesian GAN", of Tran,
Ranganath and Blei, is lfvi.)

With priors N(0, sigma^2) and N examples, the conditional posteriors are

    -log p(theta_g | theta_d) = N E_z sp(-s(G(z))) + |theta_g|^2 / (2 sigma^2)
    -log p(theta_d | theta_g) = N (E_x sp(-s(x)) + E_z sp(s(G(z))))
                                + |theta_d|^2 / (2 sigma^2)      (eqs. 1 and 2)

J generators, each with noise z of its own, and J_d discriminators, each M
times, are chains of SGHMC in turn, every one given all opponents (algorithm 1).
What they pass is kept in a bank; samples are of all G's there, and predictions
the mean over its D's. With `labels` D has K logits, and "fake" the logit 0
(section 2.2): it also has the labelled examples' cross entropy.

Departures: losses are the above over N, and SGHMC has the temperature 1 / N,
which is the same chain; logs of opponents are averaged where algorithm 1 adds
them; labelled examples weigh as much as all others, whatever their number, as
in the code. `form='code'` is the authors' code: the logsumexp of the losses
against each opponent, the real term J times, `prior_of_means` / N (see
losses.posterior), and noise of variance 2 alpha eta / N^2 in the gradient, on
which Adam steps.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import optax

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families import chains as chains_of
from gans_jax.families import conditioning, pairs, priors
from gans_jax.game import Game, Move, Player
from gans_jax.losses import classification, posterior
from gans_jax.nets.tied import Tied

NETS = dict(name='dcgan28')
SGHMC = dict(name='sghmc', lr=5e-3, alpha=.1, burn_in=5000)
FORMS = dict(posterior='mean', code='logsumexp')


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, generators: int = 10,
          discriminators: int = 1, chains: int = 2, sigma: float = 1.,
          form: str = 'posterior', alpha: float = .01, eta: float = 2e-4,
          labels: bool = False, matching: float = 0., banked: int = 0,
          every: int = 100, start: int = 0, z: int = 100,
          prior: str = 'uniform', g_optim: Mapping[str, Any] = SGHMC,
          d_optim: Mapping[str, Any] = SGHMC) -> Game:
  """The game of the paper.

  Args:
    spec: of the data, whose size is N.
    nets: name and arguments of a pair of gans_jax.families.pairs.
    generators: J.
    discriminators: J_d.
    chains: M, of each.
    sigma: of the priors.
    form: of FORMS.
    alpha: of the noise that `form='code'` adds.
    eta: likewise.
    labels: whether D has a logit a class, of data with (some) labels.
    matching: weight in G's loss of the Huber distance between D's features of
      real samples and of fakes; 1 in the authors' code of pictures.
    banked: times that the bank holds; 0: none, the chains as they are.
    every: rounds from one to the next.
    start: rounds before the first.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make; the temperature of sghmc is 1 / N
      unless it is given.
    d_optim: likewise.

  Raises:
    errors.ConfigError: unknown names, or no labels.
  """
  g, d = pairs.make(spec, **nets)
  over = posterior.OVER[errors.choose('form', form, FORMS)]
  classes = conditioning.classes(spec) if labels else 0
  noise, n, code = priors.make(prior, z), spec.size, form == 'code'
  g = Tied(g, generators * chains)
  d = Tied(d.clone(outputs=classes) if labels else d, discriminators * chains)
  sp = lambda s: jnp.mean(jax.nn.softplus(s), -1)
  logit = classification.real_logit if labels else lambda s: s

  def fakes(t):
    return t.apply('g', jnp.stack([noise(t) for _ in range(g.size)]))

  def judge(t, fake):
    """What each D says of each G's: logits [G, D, n (, K)], and features."""
    d = t.pure('d')    # by itself: no D's batch has samples of two G's
    return jax.vmap(lambda x: d(x, alike=True, features=True))(fake)

  def total(t, net, losses):
    """The sum over members, whose losses(t) [K, opponents] are by opponent."""
    own = t.params.get(net)    # none as the game begins
    # Found before the passes, their gradients, the same on all devices, are
    # added to the sum of those of the passes, and do not part it.
    if own is None:
      return jnp.sum(losses(t))
    if not code:
      return posterior.prior(own, sigma) / n + jnp.sum(over(losses(t)))
    means = posterior.prior_of_means(own, sigma)[:, None] / n
    push = posterior.linear_noise(t.key(), own, (2 * alpha * eta) ** .5 / n)
    return push + jnp.sum(over(losses(t) + means))

  def d_losses(t):
    on_real = logit(t.apply('d', t.batch['x'], alike=True))
    on_fake = logit(judge(t, fakes(t))[0])
    t.log(real=on_real, fake=on_fake)
    known = (generators if code else 1) * sp(-on_real)              # [D]
    if labels:
      x, y, weights = conditioning.labelled(t)
      known += jax.vmap(lambda l: classification.cross_entropy(l, y, weights))(
          t.apply('d', x, alike=True))
    return known[:, None] + sp(on_fake).T

  def g_losses(t):
    logits, features = judge(t, fakes(t))
    losses = sp(-logit(logits))
    if matching:
      _, seen = t.apply('d', t.batch['x'], alike=True, features=True)
      losses += matching * jnp.mean(
          optax.huber_loss(features, seen[None]), (-2, -1))
    return losses

  def d_loss(t):
    return total(t, 'd', d_losses)

  def g_loss(t):
    return total(t, 'g', g_losses)

  def critic(t):
    join = chains_of.predictive if labels else chains_of.predictive_odds
    return join(chains_of.logits(t, d, t.batch['x']))

  keep = chains_of.Bank(lambda step: (step >= start) & (step % every == 0),
                        nets=('g', 'd'))
  return Game(
      nets=dict(g=g, d=d),
      players=dict(d=Player(('d',), chains_of.optimizer(d_optim, n)),
                   g=Player(('g',), chains_of.optimizer(g_optim, n))),
      round=(Move('d', d_loss), Move('g', g_loss),
             *((keep,) if banked else ())),
      memory=chains_of.memory(banked, g=(g, (g.size, 1, z)),
                              d=(d, (d.size, 1, *spec.shapes['x']))),
      sample=lambda t: dict(x=chains_of.samples(t, g, noise)), critic=critic)
