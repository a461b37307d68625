"""IAN (Brock et al. 2017) on CelebA, 64 pixels: as in its published code.

D of 128 to 1024 channels, G with multiscale dilated blocks and beta-distributed
pixels, z of 100 dimensions behind a flow of one step; weights 3 of pixels, 1 of
features, 1 of the divergence, 1e-3 of orthogonality, 1e-5 of squared weights of
E. Adam(2e-4, 0.5), batch 16, 80 epochs in which G and D take turns; the rate is
1e-4 from epoch 25, 5e-5 from 50 and 1e-5 from 75. The paper reports an error of
8.34 +- 0.91 % on SVHN with 1000 labels, and for faces samples. `:flow=0` leaves
out the flow. Needs launch/prepare.py celeb_a.

  python launch/train.py --config configs/ian_celeba64.py --workdir runs/ian
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, flow=1)
  epoch = 162_770 // 16 // 2      # rounds; each takes two batches

  def adam(updates=1, **more):
    return dict(name='adam', lr=2e-4, b1=0.5, decay=dict(
        name='piecewise', at=tuple(updates * epoch * k for k in (25, 50, 75)),
        rates=(1e-4, 5e-5, 1e-5)), **more)

  c = config.base(
      'ian', dict(name='tfds', tfds_name='celeb_a', window=160, size=64),
      steps=80 * epoch, batch=16,
      model=dict(nets=dict(name='ian', flow=a.flow), z=100,
                 weights=dict(pixel=3., feature=1., kl=1., ortho=1e-3),
                 e_optim=adam(2, weight_decay=2e-5), g_optim=adam(),
                 d_optim=adam()))
  c.checkpoint.every = c.samples.every = epoch
  c.reference = 'samples; SVHN error 8.34 +- 0.91 % with 1000 labels'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='ian', d_widths=(4, 8), kernels=3, fc=8, first=8,
                        widths=(4,), scales=((0, 2),), beta=(), flow=1,
                        flow_hidden=(8,))
    c.model.z = 4
  return c
