"""DNA GAN (Killoran et al. 2017) on the sequences of a FASTA file.

The paper's genomic sequences are of 50 letters, cut from a chromosome, with a
fifth letter for what is not known; here N. Nets as published: 100 channels and
five blocks, z of 100, WGAN-GP with lambda 10 and five critic steps,
Adam(1e-4, 0.5, 0.9), batch 64, 100,000 steps. Samples as FASTA:
launch/sample.py --workdir runs/dna --out samples.fasta.

  python launch/train.py --config configs/dna_gan_fasta.py --workdir runs/dna \
      --config.data.path=sequences.fasta --config.data.length=50
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  adam = dict(name='adam', lr=1e-4, b1=0.5, b2=0.9)
  c = config.base(
      'dna_gan', dict(name='sequences', path='sequences.fasta', length=50,
                      alphabet='ACGTN', scores=False),
      steps=100_000, batch=64,
      model=dict(nets=dict(name='dna', width=100, blocks=5, d_width=100,
                           d_blocks=5),
                 weight=10., n_critic=5, z=100, prior='normal', g_optim=adam,
                 d_optim=adam),
      evals=dict(motif=dict(every=10_000, n=5000)))
  c.checkpoint.every = c.samples.every = 2500
  c.reference = 'samples'
  if a.tiny:
    config.shrink(c)
    c.data = dict(name='dna', n=100, length=50)
    c.model.nets = dict(name='dna', width=4, blocks=1, d_width=4, d_blocks=1)
    c.model.z = 4
  return c
