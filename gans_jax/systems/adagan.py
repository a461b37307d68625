"""AdaGAN: boosting of generators.

Tolstikhin, Gelly, Bousquet, Simon-Gabriel, Schölkopf. "AdaGAN: boosting
generative models". NIPS 2017.

A mixture gets T generators one by one, `P_t = (1 - beta_t) P_{t-1} + beta_t
Q_t` (algorithm 1). For each a GAN is trained from scratch on examples drawn
from the training set with weights w; those of the first are equal. Then a
classifier C learns what is real and what P_t,

    L_C = E_x sp(-c(x)) + E_{P_t} sp(c(x)),    r_i = e^{-c(x_i)} = dP_t / dP_d

and the next weights are w_i = [lambda* - (1 - beta) r_i]+ / (beta N) (section
3.1; `losses.boosting`). A round is of the GAN or of C, see `families.boosted`;
all rounds together are `Plan.steps`.

Departures: as in the authors' code weights are normalised, and classifiers
begin anew. Theirs draws the examples of a batch without replacement.
"""

from collections.abc import Mapping
from typing import Any

from gans_jax import errors, optim
from gans_jax.data.spec import Spec
from gans_jax.families import boosted, pairs, priors
from gans_jax.game import Game, Move, Player
from gans_jax.losses import adversarial, boosting

NETS = dict(name='dcgan28')
ADAM = dict(name='adam', lr=1e-3, b1=0.5)


def build(spec: Spec, *, nets: Mapping[str, Any] = NETS, components: int = 10,
          train: int = 1000, classify: int = 300, weighting: str = 'star',
          beta: float = 0., held: int = 2 ** 16,
          objective: str = 'non_saturating', z: int = 100,
          prior: str = 'normal', g_optim: Mapping[str, Any] = ADAM,
          d_optim: Mapping[str, Any] = ADAM, c_optim: Mapping[str, Any] = ADAM
          ) -> Game:
  """The game of the paper.

  Args:
    spec: of the data.
    nets: name and arguments of a pair of gans_jax.families.pairs; C is another
      of its D.
    components: T.
    train: rounds of the GAN of a component.
    classify: rounds of C after each but the last.
    weighting: of gans_jax.losses.boosting.WEIGHTINGS; `uniform` is bagging.
    beta: weight of each component as it joins; 0: 1 / (t + 1).
    held: examples that are weighted, in the memory of the game: all of the
      data, if there are no more than this.
    objective: of gans_jax.losses.adversarial.PAIRS.
    z: dimensions of the noise.
    prior: of gans_jax.families.priors.
    g_optim: arguments of gans_jax.optim.make.
    d_optim: likewise.
    c_optim: likewise.

  Raises:
    errors.ConfigError: unknown names, or numbers that make no plan.
  """
  if min(components, train, classify, held) < 1 or not 0 <= beta <= 1:
    raise errors.ConfigError(
        f'adagan needs components={components}, train={train}, classify='
        f'{classify} and held={held} of 1 or more, and 0 <= beta={beta} <= 1')
  g, d = pairs.make(spec, **nets)
  pair = errors.choose('objective', objective, adversarial.PAIRS)
  weigh = errors.choose('weighting', weighting, boosting.WEIGHTINGS)
  plan, betas = boosted.Plan(components, train, classify), boosting.betas(
      components, beta)
  noise = priors.make(prior, z)

  def mixture(t):
    return boosted.mixture(t, g, noise, plan, betas)

  def d_loss(t):
    on_real = t.apply('d', boosted.real(t, plan))
    on_fake = t.apply('d', t.apply('g', noise(t)))
    t.log(real=on_real, fake=on_fake)
    return pair.d(on_real, on_fake)

  def g_loss(t):
    return pair.g(t.apply('d', t.apply('g', noise(t))))

  def c_loss(t):
    on_real, on_mixture = t.apply('c', t.batch['x']), t.apply('c', mixture(t))
    t.log(real=on_real, mixture=on_mixture)
    return adversarial.non_saturating.d(on_real, on_mixture)

  return Game(
      nets=dict(g=g, d=d, c=d.clone()),
      players=dict(d=Player(('d',), optim.make(**d_optim)),
                   g=Player(('g',), optim.make(**g_optim)),
                   c=Player(('c',), optim.make(**c_optim))),
      round=(boosted.Gather(), Move('d', d_loss, when=plan.training),
             Move('g', g_loss, when=plan.training),
             boosted.Keep(plan.trained, plan=plan),
             Move('c', c_loss, when=plan.classifying),
             boosted.Turnover(plan.turned, plan=plan, weighting=weigh,
                              betas=betas)),
      memory=boosted.memory(g, z, plan, min(held, spec.size),
                            spec.shapes['x']),
      sample=lambda t: dict(x=mixture(t)),
      critic=lambda t: t.apply('d', t.batch['x']))
