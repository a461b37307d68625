import pytest

from gans_jax import data
from gans_jax.eval import classifier


@pytest.fixture(scope='session')
def cached(tmp_path_factory):
  """A cache folder that holds the judge of the 8x8 digits, trained once."""
  folder = tmp_path_factory.mktemp('cache')
  with pytest.MonkeyPatch.context() as patch:
    patch.setenv('GANS_JAX_CACHE', str(folder))
    classifier.classifier(data.make('digits'))
  return folder


@pytest.fixture
def use_cached(cached, monkeypatch):
  """Sets that folder for one test."""
  monkeypatch.setenv('GANS_JAX_CACHE', str(cached))
