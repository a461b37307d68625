"""Eight virtual CPU devices for every test, and caches of their own.

Set before JAX is imported. Programs that several tests compile, some of them in
processes of their own, are compiled once a session.
"""

import os
import tempfile

# Programs here are small and run a few times: compile them with little effort.
QUICK = ('--xla_backend_optimization_level=0 '
         '--xla_cpu_use_fusion_emitters=false')
flags = os.environ.get('XLA_FLAGS', '')
if 'host_platform_device_count' not in flags:
  os.environ['XLA_FLAGS'] = (
      f'{flags} --xla_force_host_platform_device_count=8 {QUICK}').strip()
os.environ.setdefault('JAX_PLATFORMS', 'cpu')
_FOLDER = tempfile.TemporaryDirectory(prefix='gans_jax_tests_')
os.environ['JAX_COMPILATION_CACHE_DIR'] = os.path.join(_FOLDER.name, 'xla')
os.environ['JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS'] = '0.2'
os.environ['JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES'] = '0'
# The user's own classifiers serve; a fresh machine trains them anew.
