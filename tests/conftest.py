"""Eight virtual CPU devices for every test, and caches of their own.

Set before JAX is imported. Programs that several tests compile, some of them in
processes of their own, are compiled once a session.
"""

import os
import tempfile

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
  """Leaves out systems whose turn it is not, if the whole suite was asked."""
  if not os.environ['GANS_JAX_TESTS_ROTATE']:
    return
  system = lambda item: getattr(item, 'callspec', None) and (
      item.callspec.params.get('system'))
  chosen = rotation.chosen({s for s in map(system, items) if s})
  left = [i for i in items if system(i) and system(i) not in chosen]
  if left:
    config.hook.pytest_deselected(items=left)
    items[:] = [i for i in items if not system(i) or system(i) in chosen]
