"""f-AnoGAN (Schlegl et al. 2019) at 64 pixels, grey: the published nets.

WGAN-GP with the ResNets of Gulrajani et al. 2017 for 64 pixels, layer norm in
D, z N(0, I)^128, Adam(1e-4, 0, 0.9), 5 steps of D a round, batch 64, 100,000
rounds on pictures of normal cases alone; then E, built as D is, for 50,000
rounds by izi_f, kappa 1, RMSProp(5e-5). The paper: patches of OCT scans, area
under the ROC curve .93. For the folder see configs/anogan_folder64.py.
`:loss=izi` and `:loss=ziz` are its other encoders.

  python launch/train.py --config configs/anogan_folder64_fast.py:normal=1 \
      --workdir runs/fanogan --config.data.path=/data/scans
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, normal=0, path='scans', loss='izi_f')
  adam = dict(name='adam', lr=1e-4, b1=0., b2=0.9)
  grey = dict(name='folder', path=a.path, size=64, channels=1)
  c = config.base(
      'anogan', grey, steps=150_000, batch=64,
      model=dict(nets=dict(name='gulrajani', width=64), z=128, prior='normal',
                 objective='wasserstein', penalty=10., n_critic=5,
                 encoder=dict(loss=a.loss, kappa=1., start=100_000),
                 g_optim=adam, d_optim=adam,
                 e_optim=dict(name='rmsprop', lr=5e-5, b2=0.9)),
      evals=dict(anomaly=dict(every=50_000, normal=(a.normal,),
                              heldout=dict(grey, split='test'))))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'AUC .93 (OCT)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', only=(0,), size=64)
    c.model.nets.width, c.model.encoder.start = 2, 2
  return c
