"""Improved GAN (Salimans et al. 2016), semi-supervised, on CIFAR-10.

4,000 labels, the nets of the published code: G of DCGAN, D of convolutions of
96 and 192 channels with weight normalisation and dropout; feature matching by
absolute differences, Adam(3e-4, 0.5), 100 labelled and 100 other pictures a
batch, 1,200 epochs, the rate falling to 0 over the last 400. It
reports 18.63 +- 2.32 % of errors. Needs launch/prepare.py cifar10.

  python launch/train.py --config configs/improved_gan_cifar10.py \
      --workdir runs/improved_gan_cifar10
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, label_seed=0)
  epoch = 500
  adam = dict(name='adam', lr=3e-4, b1=0.5, decay=dict(
      name='linear', start=800 * epoch, steps=1200 * epoch))
  c = config.base(
      'improved_gan', dict(name='tfds', tfds_name='cifar10', size=32,
                           labelled=4000, label_seed=a.label_seed,
                           beside=True),
      steps=1200 * epoch, batch=100,
      model=dict(nets=dict(name='improved_conv', width=128, d_width=96),
                 g_loss='feature_matching_absolute', weight=1., z=100,
                 prior='uniform01', g_optim=adam, d_optim=adam),
      evals=dict(classification_error=dict(every=50 * epoch)))
  c.checkpoint.every = c.samples.every = 10 * epoch
  c.reference = '18.63 +- 2.32 % errors with 4,000 labels'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16, labelled=20, beside=True)
    c.model.nets = dict(name='improved_conv', width=4, d_width=4)
  return c
