"""CaloGAN (Paganini et al. 2017) on the published showers, three layers.

Positrons of 1 to 100 GeV, eplus.hdf5 of Mendeley Data pvn3xc3wy5, read by
h5py, or as an .npz (gans_jax.data.stored says how); several files,
`--config.data.path` a list in a config of your own, are classes. Nets as
published: streams of 36 - 16 - 6 - 1 channels from 1024 numbers, with
attention; D 64 - 16 - 8 - 8 in each layer, minibatch discriminations 10 x 10.
Adam(2e-4, 0.5) for G, 2e-5 for D, batch 256, 50 epochs.

  python launch/train.py --config configs/calogan_showers.py \
      --workdir runs/calogan --config.data.path=eplus.hdf5
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  c = config.base(
      'calogan', dict(name='calogan', path='eplus.hdf5', holdout=0.1),
      steps=17_500, batch=256,
      model=dict(nets=dict(name='calogan', width=36, channels=16, local=6,
                           attention=True, d_channels=64, d_local=(16, 8, 8),
                           kernels=10, dims=10),
                 energy=(1., 100.), weight=0.05, class_weight=0.2, flip=0.3,
                 z=1024, prior='normal',
                 g_optim=dict(name='adam', lr=2e-4, b1=0.5),
                 d_optim=dict(name='adam', lr=2e-5, b1=0.5)),
      evals=dict(showers=dict(every=3500, n=10_000, n_real=10_000)))
  c.checkpoint.every = c.samples.every = 350
  c.samples.n = 16
  c.reference = 'distributions of shower shapes; no single number'
  if a.tiny:
    config.shrink(c, n=4)
    c.data = dict(name='showers', n=200, low=.5, high=2., labels=True)
    c.model.nets = dict(name='calogan', width=2, channels=2, local=2,
                        d_channels=2, d_local=(2, 2, 2), kernels=2, dims=2)
    c.model.z, c.model.energy = 4, (.5, 2.)
  return c
