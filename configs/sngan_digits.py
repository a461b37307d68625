"""SN-GAN with projection (Miyato & Koyama 2018) on 8x8 digits, by label.

Dense nets 32 - 128 - 128 - 64 and 64 - 128 - 128 - 1, D's spectrally
normalised, with a projection of the label; hinge losses, Adam(1e-3, 0, 0.9),
batch 64, one step of D a round. Judged by the share of samples that a
classifier labels as asked for.

  python launch/train.py --config configs/sngan_digits.py --workdir runs/sngan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0., b2=0.9,
              decay=dict(name='linear', steps=8000))
  c = config.base(
      'sngan', dict(name='digits'), steps=8000, batch=64,
      model=dict(nets=dict(name='mlp', hidden=(128, 128), spectral=True,
                           projection=True),
                 conditional=True, n_critic=1, z=32, prior='normal',
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=2000, n=2000)),
      accept=dict(agree=dict(metric='classifier/cls_agree', min=0.95)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 2000, 2000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.hidden = (16,)
  return c
