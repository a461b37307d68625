"""VAE/GAN (Larsen et al. 2016) on CelebA, 64 pixels.

The nets of table 1, z of 128 dimensions, errors of the third halving of D,
gamma 1e-6 and RMSProp(3e-4), batch 64. The published code has 1024 units in E
where the table has 2048 (`:fc=1024`). The paper compares attributes of
reconstructions and gives no number for samples. Needs launch/prepare.py
celeb_a.

  python launch/train.py --config configs/vae_gan_celeba64.py --workdir runs/v
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, fc=2048)
  rmsprop = dict(name='rmsprop', lr=3e-4)
  c = config.base(
      'vae_gan', dict(name='tfds', tfds_name='celeb_a', window=160, size=64,
                      flip=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='vae_gan', fc=a.fc), z=128, gamma=1e-6,
                 e_optim=rmsprop, g_optim=rmsprop, d_optim=rmsprop))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'samples, reconstructions'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='vae_gan', widths=(4, 4), fc=8, g_widths=(4, 4),
                        d_widths=(4, 4, 4), d_fc=8)
  return c
