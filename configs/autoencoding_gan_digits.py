"""Autoencoding GAN (Lazarou 2020) on the 8x8 digits of scikit-learn.

Dense nets of 2 x 128, z N(0, I)^16, D_z of 2 x 64; weights of 10 and 5 of the
errors of pictures and of codes beside 1 of what D and D_z say, Adam(1e-3, 0.5)
for G and E, 2e-4 for D and D_z, batch 128. Judged by the error of G(E(x)) on
held-out digits, over the variance of x; by the share that a classifier takes
for the same digit after it; and by the classes of samples. (Not the AEGAN of
Luo et al. 2017, configs/aegan_digits.py.)

  python launch/train.py --config configs/autoencoding_gan_digits.py \
      --workdir runs/cycles
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'autoencoding_gan', dict(name='digits'), steps=4000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), z_hidden=(64, 64),
                 x_weight=10., z_weight=5., x_cost=1., z_cost=1., z=16,
                 prior='normal', g_optim=adam(1e-3), d_optim=adam(2e-4)),
      evals=dict(reconstruction=dict(every=1000),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          error=dict(metric='reconstruction/mse_relative', max=0.3),
          agree=dict(metric='reconstruction/agreement', min=0.85),
          entropy=dict(metric='classifier/label_entropy', min=2.0)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.z_hidden, c.model.z = (16,), (8,), 4
  return c
