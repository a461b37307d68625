"""Triple-GAN (Li et al. 2017, nets of Radford et al. 2016) on MNIST.

100 labels, Adam(1e-3, 0.5), batch 100; C learns from G's samples with weight
0.1 after 300 of 1,000 epochs, and rates fall from there. It reports an error of
0.91 +- 0.58 %. G and D are DCGAN's conditional nets for 28 pixels, C the noisy
MLP of Improved GAN: the paper's are convolutions of its own, for which this is
a choice of ours. Needs launch/prepare.py mnist.

  python launch/train.py --config configs/triple_gan_mnist.py \
      --workdir runs/triple_gan_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  steps, start = 1000 * 600, 300 * 600
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=start, steps=steps))
  c = config.base(
      'triple_gan', dict(name='mnist', range=(0., 1.), labelled=100,
                         beside=True),
      steps=steps, batch=100,
      model=dict(nets=dict(name='dcgan28'), c_nets=dict(name='improved'),
                 share=0.5, pseudo=0.1, start=start, sure=0.3, used=1e-3,
                 z=100, prior='uniform01', g_optim=adam, d_optim=adam,
                 c_optim=adam),
      evals=dict(classification_error=dict(every=6000)))
  c.rounds, c.samples.n, c.samples.every = 10, 100, 6000
  c.checkpoint.every = 6000
  c.reference = 'error 0.91 +- 0.58 % with 100 labels'
  if a.tiny:
    config.shrink(c, batch=16, n=20)
    c.data = dict(name='digits', range=(0., 1.), labelled=20, beside=True)
    c.model.nets = dict(name='dcgan28', width=4, fc=16)
    c.model.c_nets = dict(name='improved', d_hidden=(16, 8))
  return c
