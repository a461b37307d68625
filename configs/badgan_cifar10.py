"""BadGAN (Dai et al. 2017) on CIFAR-10 with 4,000 labels: as published.

D of nine weight-normalised convolutions of 96 and 192 channels, DCGAN's G of
512 to 128 and an encoder like a DCGAN's D that bounds G's entropy, weight 1e-2;
absolute feature matching; Adam(6e-4, 0.5) for D and Adam(3e-4, 0) for the
others, to 0 over the last third of 1,200 epochs of batch 100. It reports an
error of 14.41 +- 0.30 %. D is that of Improved GAN, without the noise of .05 at
the input that this code has. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/badgan_cifar10.py \
      --workdir runs/badgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 1200 * 500
  adam = lambda lr, b1: dict(
      name='adam', lr=lr, b1=b1,
      decay=dict(name='linear', start=steps * 2 // 3, steps=steps))
  c = config.base(
      'badgan', dict(name='tfds', tfds_name='cifar10', labelled=4000,
                     beside=True),
      steps=steps, batch=100,
      model=dict(nets=dict(name='improved_conv', d_width=96),
                 entropy=dict(name='dcgan', d_width=128), match='absolute',
                 code=1e-2, z=100, prior='uniform01', g_optim=adam(3e-4, 0.),
                 d_optim=adam(6e-4, 0.5)),
      evals=dict(classification_error=dict(every=20_000)))
  c.checkpoint.every = c.samples.every = 20_000
  c.reference = 'error 14.41 +- 0.30 % with 4,000 labels'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16, labelled=20, beside=True)
    c.model.nets = dict(name='improved_conv', width=4, d_width=4)
    c.model.entropy = dict(name='dcgan', d_width=4)
  return c
