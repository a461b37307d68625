"""BigBiGAN (Donahue & Simonyan 2019) on ImageNet, 128 pixels.

BigGAN's G and D of 96 units of channels without labels, attention at 64 pixels,
z of 120 in six chunks, MLPs of eight layers of 2048 for z and for pairs, E a
ResNet-50 with an MLP of 4096; two steps of D a round, Adam(0, 0.999) of 1e-4
for E and G and 2e-4 for D, batch 2,048. `:fast_encoder` gives E ten times the
rate of G, as in the paper's best runs. The paper reports 55.4 to 56.6 % top-1
of a linear classifier on features of E (E sees 256 pixels there) and, without
labels, Inception Scores of 23 to 28 and FIDs of 22 to 31. Needs
launch/prepare.py imagenet2012.

  python launch/train.py --config configs/bigbigan_imagenet128.py \
      --workdir runs/bbg
  python launch/eval.py --workdir runs/bbg --statistics=standing \
      --metrics=fid:n=50000
  python launch/eval.py --workdir runs/bbg \
      --metrics=linear_probe:of=e,n_train=100000
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False, fast_encoder=False)
  adam = lambda lr: dict(name='adam', lr=lr, b1=0., b2=0.999)
  c = config.base(
      'bigbigan', dict(name='tfds', tfds_name='imagenet2012', size=128,
                       flip=True),
      steps=500_000, batch=2048,
      model=dict(nets=dict(name='bigbigan', width=96, attention=64, tower=2048,
                           blocks=4, e_width=64, depths=(3, 4, 6, 3),
                           head=4096, dtype='float32'),
                 encoder=dict(name='gaussian', scale='softplus'), z=120,
                 prior='normal', n_critic=2, ema=0.9999, g_optim=adam(1e-4),
                 d_optim=adam(2e-4), e_optim=adam(1e-4)))
  c.checkpoint.every = c.samples.every = 1000
  c.reference = ('linear top-1 55.4 to 56.6 % (ResNet-50, E at 256 px); '
                 'Inception Score 23 to 28, FID 22 to 31')
  if a.fast_encoder:
    c.model.e_optim.lr = 1e-3
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='digits', size=16)
    c.model.nets.update(width=1, attention=8, tower=8, blocks=1, e_width=2,
                        depths=(1, 1), head=8)
    c.model.z, c.model.ema = 12, 0.9
  return c
