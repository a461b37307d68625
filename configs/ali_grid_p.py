"""ALI (Dumoulin et al. 2017) on 25 Gaussians: the experiment of its code.

Sigma 0.05 at {-4, -2, 0, 2, 4}^2. Codes N(0, I) of 2 dimensions; E takes x and
noise of 2 dimensions, 4 - 400 - 400 - 2, G 2 - 400 x 4 - 2, both with
BatchNorm and ReLU, D three layers of 200 maxout units of 5 pieces; N(0, 0.02)
weights, Adam(1e-4, 0.8), batch 100, 200 epochs of 100,000 points. PacGAN's
table 2 (its runs, twice as long) has 24.1 +- 0.4 modes, 95.7 +- 0.6 % of high
quality and a reverse KL of 0.14 +- 0.03; VEEGAN's 15.8 modes, 1.6 %, by other
nets.

  python launch/train.py --config configs/ali_grid_p.py --workdir runs/ali
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.8)
  c = config.base(
      'ali', dict(name='grid25_p'), steps=200 * 1000, batch=100,
      model=dict(nets=dict(name='maxout', hidden=(400,) * 4,
                           e_hidden=(400, 400), units=200, layers=3),
                 encoder=dict(name='noise', dims=2), z=2,
                 prior='normal', g_optim=adam, d_optim=adam),
      evals=dict(modes=dict(every=20_000, n=2500),
                 reconstruction=dict(every=20_000)))
  c.reference = '24.1 +- 0.4 modes, 95.7 +- 0.6 % hq, rKL 0.14 +- 0.03'
  config.pace_points(c, a.tiny, every=20_000)
  if a.tiny:
    c.model.nets.update(e_hidden=(16,), units=8, layers=2)
  return c
