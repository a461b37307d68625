"""CVAE-GAN (Bao et al. 2017) on FaceScrub, 128 pixels: 530 people.

E is GoogLeNet, C AlexNet, D that of DCGAN; z of 256 dimensions, lambda 3, 1,
1e-3 and 1e-3. Adam(2e-4, 0.5), batch 128, the number of steps and the width of
G's first layer are not in the paper. It reports that a classifier recognises
97.78 % of samples as who was asked for. FaceScrub is a list of addresses:
`path` is the folder of the aligned faces, with a subfolder for each person.

  python launch/train.py --config configs/cvae_gan_facescrub128.py \
      --workdir runs/cvae_gan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, path='facescrub')
  adam = dict(name='adam', lr=2e-4, b1=0.5)
  c = config.base(
      'cvae_gan', dict(name='folder', path=a.path, size=128, flip=True),
      steps=100_000, batch=128,
      model=dict(nets=dict(name='cvae_gan'), z=256,
                 weights=(3., 1., 1e-3, 1e-3), decay=0.9, e_optim=adam,
                 g_optim=adam, d_optim=adam, c_optim=adam))
  c.checkpoint.every = c.samples.every = 5000
  c.reference = 'top-1 accuracy of samples 97.78 % (FaceScrub, 128 pixels)'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=64)
    c.model.nets = dict(name='cvae_gan', fc=8, widths=(4,) * 5, d_width=2,
                        share=1 / 32)
    c.model.z = 4
  return c
