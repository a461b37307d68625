"""PacGAN's published nets, and what packs do to batches."""

import jax
import numpy as np
import pytest

from configs import pacgan_grid_p, pacgan_ring_p
from gans_jax import experiment


@pytest.mark.parametrize('get_config', [
    pacgan_ring_p.get_config, pacgan_grid_p.get_config])
@pytest.mark.parametrize('pack', [1, 4])
def test_nets_of_the_published_protocol(get_config, pack):
  """2 - 4 x 400 - 2 with BatchNorm; 3 maxout layers of 200 units of 5."""
  c = get_config(f'pack={pack}')
  params = jax.eval_shape(experiment.build(c).init).params
  count = lambda tree: sum(np.prod(x.shape) for x in jax.tree.leaves(tree))
  assert count(params['g']) == (
      2 * 400 + 3 * 400 * 400 + 4 * 2 * 400 + 400 * 2 + 2)
  assert count(params['d']) == (
      1000 * (2 * pack + 1) + 2 * 1000 * (200 + 1) + 200 + 1)
  assert c.batch == 100 * pack and c.steps * 100 == 400 * 100_000
  assert c.reference


def test_weights_begin_small_everywhere():
  state = experiment.build(pacgan_ring_p.get_config()).init()
  for net in 'gd':
    for path, x in jax.tree_util.tree_leaves_with_path(state.params[net]):
      if path[-1].key == 'kernel' and x.size > 1e4:
        np.testing.assert_allclose(np.std(x), .02, rtol=.05)
