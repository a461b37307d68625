"""R3GAN (Huang et al. 2024) on FFHQ at 64 pixels: as published.

G and D of 22.4 million parameters, batch 256. gamma, the probability of
augmentations, the learning rate, Adam's b2 and the half-life of the average of
G's params go by half a cosine over 20 million pictures. It reports an FID of
1.95 (50,000 samples, all of the data). The data is a folder of faces, of any
size:

  python launch/train.py --config configs/r3gan_ffhq64.py \
      --workdir runs/r3gan --config.data.path=/data/ffhq
"""

from gans_jax import config


def get_config(arg=''):
  return published(
      arg, dict(name='folder', path='ffhq', size=64, flip=True), batch=256,
      falling=20_000_000, nets=dict(width=(768,) * 4 + (384,),
                                    cardinality=(96,) * 4 + (48,), bf16=4),
      gamma=(2., 0.2), p=0.3, half_life=5e5, reference='FID 1.95')


def published(arg, data, *, batch, falling, nets, gamma, p, half_life,
              reference, conditional=False):
  """What the paper's runs on FFHQ and ImageNet share.

  Args:
    arg: of the config.
    data: of the config.
    batch: pictures of one.
    falling: pictures over which everything goes by half a cosine; a run has
      ten times as many, five times on ImageNet.
    nets: arguments of the pair.
    gamma: at first and at last.
    p: of augmentations, at last.
    half_life: of the average of G's params at last, in pictures.
    reference: the number that is reported.
    conditional: show both nets the label, on ImageNet.
  """
  a = config.parse_arg(arg, tiny=False)
  rounds = falling // batch
  to = lambda start, end: dict(start=start, end=end, steps=rounds)
  adam = dict(name='adam', lr=2e-4, b1=0., b2=0.9, final_b2=0.99,
              b2_steps=rounds, decay=dict(name='cosine', steps=rounds,
                                          end=5e-5))
  c = config.base(
      'r3gan', data, steps=(5 if conditional else 10) * falling // batch,
      batch=batch,
      model=dict(nets=dict(name='r3gan', **nets), gamma=to(*gamma),
                 p=to(0., p),
                 augment=dict(blit=1., geom=1., color=0.5, cutout=1.),
                 conditional=conditional, z=64,
                 half_life=to(0., half_life / batch),
                 g_optim=adam, d_optim=adam))
  c.checkpoint.every = c.samples.every = 1000 if conditional else 4000
  c.reference = reference
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits')
    c.model.nets = dict(name='r3gan', width=8, cardinality=2, blocks=1, bf16=1)
  return c
