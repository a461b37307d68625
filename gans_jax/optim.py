"""Optimizers as configs name them.

`make(name='adam', lr=2e-4, b1=0.5)` is an optax transformation; the config of
a run holds the arguments, a system's `build` makes the optimizer.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from gans_jax import errors, schedules
from gans_jax.sghmc import sghmc

Schedule = float | Callable[[jax.Array], jax.Array]


def adam(lr: Schedule, b1: float = 0.5, b2: float = 0.999, eps: float = 1e-8,
         final_b2: float = 0., b2_steps: int = 1
         ) -> optax.GradientTransformation:
  """Adam (Kingma & Ba 2015); b1 = 0.5 as Radford et al. 2016 found for GANs.

  b2 goes by half a cosine to `final_b2` over `b2_steps` (R3GAN, Huang et al.
  2024); without `final_b2` it is constant. Biases are corrected for by the b2
  of now, as in PyTorch.
  """
  if not final_b2:
    return optax.adam(lr, b1=b1, b2=b2, eps=eps)
  scale = optax.inject_hyperparams(
      optax.scale_by_adam, static_args=('b1', 'eps', 'eps_root'))
  return optax.chain(
      scale(b1=b1, b2=schedules.cosine(b2, final_b2, b2_steps), eps=eps),
      optax.scale_by_learning_rate(lr))


def rmsprop(lr: Schedule, b2: float = 0.99, eps: float = 1e-8
            ) -> optax.GradientTransformation:
  """RMSProp as PyTorch's: eps outside the root, averages from zero."""
  return optax.rmsprop(lr, decay=b2, eps=eps, eps_in_sqrt=False)


def sgd(lr: Schedule, momentum: float = 0., final_momentum: float = 0.,
        momentum_steps: int = 1) -> optax.GradientTransformation:
  """SGD; momentum goes linearly to `final_momentum` over `momentum_steps`.

  The ramp is that of Goodfellow et al. 2014's published code (0.5 to 0.7);
  without `final_momentum` the momentum is constant.
  """
  if not momentum:
    return optax.sgd(lr)
  if not final_momentum:
    return optax.sgd(lr, momentum=momentum)
  ramp = optax.linear_schedule(momentum, final_momentum, momentum_steps)
  return optax.chain(
      optax.inject_hyperparams(optax.trace)(decay=ramp),
      optax.scale_by_learning_rate(lr))


OPTIMIZERS = dict(adam=adam, rmsprop=rmsprop, sgd=sgd, sghmc=sghmc)


def constant(lr: float) -> Schedule:
  return lr


def linear(lr: float, steps: int, start: int = 0, end: float = 0.) -> Schedule:
  """`lr` until `start`, then linearly to `end` at `steps`."""
  return optax.linear_schedule(lr, end, steps - start, start)


def cosine(lr: float, steps: int, end: float = 0.) -> Schedule:
  """Half a cosine from `lr` to `end` over `steps`."""
  return optax.cosine_decay_schedule(lr, steps, end / lr)


def exponential(lr: float, rate: float, end: float = 0., start: int = 0
                ) -> Schedule:
  """lr * rate^(steps since `start`), not below `end`.

  Goodfellow et al. 2014's code; from the middle on, that of BiGAN.
  """
  return lambda step: jnp.maximum(
      lr * rate ** jnp.maximum(step - start, 0), end)


def piecewise(lr: float, at: Sequence[int], rates: Sequence[float]
              ) -> Schedule:
  """`lr`, then rates[i] from update at[i] on; `at` rises.

  Raises:
    errors.ConfigError: lists of different lengths.
  """
  if len(at) != len(rates):
    raise errors.ConfigError(
        f'decay \'piecewise\': {len(at)} updates and {len(rates)} rates; give '
        'one rate for each update of `at`')
  values, starts = jnp.array((lr, *rates)), jnp.array((0, *at))
  return lambda step: values[jnp.sum(step >= starts) - 1]


