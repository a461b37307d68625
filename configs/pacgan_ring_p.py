"""PacGAN (Lin et al. 2018) on its own ring: the published protocol.

8 Gaussians of sigma 0.01 on the unit circle, 100,000 points. G 2 - 4 x 400 - 2
with BatchNorm, D three maxout layers of 200 units of 5 pieces, N(0, 0.02)
weights, Adam(1e-4, 0.8), batches of 100 packs, 400 epochs. 2500 samples, a mode
counts with one within 3 sigma. Table 2, means and errors of 10 runs:

  packs of  modes        high quality     reverse KL
  1 (GAN)   6.3 +- 0.5   98.2 +- 0.2 %    0.45 +- 0.09
  2         7.9 +- 0.1   95.6 +- 2.0 %    0.07 +- 0.03
  3         7.8 +- 0.1   97.7 +- 0.3 %    0.10 +- 0.02
  4         7.8 +- 0.1   95.9 +- 1.4 %    0.07 +- 0.02

  python launch/train.py --config configs/pacgan_ring_p.py:pack=2 \
      --workdir runs/pacgan

Departures: G moves after D, where the authors' code takes both gradients at the
same params. configs/pacgan_grid_p.py is the same on a grid.
"""

from gans_jax import config

REFERENCE = {
    1: '6.3 +- 0.5 modes, 98.2 +- 0.2 % hq, rKL 0.45 +- 0.09',
    2: '7.9 +- 0.1 modes, 95.6 +- 2.0 % hq, rKL 0.07 +- 0.03',
    3: '7.8 +- 0.1 modes, 97.7 +- 0.3 % hq, rKL 0.10 +- 0.02',
    4: '7.8 +- 0.1 modes, 95.9 +- 1.4 % hq, rKL 0.07 +- 0.02'}


def get_config(arg='', data='ring8_p', reference=REFERENCE):
  a = config.parse_arg(arg, tiny=False, pack=2)
  adam = dict(name='adam', lr=1e-4, b1=0.8)
  c = config.base(
      'pacgan', dict(name=data), steps=400 * 1000, batch=100 * a.pack,
      model=dict(nets=dict(name='maxout', hidden=(400,) * 4, units=200,
                           pieces=5, layers=3, norm='batch', dropout=False,
                           std=0.02),
                 z=2, prior='normal', pack=a.pack, objective='non_saturating',
                 g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=20_000, n=2500)))
  c.reference = reference.get(a.pack, '')
  config.pace_points(c, a.tiny, rounds=1000, every=20_000)
  if a.tiny:
    c.model.nets.units = 8
  return c
