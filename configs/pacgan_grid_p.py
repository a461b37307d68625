"""PacGAN (Lin et al. 2018) on its own grid: the published protocol.

25 Gaussians of sigma 0.05 at {-4, -2, 0, 2, 4}^2; all else, nets and steps and
samples, as configs/pacgan_ring_p.py. Table 2, means and errors of 10 runs:

  packs of  modes         high quality     reverse KL
  1 (GAN)   17.3 +- 0.8   94.8 +- 0.7 %    0.70 +- 0.07
  2         23.8 +- 0.7   91.3 +- 0.8 %    0.13 +- 0.04
  3         24.6 +- 0.4   94.2 +- 0.4 %    0.06 +- 0.02
  4         24.8 +- 0.2   93.6 +- 0.6 %    0.04 +- 0.01

  python launch/train.py --config configs/pacgan_grid_p.py:pack=2 \
      --workdir runs/pacgan
"""

from configs import pacgan_ring_p

REFERENCE = {
    1: '17.3 +- 0.8 modes, 94.8 +- 0.7 % hq, rKL 0.70 +- 0.07',
    2: '23.8 +- 0.7 modes, 91.3 +- 0.8 % hq, rKL 0.13 +- 0.04',
    3: '24.6 +- 0.4 modes, 94.2 +- 0.4 % hq, rKL 0.06 +- 0.02',
    4: '24.8 +- 0.2 modes, 93.6 +- 0.6 % hq, rKL 0.04 +- 0.01'}


def get_config(arg=''):
  return pacgan_ring_p.get_config(arg, 'grid25_p', REFERENCE)
