"""R1 (Mescheder et al. 2018) on a grid of 25 Gaussians, 2 apart, sigma 0.1.

MLPs of 3 x 256, Adam(0.5) of 1e-3, from the middle on linearly to 1e-5, batch
256, 20,000 rounds; gamma = 0.01, and an average of G's params over about 1000
rounds.

A mode counts by 20 samples of high quality in 2,500, and the median of three
seeds is judged: 20, 25 and 25 have them. After 10,000 rounds it was 22, 21 and
24, as single modes were thin; by one sample, as in the published tables, all 25
did. With nets of 2 x 128, gamma 0.1 and a constant rate 10.7 had 20, and 0.22
were of high quality.

  python launch/train.py --config configs/r1_gan_grid.py --workdir runs/r1_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 20_000
  adam = dict(name='adam', lr=1e-3, b1=0.5, decay=dict(
      name='linear', start=steps // 2, steps=steps, end=1e-5))
  c = config.base(
      'r1_gan', dict(name='grid25'), steps=steps, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(256,) * 3), z=8, prior='normal',
                 r1=0.01, ema=0.999, g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=5000, n=2500)),
      accept=dict(modes=dict(metric='modes/modes_20', min=25., over='median'),
                  quality=dict(metric='modes/hq', min=0.80)))
  config.pace_points(c, a.tiny, every=5000)
  return c
