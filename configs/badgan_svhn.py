"""BadGAN (Dai et al. 2017) on SVHN with 1,000 labels: as the published code.

D of nine weight-normalised convolutions of 64 and 128 channels, DCGAN's G of
512 to 128, Adam(1e-3, 0.5) and Adam(1e-3, 0) to 1e-4 over the last third of 900
epochs of batch 64; absolute feature matching, D sure of examples with weight
0.1, features pulled apart with 0.8. It reports an error of 4.25 +- 0.03 %. D is
that of Improved GAN, without the noise and with dropout of single activations
where this code drops whole channels. Needs launch/prepare.py svhn_cropped.

  python launch/train.py --config configs/badgan_svhn.py --workdir runs/badgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 900 * 1144
  adam = lambda b1: dict(
      name='adam', lr=1e-3, b1=b1,
      decay=dict(name='linear', start=steps * 2 // 3, steps=steps, end=1e-4))
  c = config.base(
      'badgan', dict(name='tfds', tfds_name='svhn_cropped', size=32,
                     labelled=1000, beside=True),
      steps=steps, batch=64,
      model=dict(nets=dict(name='improved_conv', d_width=64),
                 match='absolute', sure=0.1, pull=0.8, z=100,
                 prior='uniform01', g_optim=adam(0.), d_optim=adam(0.5)),
      evals=dict(classification_error=dict(every=20_000, n=26_032)))
  c.checkpoint.every = c.samples.every = 20_000
  c.reference = 'error 4.25 +- 0.03 % with 1,000 labels'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16, labelled=20, beside=True)
    c.model.nets = dict(name='improved_conv', width=4, d_width=4)
  return c
