"""Projections as they are asked for: examples, files, what is wrong."""

import importlib

import jax
import numpy as np
import pytest

from gans_jax import experiment, images
from gans_jax.apps import inverse, project, requests
from gans_jax.data import decode
from gans_jax.errors import ConfigError


def opened(name, **model):
  """(experiment, step, state, mesh) of a run that has just begun."""
  c = importlib.import_module(f'configs.{name}').get_config('tiny')
  c.model.update(model)
  exp = experiment.build(c)
  return exp, 0, jax.jit(exp.init)(), None


def probe(run):
  exp, step, state, _ = run
  return inverse.of_run(exp, state, step)


def test_what_a_linear_g_can_make_is_found():
  run = opened('gan_ring', nets=dict(name='mlp', hidden=()))
  p = probe(run)
  found = project.of_text(p, '0-2,5:steps=300,rate=.2')
  real = inverse.unseen(p.source)[0].batch(np.array([0, 1, 2, 5]))['x']
  np.testing.assert_array_equal(found['real'], real)
  np.testing.assert_allclose(found['made'], real, atol=1e-2)
  assert found['costs'] == pytest.approx(
      np.square(found['made'] - real).mean(1), abs=1e-7)
  bad = project.of_text(p, '0-2,5:steps=1,rate=1e-6')
  assert bad['costs'].min() > 10 * found['costs'].max()
  best = project.of_text(p, '0-2,5:steps=1,rate=1e-6,starts=4')
  assert (best['costs'] <= bad['costs']).all()
  assert (best['costs'] < bad['costs']).any()


def test_files_are_fitted_to_the_data(tmp_path):
  run = opened('acgan_digits')
  path = tmp_path / 'square.png'
  images.save_png(path, np.full((40, 60, 3), 255, np.uint8))
  with pytest.raises(ConfigError, match='--labels'):
    project.of_text(probe(run), str(path))
  (out,) = requests.write(tmp_path / 'x.npz', run, requests.Request(
      project=f'{path}:steps=2', labels='7'))
  found = np.load(out)
  shape = run[0].source.spec.shapes['x']
  assert found['real'].shape == found['made'].shape == (1, *shape)
  assert found['real'].min() == 1, 'white is the upper end of the range'
  (out,) = requests.write(tmp_path / 'x.png', run, requests.Request(
      project='0,1:steps=2'))
  assert decode.decode(out).std() > 0


@pytest.mark.parametrize('text, match', [
    ('', '0-7'), ('here.png', 'no file here.png'), ('99999', 'examples 0 to'),
    ('0:step=3', "mean 'steps'"), ('0:latent=w', 'latent space')])
def test_mistakes_are_told(text, match):
  with pytest.raises(ConfigError, match=match):
    project.of_text(probe(opened('acgan_digits')), text)


def test_what_has_no_use_is_refused(tmp_path):
  with pytest.raises(ConfigError, match='leave out --n, --psi'):
    requests.write(tmp_path / 'a.png', opened('gan_ring'), requests.Request(
        project='0', given=frozenset(('n', 'psi', 'project'))))
