"""SS-GAN (Chen et al. 2019) on CIFAR-10: the unconditional ResNet experiment.

G of 256 channels, D of 128, spectrally normalised, hinge losses, Adam(2e-4, 0,
0.9), two steps of D a round, batch 64, 64 rotated pictures a step with weights
1 in D and 0.2 in G. It reports an FID of 17.88 +- 0.64 for these settings, of
10,000 and 10,000 pictures, and 15.65 with self-modulated batch normalisation in
G. Needs launch/prepare.py cifar10.

Departures: D sums its features over the picture, as the nets of SN-GAN do,
where compare_gan takes their mean.

  python launch/train.py --config configs/ssgan_cifar10.py --workdir runs/ssgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.9)
  c = config.base(
      'ssgan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='resnet', width=256, d_width=128,
                           spectral=True),
                 objective='hinge', alpha=0.2, beta=1., n_critic=2, z=128,
                 prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'FID 17.88 +- 0.64 (10,000 and 10,000)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=32)
    c.model.nets = dict(name='resnet', width=4, d_width=4, spectral=True)
  return c
