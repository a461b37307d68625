"""Boundary-seeking GAN (Hjelm et al. 2018) on discrete data: 2x2 bits.

One random distribution of the 16 pictures; G: z N(0, 1)^4 through 32 ReLU to
4 Bernoulli logits, M = 20 samples a z. Judged by the total variation of model
and data over the 16 pictures, of 10,000 samples. `:estimator=reinforce` is the
variant with rewards.

  python launch/train.py --config configs/bs_gan_discrete_bits.py \
      --workdir runs/bs_gan_discrete
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, estimator='weighted')
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'bs_gan_discrete', dict(name='bits2x2'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(32,), d_hidden=(64, 64)),
                 samples=20, estimator=a.estimator, z=4, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(total_variation=dict(every=2500, n=10_000)),
      accept=dict(distance=dict(metric='total_variation/tv', max=0.12)))
  c.rounds = 250
  c.log.every = 250
  c.checkpoint.every = 2500
  c.samples = dict(every=2500, n=1000)
  if a.tiny:
    config.shrink(c, steps=20, batch=32, rounds=5, n=32,
                  evals=dict(total_variation=dict(every=0, n=100)))
    c.model.nets.d_hidden = (8,)
  return c
