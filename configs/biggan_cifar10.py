"""BigGAN (Brock et al. 2019) on CIFAR-10: the experiment of BigGAN-PyTorch.

Nets of 64 units of channels with neither attention nor a shared embedding nor
chunks of z, kernels of N(0, 0.02), four steps of D a round, Adam(0, 0.999) of
2e-4, batch 50, 500 epochs, averages from round 1,000 on. StudioGAN reports an
FID of 4.16 against the training pictures with other settings; DiffAugment's
authors 9.59 for these, of 10,000 samples against the test pictures. The two do
not compare. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/biggan_cifar10.py \
      --workdir runs/biggan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.999)
  c = config.base(
      'biggan', dict(name='tfds', tfds_name='cifar10', flip=True),
      steps=125_000, batch=50,      # 500 epochs of 50,000 for D's four steps
      model=dict(nets=dict(name='biggan', width=64, shared=0,
                           hierarchical=False, init='n02'),
                 z=128, n_critic=4, ortho=0., ema=0.9999, ema_start=1000,
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'FID 9.59 (10,000 samples against the test pictures)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=32)
    c.model.nets.width = 1
  return c
