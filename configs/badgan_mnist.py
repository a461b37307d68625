"""BadGAN (Dai et al. 2017) on MNIST with 100 labels: as the published code.

Nets of Improved GAN, D's Adam(3e-3, 0.5, 0.9999) and G's Adam(1e-3, 0, 0.9999),
both to 0 over the last third of 2,000 epochs of 600 batches of 100; feature
matching, and low density in a tenth of the rounds after 9,000, by 30 samples
with weight 1e-4. It reports 79.5 +- 9.8 errors of 10,000. The density model is
fitted in those 9,000 rounds, with Adam(2e-4, 0.9). Needs
launch/prepare.py mnist.

  python launch/train.py --config configs/badgan_mnist.py \
      --workdir runs/badgan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps = 2000 * 600
  adam = lambda lr, b1: dict(
      name='adam', lr=lr, b1=b1, b2=0.9999,
      decay=dict(name='linear', start=steps * 2 // 3, steps=steps))
  c = config.base(
      'badgan', dict(name='mnist', range=(0., 1.), labelled=100, beside=True),
      steps=steps, batch=100,
      model=dict(nets=dict(name='improved'),
                 density=dict(name='pixelcnn', width=64, blocks=9,
                              mixtures=10),
                 match='squares', low=1e-4, low_n=30, low_share=0.1,
                 pretrain=9000, z=100, prior='uniform01',
                 g_optim=adam(1e-3, 0.), d_optim=adam(3e-3, 0.5),
                 p_optim=dict(name='adam', lr=2e-4, b1=0.9)),
      evals=dict(classification_error=dict(every=6000)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 6000
  c.checkpoint.every = 6000
  c.reference = '79.5 +- 9.8 errors of 10,000 with 100 labels'
  if a.tiny:
    config.shrink(c, batch=16, n=20)
    c.data = dict(name='digits', range=(0., 1.), labelled=20, beside=True)
    c.model.nets = dict(name='improved', hidden=(16,), d_hidden=(16, 8))
    c.model.density.update(width=4, blocks=1, mixtures=2)
    c.model.pretrain = 2
  return c
