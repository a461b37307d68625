"""SN-GAN with projection (Miyato & Koyama 2018) on ImageNet, 128 pixels.

G of 1024, 1024, 512, 256, 128 and 64 channels, D of 64 to 1024, hinge losses,
five steps of D a round, batch 256, Adam(2e-4, 0, 0.9), constant for 400,000
rounds and to 0 over 50,000 more. The paper reports an Inception Score of 29.7
+- 0.61; SAGAN's paper, of a longer run, 36.8 and an FID of 27.62. Needs
launch/prepare.py imagenet2012.

  python launch/train.py --config configs/sngan_imagenet128.py --workdir runs/s
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda n: dict(name='adam', lr=2e-4, b1=0., b2=0.9, decay=dict(
      name='linear', start=n * 400_000, steps=n * 450_000))
  c = config.base(
      'sngan', dict(name='tfds', tfds_name='imagenet2012', size=128,
                    flip=True),
      steps=450_000, batch=256,
      model=dict(nets=dict(name='resnet',
                           width=(1024, 1024, 512, 256, 128, 64),
                           d_width=(64, 128, 256, 512, 1024, 1024), d_downs=5,
                           spectral=True),
                 conditional=True, n_critic=5, z=128, prior='normal',
                 g_optim=adam(1), d_optim=adam(5)))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'Inception Score 29.7 +- 0.61'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='resnet', width=4, d_width=4, spectral=True)
  return c
