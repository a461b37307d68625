"""Categories that BigGAN finds: InfoGAN (Chen et al. 2016) with Brock et al.'s.

scikit-learn's 8x8 digits, without labels. The nets of biggan_digits (Brock et
al. 2019), whose G has class-conditional BatchNorm and a shared embedding; what
it is told is a category of 10 that was drawn, and D has InfoGAN's head.

  python launch/train.py --config configs/infogan_digits_biggan.py \
      --workdir runs/found
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999)
  c = config.base(
      'infogan', dict(name='digits'), steps=1500, batch=64,
      model=dict(nets=dict(name='biggan', width=4, shared=32, attention=8),
                 codes=dict(category=dict(kind='categorical', k=10)),
                 told_as_label='category', objective='hinge', q=dict(hidden=()),
                 z=32, prior='normal', ema=0.995, ema_start=500,
                 g_optim=adam(5e-4), d_optim=adam(2e-3),
                 parts=dict(orthogonal=dict(weight=1e-4))),
      evals=dict(code_clusters=dict(every=500)),
      accept=dict(
          information=dict(metric='g/information_category:late', min=1.7),
          clusters=dict(metric='code_clusters/accuracy', min=0.18)))
  c.rounds, c.log.every = 20, 100
  c.checkpoint.every, c.samples.every, c.samples.n = 500, 500, 100
  if a.tiny:
    config.shrink(c, steps=4, n=20)
    c.model.nets.width, c.model.nets.shared, c.model.z = 1, 4, 8
  return c
