"""LAGAN (de Oliveira et al. 2017) on the published jet images, 25x25.

W bosons and QCD jets of 250 to 300 GeV: the file
jet-images_Mass60-100_pT250-300_R1.25_Pix25.hdf5 of Zenodo record 269622, read
by h5py, or as an .npz (gans_jax.data.stored says how). 90,000 images, a tenth
held out. Nets as published: G 200 - 7x7x128 - 64 - 6 - 6 - 1, D 32 - 8 - 8 - 8
with minibatch discrimination 20 x 10; labels flipped with .05 and .09;
Adam(2e-4, 0.5), batch 100, 50 epochs.

  python launch/train.py --config configs/lagan_jets.py --workdir runs/lagan \
      --config.data.path=jet-images_Mass60-100_pT250-300_R1.25_Pix25.hdf5
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  path = 'jet-images_Mass60-100_pT250-300_R1.25_Pix25.hdf5'
  c = config.base(
      'lagan', dict(name='jet_images', path=path, n=81_000), steps=40_500,
      batch=100,
      model=dict(nets=dict(name='lagan', width=128, channels=64, local=6,
                           d_channels=32, d_local=8, dropout=0.2, kernels=20,
                           dims=10),
                 flip=0.05, g_flip=0.09, z=200, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(jets=dict(every=8100, n=10_000, n_real=10_000)))
  c.checkpoint.every = c.samples.every = 810
  c.reference = ('distributions of mass, pT and tau21, and about 0.76 for the '
                 'AUC of a classifier trained on fakes (0.80 on real images)')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='jets', n=200)
    c.model.nets = dict(name='lagan', width=4, channels=4, local=2,
                        d_channels=4, d_local=2, kernels=2, dims=2)
    c.model.z = 4
  return c
