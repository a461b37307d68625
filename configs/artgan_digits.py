"""ArtGAN (Tan et al. 2018) on the 8x8 digits of scikit-learn, by label.

G 32 - 128 - 128 - 64 with a one-hot label, D 64 - 128 - 64 with ten logits and
a decoder back, Adam(5e-4, 0.5), batch 128; G makes 1, 3 or 5 steps a round.
Judged by the share of samples that a classifier of real digits labels as asked
for, and by the error of D's reconstruction of digits, half a mean square: their
pixels vary by 0.292 in total.

  python launch/train.py --config configs/artgan_digits.py --workdir runs/artgan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=5e-4, b1=0.5)
  c = config.base(
      'artgan', dict(name='digits'), steps=4000, batch=128,
      model=dict(nets=dict(name='artgan_mlp', hidden=(128, 128),
                           d_hidden=(128, 64)),
                 form='lse', weight=1., adaptive=True, z=32, prior='uniform',
                 g_optim=adam, d_optim=adam),
      evals=dict(classifier=dict(every=2000, n=2000)),
      accept=dict(
          agree=dict(metric='classifier/cls_agree', min=0.95),
          # .35 of the variance, halved as the loss is.
          autoencoding=dict(metric='d/autoencoding:late', max=0.051)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.update(hidden=(16,), d_hidden=(16, 8))
  return c
