"""Bayesian GAN (Saatci & Wilson 2017) on MNIST with few labels.

Section 4.2 and the authors' run_bgan_semi.py: J = 10 generators and one D, each
twice (M = 2), N(0, 1) priors, batch 64, z uniform of 100 dimensions, D with a
logit a class, features matched; Adam(0.005 e^{-3 share of an epoch}, 0.5),
which their code does not leave. The nets are those of dcgan28. `:labels=20`,
50, 100 or 200; `:form=posterior` samples by SGHMC after 5000 rounds of Adam.
Needs launch/prepare.py mnist.

  python launch/train.py --config configs/bayesian_gan_mnist.py \
      --workdir runs/bayesian_mnist
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, labels=100, form='code')
  chain = dict(name='adam', lr=5e-3, b1=0.5, decay=dict(
      name='exponential', rate=0.9968, end=2.5e-4))
  if a.form == 'posterior':
    chain = dict(name='sghmc', lr=2.5e-4, alpha=0.01, burn_in=5000,
                 burn_lr=5e-4)
  c = config.base(
      'bayesian_gan', dict(name='mnist', labelled=a.labels, beside=True),
      steps=25_000, batch=64,
      model=dict(nets=dict(name='dcgan28'), z=100, prior='uniform',
                 generators=10, discriminators=1, chains=2, sigma=1.,
                 form=a.form, labels=True, matching=1., g_optim=chain,
                 d_optim=chain),
      evals=dict(classification_error=dict(every=5000)))
  if a.form == 'posterior':
    with c.unlocked():
      c.model.update(banked=10, every=500, start=10_000)
  c.reference = '79 +- 5.8 errors of 10,000 with 100 labels (table 1)'
  if a.tiny:
    config.shrink(c, batch=8)
    c.data.update(name='digits', labelled=20)
    c.model.update(generators=2, chains=1)
    c.model.nets = dict(name='mlp', hidden=(8,))
  return c
