"""U-Net GAN (Schonfeld et al. 2020) on FFHQ, 256 pixels: as published.

G and D of 64 channels, self-modulation, cross entropy, CutMix in place of D's
loss at a chance that rises to a half over 20 epochs, Adam(0, 0.999) of 1e-4 for
G and 5e-4 for D, batch 20, G averaged from round 21,000 on; 800,000 rounds. It
reports an FID of 7.48, where BigGAN has 11.48. Put the 70,000 pictures of 256
pixels in the folder ffhq256, or set config.data.path.

  python launch/train.py --config configs/unet_gan_ffhq256.py \
      --workdir runs/unet_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999, eps=1e-6)
  c = config.base(
      'unet_gan', dict(name='folder', path='ffhq256', size=256, flip=True),
      steps=800_000, batch=20,
      model=dict(nets=dict(name='unet', width=64, d_width=64),
                 objective='non_saturating', mixing='instead',
                 warmup=20 * 70_000 // 20, consistency=1., conditional=False,
                 z=128, prior='normal', g_optim=adam(1e-4),
                 d_optim=adam(5e-4), ema=0.9999, ema_start=21_000))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'FID 7.48'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets = dict(name='unet', width=1, d_width=1)
    c.model.warmup = 1
  return c
