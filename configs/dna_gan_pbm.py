"""DNA GAN (Killoran et al. 2017) on a protein-binding microarray, and design.

Probes of 36 letters with a binding score, a table of sequences and numbers as
UniPROBE publishes them (the paper has a transcription factor's, Max). Nets as
published: 100 channels and five blocks, z of 100, WGAN-GP with lambda 10 and
five critic steps, Adam(1e-4, 0.5, 0.9), batch 64, 100,000 steps; the predictor
100 detectors of 15 letters and dense layers of 200 and 200, Adam(5e-5). Designs
by 10,000 steps of Adam(0.1) on z.

  python launch/train.py --config configs/dna_gan_pbm.py --workdir runs/pbm \
      --config.data.path=max_v1_deBruijn.txt
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9)
  c = config.base(
      'dna_gan', dict(name='sequences', path='pbm.txt', length=36, scores=True),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dna', width=100, blocks=5, d_width=100,
                           d_blocks=5),
                 weight=10., n_critic=5, z=100, prior='normal', g_optim=adam,
                 d_optim=adam,
                 predictor=dict(motifs=100, size=15, hidden=(200, 200)),
                 p_optim=dict(name='adam', lr=5e-5, b1=0.9)),
      evals=dict(motif=dict(every=10_000, n=5000, word='CACGTG'),
                 design=dict(every=0, n=64, steps=10_000)))
  c.checkpoint.every = c.samples.every = 2500
  c.reference = ('designs beyond the greatest score of the data; no single '
                 'number')
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='dna', n=100, length=36)
    c.model.nets = dict(name='dna', width=4, blocks=1, d_width=4, d_blocks=1)
    c.model.predictor, c.model.z = dict(motifs=4, size=15, hidden=(4, 4)), 4
  return c
