"""AM-GAN (Zhou et al. 2018) on CIFAR-10, with dynamic labelling.

As the published code: z of 100 normals, G from 4 to 32 pixels by 3x3 transposed
convolutions, D with dropout 0.3, Adam(4e-4, 0.5) whose rate goes to 0 over 1M
rounds, batch 100. It reports an Inception Score of 8.91 +- 0.11. Widths of the
layers are ours: G 512 - 256 - 128 - 3, D 64 to 512. Needs
launch/prepare.py cifar10.

  python launch/train.py --config configs/amgan_cifar10.py --workdir runs/amgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 1_000_000
  adam = dict(name='adam', lr=4e-4, b1=0.5,
              decay=dict(name='linear', steps=steps))
  c = config.base(
      'amgan', dict(name='tfds', tfds_name='cifar10', flip=True), steps=steps,
      batch=100,
      model=dict(nets=dict(name='acgan', widths=(512, 256, 128), kernel=3,
                           d_widths=(64, 128, 128, 256, 256, 512),
                           dropout=0.3),
                 target='argmax', z=100, prior='normal', g_optim=adam,
                 d_optim=adam))
  c.checkpoint.every = c.samples.every = 10_000
  c.reference = 'Inception Score 8.91 +- 0.11 (dynamic labelling)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='acgan', widths=(8,), kernel=3, d_widths=(8, 8),
                        dropout=0.3)
  return c
