"""BadGAN (Dai et al. 2017; nets of Salimans et al. 2016) on 8x8 digits.

scikit-learn's digits with 50 labels, 5 a class, in batches of their own:
features matched, pulled apart, and samples kept from where a small PixelCNN,
fitted in the first 1,000 rounds, finds digits likely. D the noisy MLP of
Improved GAN at 256, 128 and 64 units, Adam(1e-3, 0.5), batch 128. Judged by D's
error on 500 held-out digits. With these labels alone logistic regression has
14.9 +- 2.3 % and a nearest neighbour 16.0 +- 1.6 % over draws of the labels;
`:label_seed=1` is another draw, `:labels=100` more.

  python launch/train.py --config configs/badgan_digits.py --workdir runs/badgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=50, label_seed=0)
  adam = dict(name='adam', lr=1e-3, b1=0.5,
              decay=dict(name='linear', start=1500, steps=3000, end=1e-5))
  c = config.base(
      'badgan', dict(name='digits', labelled=a.labels, label_seed=a.label_seed,
                     beside=True),
      steps=3000, batch=128,
      model=dict(nets=dict(name='improved', hidden=(128, 128),
                           d_hidden=(256, 128, 64), input_noise=0.3,
                           noise=0.5),
                 density=dict(name='pixelcnn', width=16, blocks=2, mixtures=3,
                              levels=17),
                 match='squares', sure=0.1, pull=0.1, low=1e-3, low_n=30,
                 low_share=0.1, pretrain=1000, z=32, prior='uniform01',
                 g_optim=adam, d_optim=adam,
                 p_optim=dict(name='adam', lr=2e-3, b1=0.9)),
      evals=dict(classification_error=dict(every=1000)),
      accept=dict(error=dict(metric='classification_error/error', max=0.09)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20,
                  evals=dict(classification_error=dict(every=0)))
    c.model.nets.update(hidden=(16,), d_hidden=(16, 8))
    c.model.density.update(width=4, blocks=1, mixtures=2)
    c.model.pretrain = 4
  return c
