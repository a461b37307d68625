"""VAE/GAN (Larsen et al. 2016) on the 8x8 digits of scikit-learn.

MLPs of 2 x 128, z of 32 dimensions, features of D's last hidden layer, gamma
0.1, RMSProp(3e-4), batch 64.

  python launch/train.py --config configs/vae_gan_digits.py --workdir runs/v
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=3e-4)
  c = config.base(
      'vae_gan', dict(name='digits'), steps=4000, batch=64,
      model=dict(nets=dict(name='dense', hidden=(128, 128)), z=32, gamma=0.1,
                 e_optim=rmsprop, g_optim=rmsprop, d_optim=rmsprop),
      evals=dict(reconstruction=dict(every=1000),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          reconstructed=dict(metric='reconstruction/agreement', min=0.85),
          entropy=dict(metric='classifier/label_entropy', min=2.0)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden, c.model.z = (16, 16), 4
  return c
