"""SN-GAN (Miyato et al. 2018) on CIFAR-10: the published ResNet experiment.

G of 256 channels, D of 128, hinge losses, Adam(2e-4, 0, 0.9) to 0 linearly over
50,000 rounds of 5 steps of D, batch 64. It reports an Inception Score of 8.22
+- 0.05 and an FID of 21.7. `:labels` is that of Miyato & Koyama 2018, with
projection: 8.62 and 17.5. In `:diffaug`, which is in neither, D sees pictures
through DiffAugment (Zhao et al. 2020), with the policy that its paper has for
all of CIFAR-10. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/sngan_cifar10.py --workdir runs/sngan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=False, diffaug=False)
  adam = lambda updates: dict(name='adam', lr=2e-4, b1=0., b2=0.9,
                              decay=dict(name='linear', steps=updates))
  c = config.base(
      'sngan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=50_000, batch=64,
      model=dict(nets=dict(name='resnet', width=256, d_width=128,
                           spectral=True),
                 conditional=a.labels, n_critic=5, z=128, prior='normal',
                 g_optim=adam(50_000), d_optim=adam(250_000),
                 parts=dict(diffaug=dict(policy='translation,cutout'))
                 if a.diffaug else {}))
  c.checkpoint.every = c.samples.every = 5000
  if not a.diffaug:
    c.reference = ('Inception Score 8.62, FID 17.5' if a.labels else
                   'Inception Score 8.22 +- 0.05, FID 21.7')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=32)
    c.model.nets = dict(name='resnet', width=4, d_width=4, spectral=True)
  return c
