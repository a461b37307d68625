"""LFVI (Tran et al. 2017) of the rates of predators and prey.

Section 5.1: a stochastic Lotka-Volterra model, of which nothing is known but
how to simulate it. 50 series of 20 counts at the true log rates (0, 0, 0,
-0.5); prior N(0, 1); the ratio net sees whole series. `q/mean_0`, ... `q/std_3`
are the posterior's.

Departures: the paper's scales are those of counts, ours of units near 1; its
one long series is many short ones here, which are what N counts; r is trained
on a q three times as wide (see lfvi_gaussian).

  python launch/train.py --config configs/lfvi_predator_prey.py \
      --workdir runs/predator_prey
"""

from gans_jax import config

RATES = (0., 0., 0., -.5)


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, spread=3., ratio_steps=2)
  linear = lambda lr: dict(name='adam', lr=lr, b1=0.9, decay=dict(
      name='linear', start=5000, steps=10_000, end=lr / 50))
  c = config.base(
      'lfvi', dict(name='simulated', simulator='predator_prey', beta=RATES,
                   n=50), steps=10_000, batch=200,
      model=dict(simulator=dict(name='predator_prey'), hidden=(128, 128),
                 std=0.5, spread=a.spread, ratio_steps=a.ratio_steps,
                 q_optim=linear(1e-3), r_optim=linear(1e-3)))
  c.rounds = c.log.every = 100
  c.checkpoint.every, c.samples.every = 2500, 2500
  if a.tiny:
    config.shrink(c, steps=20, batch=16, rounds=5)
    c.model.hidden = (8,)
  return c
