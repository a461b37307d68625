"""Bayesian GAN (Saatci & Wilson 2017) on ten planes in 100 dimensions.

Section 4.1 and the authors' bgan_synth.py: 10 clusters of 1000 examples, each
on a plane of its own; J = 10 generators of one hidden layer of 1000, D
likewise, prior std 10, z uniform of 10 dimensions, batch 64, 1000 rounds of
Adam(0.01 e^{-3 share of an epoch}, 0.5), on the losses of the code; G has ReLU
where theirs is leaky. `:generators=1` is what they compare with, which in their
figure 1 has lost modes: the Jensen-Shannon divergence (`planar/jsd`) is then
well above that of ten.

  python launch/train.py --config configs/bayesian_gan_clusters.py \
      --workdir runs/bayesian_clusters
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, generators=10, form='code')
  # e^{-3 64 / 10,000} a step, until one epoch has passed.
  adam = dict(name='adam', lr=1e-2, b1=0.5, decay=dict(
      name='exponential', rate=0.981, end=5e-4))
  c = config.base(
      'bayesian_gan', dict(name='clusters100'), steps=1000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(1000,)), z=10, prior='uniform',
                 generators=a.generators, chains=1, sigma=10., form=a.form,
                 alpha=1e-3, eta=1., g_optim=adam, d_optim=adam),
      evals=dict(planar=dict(every=500, n=2000)))
  c.reference = 'JSD of 10 generators well below that of one (figure 1)'
  c.rounds = c.log.every = 20
  c.checkpoint.every = c.samples.every = 500
  if a.tiny:
    config.shrink(c, steps=20, batch=16, rounds=5, n=32)
    c.data = dict(c.data, n=100)
    c.model.generators = 2
    c.model.nets.hidden = (8,)
  return c
