"""GoGAN (Juefei-Xu et al. 2017) on a ring of 8 Gaussians.

Two stages of 2,500 rounds, critics with margin 1 and params clipped to 0.1,
RMSProp(5e-4), 5 critic steps a round, MLPs of 2 x 128, batch 256. The claim is
that the gap E D(x) - E D(G(z)), with the same clipping an estimate of the
Wasserstein distance, is no larger at the end of stage 2 than at that of stage
1; the paper argues that a stage halves it. Energy distances are measured, too,
but both stages are within the noise of what 2,500 samples can tell (.011 and
.014 in a pilot). D's scores have a free constant, by which it meets the ranking
of stage 2 early on.

  python launch/train.py --config configs/gogan_ring.py --workdir runs/gogan
"""

from gans_jax import config


def get_config(arg=''):
  a = config.parse_arg(arg, tiny=False)
  rmsprop = dict(name='rmsprop', lr=5e-4)
  c = config.base(
      'gogan', dict(name='ring8'), steps=5000, batch=256,
      model=dict(nets=dict(name='mlp', hidden=(128, 128)), stages=2,
                 rounds=2500, margin=1., disc=1., rank=0.5, clip=0.1,
                 n_critic=5, z=8, g_optim=rmsprop, d_optim=rmsprop),
      evals=dict(modes=dict(every=2500, n=2500),
                 energy_distance=dict(every=2500, n=2500)),
      accept=dict(
          modes=dict(metric='modes/modes_20', min=7.),
          stages=dict(metric='d/gap:late over d/gap:at_2500', max=1.)))
  config.pace_points(c, a.tiny, rounds=50)
  if a.tiny:
    c.model.rounds = 2
  return c
