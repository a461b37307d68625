"""Chains of nets that sample a posterior, and what is kept of where they pass.

Nets are `nets.tied.Tied`s that share nothing, K chains each; a bank holds them
at S times, so that samples and predictions are averages over S K nets.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax

from gans_jax import optim
from gans_jax.families import priors
from gans_jax.families.items import Outside
from gans_jax.game import State, Turn
from gans_jax.nets.tied import Tied

Array = jax.Array
PyTree = Any


def optimizer(options: Mapping[str, Any], size: int
              ) -> optax.GradientTransformation:
  """`optim.make`, with the temperature of a posterior over `size` examples."""
  chain = options.get('name') == 'sghmc'
  return optim.make(**{**(dict(temperature=1 / size) if chain else {}),
                       **options})


@dataclasses.dataclass(frozen=True)
class Bank(Outside):
  """Keeps nets as they are now, beside the last few times that it did.

  In memory 'bank', {net: variables [S, ...]}, where the oldest gives way;
  memory 'banked' counts.

  Attributes:
    nets: whose params and statistics are kept.
  """

  nets: tuple[str, ...] = ()

  def step(self, game, state: State, batch, key, stage):
    bank, count = state.memory['bank'], state.memory['banked']
    now = {n: dict(params=state.params[n], **state.stats[n])
           for n in self.nets}
    place = count % len(jax.tree.leaves(bank)[0])
    bank = jax.tree.map(lambda all_, one: all_.at[place].set(one), bank, now)
    return state.replace(memory={
        **state.memory, 'bank': bank, 'banked': count + 1}), {}


def memory(size: int, **nets: tuple[nn.Module, Sequence[int]]
           ) -> dict[str, Any]:
  """Initial memory of a bank; {} if its size is 0.

  Args:
    size: S.
    **nets: by name, (the net, shape [K, ...] of an input).
  """
  if not size:
    return {}
  key = jax.random.key(0)
  shapes = {name: jax.eval_shape(lambda net=net, shape=shape: dict(net.init(
      dict(params=key, dropout=key, noise=key), jnp.zeros(shape), train=True)))
            for name, (net, shape) in nets.items()}
  return dict(bank=jax.tree.map(
      lambda s: np.zeros((size, *s.shape), s.dtype), shapes), banked=0)


def passed(t: Turn, name: str) -> PyTree:
  """Variables [S, ...] of a net at all times in the bank.

  While it isn't full, those it has again and again; where nothing is in it, or
  there is none, the chains as they are now.
  """
  now = dict(params=t.params[name], **t.stats[name])
  now = jax.tree.map(lambda x: x[None], now)
  if 'bank' not in t.memory:
    return now
  tree, count = t.memory['bank'][name], t.memory['banked']
  size = len(jax.tree.leaves(tree)[0])
  rows = jnp.arange(size) % jnp.clip(count, 1, size)
  return jax.tree.map(
      lambda kept, x: jnp.where(count > 0, kept[rows], x), tree, now)


def samples(t: Turn, g: Tied, prior: priors.Prior, name: str = 'g'
            ) -> Array:
  """[n, ...]: as many samples of each G in the bank, in a random order.

  If there are more G's than samples, of as many of them.
  """
  variables = passed(t, name)
  times = len(jax.tree.leaves(variables)[0])
  rows = -(-t.n // (times * g.size))           # of each
  wanted = times * g.size * rows
  z = jnp.concatenate([prior(t) for _ in range(-(-wanted // t.n))])[:wanted]
  rngs = dict(noise=t.key(), dropout=t.key())
  x = jax.vmap(lambda v, z: g.apply(v, z, train=False, rngs=rngs))(
      variables, z.reshape(times, g.size, rows, -1))         # [S, K, rows, ...]
  x = x.reshape(wanted, *x.shape[3:])
  return x[jax.random.permutation(t.key(), wanted)[:t.n]]


def logits(t: Turn, d: Tied, x: Array, name: str = 'd') -> Array:
  """[S K, n, ...]: what each D in the bank says of x [n, ...]."""
  judge = lambda v: d.apply(v, x, alike=True, train=False)
  out = jax.vmap(judge)(passed(t, name))
  return out.reshape(-1, *out.shape[2:])


def predictive(logits: Array) -> Array:
  """The mean of softmaxes as logits: [P, n, K] -> log p [n, K]."""
  log_p = jax.nn.log_softmax(logits)
  return jax.nn.logsumexp(log_p, 0) - jnp.log(len(logits))


def predictive_odds(logits: Array) -> Array:
  """The mean of sigmoids as a logit: [P, n] -> [n]."""
  both = jnp.stack([jnp.zeros_like(logits), logits], -1)
  log_p = predictive(both)
  return log_p[:, 1] - log_p[:, 0]
