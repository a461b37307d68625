"""Losses and gradients of small nets, as PyTorch found them in float64.

`tests/parity/test_nets.py` computes the numbers anew. Each is a loss, the norm
of its gradient, or its slope along a fixed direction.
"""

import numpy as np
import pytest

from gans_jax.nets import resnet
from tests.nets import measured
from tests.nets.filled import quick

ADVERSARIAL = {
    'dcgan': dict(d=1.5346385533, d_norm=5.8131319595, d_slope=-5.6324999266,
                  g=.4522153397, g_norm=2.4487529609, g_slope=.6440036241),
    'dc28': dict(d=1.4744190635, d_norm=1.6336850097, d_slope=-.5168753544,
                 g=.9862661837, g_norm=2.1409326238, g_slope=-1.0405423265),
    'sn32': dict(d=22.1232511854, d_norm=118.3031, d_slope=66.5268799252,
                 g=12.4772619092, g_norm=54.792913041, g_slope=-14.639717869),
}
PENALTIES = dict(
    gp=5.5197531416, gp_norm=52.1803102267, gp_slope=-24.606890882,
    r1=56.0453929037, r1_norm=371.9533576442, r1_slope=-175.9305095862)


@pytest.mark.parametrize('name', ADVERSARIAL)
def test_losses_and_gradients(name):
  c = measured.case(name, *measured.SMALL[name])
  z, x, _ = measured.inputs(c)
  found = measured.summary(quick(
      lambda *a: measured.adversarial_gradients(c, *a),
      measured.variables(c.g, z), measured.variables(c.d, x), z, x))
  for key, value in ADVERSARIAL[name].items():
    np.testing.assert_allclose(found[key], value, rtol=2e-4, err_msg=key)


def test_penalties():
  size, width = measured.SMALL['sn32']
  d = resnet.Discriminator(width, spectral=False)
  x = measured.inputs(measured.case('sn32', size, width))[2]
  found = measured.summary(quick(
      lambda v, x: measured.penalty_gradients(d, v, x),
      measured.variables(d, x), x))
  for key, value in PENALTIES.items():
    np.testing.assert_allclose(found[key], value, rtol=2e-4, err_msg=key)
