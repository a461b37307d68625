"""SS-GAN (Chen et al. 2019) on ImageNet without labels, 128 pixels.

The five-block ResNets of compare_gan: G of 64 channels times 8, 8, 4, 4, 2, 1,
D times 1, 2, 4, 4, 8, 8, every block halving, spectrally normalised, hinge
losses, Adam(2e-4, 0, 0.9), two steps of D a round, batch 64, rotations with
weights 1 in D and 0.2 in G; 1M rounds. It reports an FID of 43.87 with self-
modulated batch normalisation in G. Needs launch/prepare.py imagenet2012.

Departures: G's batch normalisation is not modulated by z. D sums its features
over the picture, as the nets of SN-GAN do, where compare_gan takes their mean.

  python launch/train.py --config configs/ssgan_imagenet128.py \
      --workdir runs/ssgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.9)
  c = config.base(
      'ssgan', dict(name='tfds', tfds_name='imagenet2012', size=128, flip=True,
                    labels=False),
      steps=1_000_000, batch=64,
      model=dict(nets=dict(name='resnet', width=(512, 512, 256, 256, 128, 64),
                           d_width=(64, 128, 256, 256, 512, 512), d_downs=6,
                           spectral=True),
                 objective='hinge', alpha=0.2, beta=1., n_critic=2, z=128,
                 prior='normal', g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'FID 43.87 with self-modulated BatchNorm'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=32)
    c.model.nets = dict(name='resnet', width=4, d_width=4, spectral=True)
  return c
