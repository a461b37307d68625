"""BigGAN (Brock et al. 2019) on ImageNet, 128 pixels: as published.

Nets of 96 units of channels, z of six chunks of 20, a shared embedding of 128,
attention at 64 pixels, two steps of D a round, Adam(0, 0.999) of 5e-5 for G and
2e-4 for D, batch 2,048, orthogonal regularisation of 1e-4. It reports an
Inception Score of 98.8 and an FID of 8.7; with the best truncation 166.5 and
9.6. `:pytorch` is BigGAN-PyTorch's recipe: one step of D, 1e-4 and 4e-4, eight
batches of 256 a step, no regularisation. The number of rounds is that of its
run; the paper stops before a collapse. Needs launch/prepare.py imagenet2012.

  python launch/train.py --config configs/biggan_imagenet128.py \
      --workdir runs/biggan
  python launch/eval.py --workdir runs/biggan --statistics=standing \
      --metrics=fid:n=50000 --cutoff=0.5
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, pytorch=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999, eps=1e-8)
  c = config.base(
      'biggan', dict(name='tfds', tfds_name='imagenet2012', size=128,
                     flip=True),
      steps=150_000, batch=2048,
      model=dict(nets=dict(name='biggan', width=96, shared=128, attention=64,
                           dtype='float32'),
                 conditional=True, z=120, n_critic=2, ortho=1e-4,
                 ema=0.9999, ema_start=20_000, g_optim=adam(5e-5),
                 d_optim=adam(2e-4)))
  c.checkpoint.every = c.samples.every = 1000
  c.reference = ('Inception Score 98.8, FID 8.7 (50,000 samples, averaged '
                 'params, standing statistics, no truncation)')
  if a.pytorch:
    c.mesh.accumulate = 8
    c.model.update(n_critic=1, ortho=0.)
    for player, lr in (('g_optim', 1e-4), ('d_optim', 4e-4)):
      c.model[player].update(lr=lr, eps=1e-6)
    c.reference = ('Inception Score 97.35 +- 1.79 (50,000 samples, averaged '
                   'params, standing statistics, no truncation)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets.update(width=1, shared=4, attention=8)
    c.model.z = 12
  return c
