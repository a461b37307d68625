"""BadGAN (Dai et al. 2017) on two moons with three labels each.

D 2 - 128 - 128 - 2 and G 8 - 128 - 128 - 2; features are matched, and samples
are kept from where a mixture of 64 Gaussians, fitted in the first 1,000 of
3,000 rounds, is dense. Adam(1e-3, 0.5), batch 128, 2,000 points. Judged by D's
error on other points, and by the share of G's samples that are less likely than
nine of ten examples: 88 to 97 %, and 56 to 59 % where `:low=0` leaves that part
of G's loss out (three draws of the labels; configs/badgan_moons_plain.py). With
D's entropy term at 0.1, G's features pulled apart at 0.1 and 100,000 points,
two of three draws ended at 15 and 18 % error; so, three of three at 0.2 to 0.5
%.

  python launch/train.py --config configs/badgan_moons.py --workdir runs/badgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, low=0.05, label_seed=0)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0.5)
  c = config.base(
      'badgan', dict(name='moons', n=2000, labels=True, labelled=6,
                     label_seed=a.label_seed, beside=True),
      steps=3000, batch=128,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)),
                 density=dict(name='mixture', components=64), match='squares',
                 # 1e-9: the share is logged, and costs nothing.
                 low=a.low or 1e-9, low_n=128,
                 pretrain=1000, z=8, prior='uniform01', g_optim=adam(1e-3),
                 d_optim=adam(1e-3), p_optim=adam(1e-2)),
      evals=dict(classification_error=dict(every=1000)),
      accept=dict(error=dict(metric='classification_error/error', max=0.02),
                  below=dict(metric='g/below:late', min=0.7)))
  config.pace_points(c, a.tiny, rounds=50, every=1000)
  if a.tiny:
    c.evals = dict(classification_error=dict(every=0))
    c.model.density.components, c.model.pretrain = 4, 10
  return c
