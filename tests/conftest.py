"""Eight virtual CPU devices for every test, and caches of their own.

Set before JAX is imported. Programs that several tests compile, some of them in
processes of their own, are compiled once a session.
"""

import os
import tempfile

import pytest

from tests import rotation

# Programs here are small and run a few times: compile them with little effort.
QUICK = ('--xla_backend_optimization_level=0 '
         '--xla_cpu_use_fusion_emitters=false')
flags = os.environ.get('XLA_FLAGS', '')
if 'host_platform_device_count' not in flags:
  os.environ['XLA_FLAGS'] = (
      f'{flags} --xla_force_host_platform_device_count=8 {QUICK}').strip()
os.environ.setdefault('JAX_PLATFORMS', 'cpu')
if 'PYTEST_XDIST_WORKER' not in os.environ:    # workers share the first one's
  _FOLDER = tempfile.TemporaryDirectory(prefix='gans_jax_tests_')
  os.environ['JAX_COMPILATION_CACHE_DIR'] = os.path.join(_FOLDER.name, 'xla')
os.environ['JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS'] = '0.2'
os.environ['JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES'] = '0'
# The user's own classifiers serve; a fresh machine trains them anew.


def pytest_addoption(parser):
  parser.addoption(
      '--all-systems', action='store_true',
      help='conformance of every system, not of the changed and a share')


def pytest_configure(config):
  """Says to workers, which are given files, that the whole suite was asked."""
  if 'PYTEST_XDIST_WORKER' not in os.environ:
    whole = (config.args_source is config.ArgsSource.TESTPATHS
             and not config.option.keyword
             and not config.getoption('all_systems'))
    os.environ['GANS_JAX_TESTS_ROTATE'] = '1' if whole else ''


def pytest_collection_modifyitems(config, items):
  """Leaves out what has not its turn, if the whole suite was asked.

  And says to the workers what belongs together: the tests of a file, which
  share programs, or of one system in it.
  """
  for item in items:
    item.add_marker(pytest.mark.xdist_group(
        f'{item.path.name}-{_param(item, "system") or ""}'))
  if not os.environ['GANS_JAX_TESTS_ROTATE']:
    return
  system = lambda item: _param(item, 'system')
  whole = lambda item: 'test_whole_builds' in item.name and _param(item, 'name')
  for subject, choose in ((system, rotation.chosen),
                          (whole, rotation.chosen_configs)):
    chosen = choose({s for s in map(subject, items) if s})
    left = [i for i in items if subject(i) and subject(i) not in chosen]
    if left:
      config.hook.pytest_deselected(items=left)
      items[:] = [i for i in items if not subject(i) or subject(i) in chosen]


def _param(item, name):
  return getattr(item, 'callspec', None) and item.callspec.params.get(name)
