"""TransGAN (Jiang et al. 2021) on CelebA-HQ at 256 pixels.

G: 5, 4, 4, 4, 4, 4 blocks at 8 to 256 pixels, the first two doublings bicubic,
windows of 16 tokens from 64 pixels on, tokens of z to attend to, noise, pixel
norm; D: patches of 2, 4 and 8 pixels of 96, 96 and 192 channels. 4 steps of D a
round, Adam(1e-4, 0, 0.99), batch 64 (16 and 4 accumulated batches), 500,000
rounds. The published decay of the average, 0.995, is a half-life of 138 rounds.

Departures: D's patches don't overlap, all its attention at 64 pixels is in
windows, and its scores have biases by position; the filters and hues of the
code's augmentation are left out, and its boxes are half a side; the code
smooths twice between stages of G. So the paper's number is not repeated here.
Data is a folder of pictures.

  python launch/train.py --config configs/transgan_celebahq256.py \
      --config.data.path=PICTURES --workdir runs/transgan_256
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0., b2=0.99, max_norm=5.)
  c = config.base(
      'transgan', dict(name='folder', path='celeba_hq', size=256, flip=True),
      steps=500_000, batch=64,
      model=dict(nets=dict(name='transgan', width=1024,
                           depths=(5, 4, 4, 4, 4, 4), bicubic=2, cross=True,
                           windows=(None, None, None, 16, 16, 16),
                           norm='pixel', noise=True, d_widths=(96, 96, 192),
                           d_depths=(3, 3, 4), d_windows=(4, 4, None)),
                 augment=dict(policy='translation,cutout,color', translate=0.2,
                              chance=0.3),
                 weight=10., phi=1., drift=1e-3, n_critic=4, z=512,
                 half_life=138., warmup=1., g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets.update(width=16, depths=(1, 1, 1), bicubic=1,
                        windows=(None, None, 8), d_widths=(8, 8),
                        d_depths=(1, 1), d_windows=(4, None))
  return c
