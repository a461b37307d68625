"""LAGAN (de Oliveira et al. 2017) on toy jets of one prong or two, 25x25.

Narrow nets, for a CPU: G 32 - 7x7x16 - 8 - 4 - 4 - 1, D 4 - 4 - 4 - 4 with
minibatch discrimination 10 x 5, flipped labels as published; Adam(1e-3, 0.5),
batch 32. Judged by the Kolmogorov-Smirnov distance of the sparsity of samples
to that of real jets, and by how D's head tells held-out jets of the two kinds.

  python launch/train.py --config configs/lagan_blobs.py --workdir runs/lagan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-3, b1=0.5)
  c = config.base(
      'lagan', dict(name='jets'), steps=2000, batch=32,
      model=dict(nets=dict(name='lagan', width=16, channels=8, local=4,
                           d_channels=4, d_local=4, dropout=0.2, kernels=10,
                           dims=5),
                 flip=0.05, g_flip=0.09, z=32, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(
          jets=dict(every=1000, n=1000, n_real=2000),
          class_auc=dict(every=1000, n=1000, heldout=dict(
              name='jets', split='test', n=1000))),
      accept=dict(sparsity=dict(metric='jets/ks_sparsity', max=0.2),
                  auc=dict(metric='class_auc/auc', min=0.85)))
  c.rounds = c.log.every = 50
  c.checkpoint.every = c.samples.every = 1000
  if a.tiny:
    config.shrink(c, n=8)
    c.data = dict(name='jets', n=200)
    c.model.nets = dict(name='lagan', width=4, channels=4, local=2,
                        d_channels=4, d_local=2, kernels=2, dims=2)
    c.model.z = 4
  return c
