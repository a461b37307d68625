"""BEGAN (Berthelot et al. 2017) on faces, 128 pixels: as published.

n = 128 channels, codes and z of 64 dimensions, z U(-1, 1), gamma = 0.5,
lambda_k = 1e-3, Adam(8e-5, 0.5), batch 16. The paper's 360,000 faces are its
own, CelebA stands for them. The published code halves the rate each 100,000
rounds down to 2e-5; here it falls so smoothly. No number for faces in the
paper; Lucic et al. 2018 report an FID of 38.9 +- 0.9 on CelebA with nets like
InfoGAN's. `:size=64,width=64` is the small one.
Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/began_celeba128.py --workdir runs/b
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, size=128, width=128)
  adam = dict(name='adam', lr=8e-5, b1=0.5, decay=dict(
      name='exponential', rate=0.5 ** 1e-5, end=2e-5))
  c = config.base(
      'began', dict(name='tfds', tfds_name='celeb_a', window=160, size=a.size,
                    flip=True),
      steps=500_000, batch=16,
      model=dict(nets=dict(name='began', width=a.width, code=64), gamma=0.5,
                 rate=1e-3, z=64, prior='uniform', g_optim=adam,
                 d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'samples; FID 38.9 +- 0.9 by other nets (Lucic et al. 2018)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='began', width=4, code=4)
  return c
