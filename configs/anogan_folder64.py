"""AnoGAN (Schlegl et al. 2017) at 64 pixels, grey: the published nets.

DCGAN, G 4x4x512 - 256 - 128 - 64 - 1 and its mirror D, z U(-1, 1)^100,
Adam(2e-4, 0.5), on pictures of normal cases alone; then 500 steps of Adam(.01)
a picture, lambda .1. The paper: patches of OCT scans of healthy retinas, 20
epochs, 270,000 patches; area under the ROC curve .89. The scans are not public,
so a folder serves: `train/normal`, and `test/` with a subfolder `normal` and
others for anomalies, of which `normal` is a class by its alphabetical place,
`:normal=1` for the second.

  python launch/train.py --config configs/anogan_folder64.py:normal=1 \
      --workdir runs/anogan --config.data.path=/data/scans
"""

from gans_jax import config

EPOCH = 270_000 // 64


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, normal=0, path='scans')
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  grey = dict(name='folder', path=a.path, size=64, channels=1)
  c = config.base(
      'anogan', grey, steps=20 * EPOCH, batch=64,
      model=dict(nets=dict(name='dcgan', width=64, d_width=64), z=100,
                 prior='uniform', search=dict(steps=500, lr=.01, weight=.1),
                 g_optim=adam, d_optim=adam),
      evals=dict(anomaly=dict(every=0, normal=(a.normal,),
                              heldout=dict(grey, split='test'))))
  c.checkpoint.every = c.samples.every = EPOCH
  c.reference = 'AUC .89 (OCT)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', only=(0,))
    c.model.nets = dict(name='dcgan', width=4, d_width=4)
    c.model.search.steps = 2
  return c
