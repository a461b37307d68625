"""U-Net GAN (Schonfeld et al. 2020) on CelebA, 128 pixels: as published.

G and D of 64 channels, self-modulation, cross entropy, CutMix beside D's loss,
Adam(0, 0.999) of 5e-5 for G and 2e-4 for D, batch 50, G averaged from round
21,000 on; 800,000 rounds. It reports an FID of 2.95, where BigGAN has 4.54.
The command line published with the code has no warm-up here; `:warmup=EPOCHS`
sets one. Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/unet_gan_celeba128.py \
      --workdir runs/unet_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, warmup=0)
  epoch = 162_770 // 50
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999, eps=1e-6)
  c = config.base(
      'unet_gan', dict(name='tfds', tfds_name='celeb_a', size=128, flip=True),
      steps=800_000, batch=50,
      model=dict(nets=dict(name='unet', width=64, d_width=64),
                 objective='non_saturating', mixing='added',
                 warmup=a.warmup * epoch, consistency=1., conditional=False,
                 z=128, prior='normal', g_optim=adam(5e-5),
                 d_optim=adam(2e-4), ema=0.9999, ema_start=21_000))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'FID 2.95'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets = dict(name='unet', width=1, d_width=1)
  return c
