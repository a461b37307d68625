"""IAN (Brock et al. 2017) on the 8x8 digits of scikit-learn.

Dense layers: D 64 - 128 - 128, E 128 units on top of those, G 32 - 128 - 128 -
64, all regularised to be orthonormal. Weights as published, batch 64,
Adam(1e-3, 0.5). `:flow=1` puts an inverse autoregressive flow behind E.

  python launch/train.py --config configs/ian_digits.py --workdir runs/ian
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, flow=0)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'ian', dict(name='digits'), steps=3000, batch=64,
      model=dict(nets=dict(name='ian_dense', hidden=(128, 128), kernels=0,
                           e_hidden=(128,), flow=a.flow, flow_hidden=(64,)),
                 z=32, weights=dict(pixel=3., feature=1., kl=1., ortho=1e-3),
                 ortho_axes=2, e_optim=adam, g_optim=adam, d_optim=adam),
      evals=dict(reconstruction=dict(every=1000),
                 classifier=dict(every=1000, n=2000)),
      accept=dict(
          error=dict(metric='reconstruction/mse_relative', max=0.5),
          reconstructed=dict(metric='reconstruction/agreement', min=0.8),
          entropy=dict(metric='classifier/label_entropy', min=2.0)))
  c.rounds, c.log.every = 100, 200
  c.checkpoint.every, c.samples.every, c.samples.n = 1000, 1000, 100
  if a.tiny:
    config.shrink(c, steps=8, batch=16, rounds=2, n=20)
    c.model.nets.update(hidden=(8, 8), kernels=3, e_hidden=(8,), flow=1,
                        flow_hidden=(8,))
    c.model.z = 4
  return c