DECAYS = dict(constant=constant, linear=linear, cosine=cosine,
              exponential=exponential, piecewise=piecewise)


def clip_params(limit: float) -> optax.GradientTransformation:
  """Last in a chain: params stay in [-limit, limit] after the update.

  Weight clipping of Arjovsky et al. 2017. Theirs clips before each critic
  step, which leaves the same params in every forward pass but the very last.
  """
  def update(updates, state, params):
    return jax.tree.map(
        lambda u, p: jnp.clip(p + u, -limit, limit) - p, updates, params), state
  return optax.GradientTransformation(lambda params: optax.EmptyState(), update)


class History(NamedTuple):
  """State of `historical_average`."""

  count: jax.Array
  mean: optax.Params


def historical_average(weight: float) -> optax.GradientTransformation:
  """The gradient of `weight |params - their mean so far|^2`, added.

  Salimans et al. 2016 (arXiv:1606.03498), section 3.3. The mean is over all
  updates, that of now among them, and a constant to the gradient.
  """
  def init(params):
    return History(jnp.zeros((), jnp.int32), optax.tree.zeros_like(params))

  def update(updates, state, params):
    count = state.count + 1
    mean = jax.tree.map(lambda m, p: m + (p - m) / count, state.mean, params)
    updates = jax.tree.map(
        lambda u, p, m: u + 2 * weight * (p - m), updates, params, mean)
    return updates, History(count, mean)
  return optax.GradientTransformation(init, update)


def lazy(config: dict, every: int) -> dict:
  """Corrects Adam for a regulariser played each `every` steps.

  Karras et al. 2020 (StyleGAN2), appendix B: with c = every / (every + 1), lr
  is scaled by c and both betas are raised to the power c, since the lazy move
  adds one step in `every` to the shared state.

  Args:
    config: arguments of `make`.
    every: steps from one lazy move to the next.

  Returns:
    Corrected arguments of `make`.
  """
  if config.get('name', 'adam') != 'adam':
    return dict(config)
  c = every / (every + 1)
  betas = {'b1': 0.5, 'b2': 0.999, 'final_b2': 0., **config}
  betas = {k: betas[k] ** c for k in ('b1', 'b2', 'final_b2')
           if k != 'final_b2' or betas[k]}
  return {**config, 'lr': config['lr'] * c, **betas}


def make(lr: float, name: str = 'adam', decay: dict | None = None,
         weight_decay: float = 0., history: float = 0., clip: float = 0.,
         max_norm: float = 0., **options: float
         ) -> optax.GradientTransformation:
  """An optimizer from what a config says.

  Args:
    lr: learning rate.
    name: of OPTIMIZERS.
    decay: None, or dict(name=..., ...) of DECAYS, counted in updates.
    weight_decay: L2 penalty's factor, added to the gradient (not decoupled).
    history: weight of `historical_average`.
    clip: if not zero, params are clipped to [-clip, clip] after each update.
    max_norm: if not zero, the gradient's global norm is at most this.
    **options: of the named optimizer (b1, b2, eps, momentum, ...).

  Returns:
    The optax transformation.

  Raises:
    errors.ConfigError: unknown names.
  """
  decay = dict(decay or {'name': 'constant'})
  kind = decay.pop('name', 'constant')
  schedule = errors.call(f'decay {kind!r}', errors.choose(
      'decay', kind, DECAYS), lr, **decay)
  steps = []
  if max_norm:
    steps.append(optax.clip_by_global_norm(max_norm))
  if weight_decay:
    steps.append(optax.add_decayed_weights(weight_decay))
  if history:
    steps.append(historical_average(history))
  steps.append(errors.call(f'optimizer {name!r}', errors.choose(
      'optimizer', name, OPTIMIZERS), schedule, **options))
  if clip:
    steps.append(clip_params(clip))
  return optax.chain(*steps) if len(steps) > 1 else steps[0]
