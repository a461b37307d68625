"""What a run stood on: versions, devices, commit, command. For run.json."""

import importlib.metadata
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys
import time
from typing import Any

import jax

from gans_jax import files

PACKAGES = ('gans_jax', 'jax', 'jaxlib', 'flax', 'optax', 'orbax-checkpoint',
            'numpy', 'tensorflow-datasets', 'ml-collections')


def versions() -> dict[str, str]:
  """Installed versions by package; those not installed are left out."""
  out = {'python': platform.python_version()}
  for name in PACKAGES:
    try:
      out[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
      pass
  return out


def commit() -> str:
  """The commit of the checkout this file is in, '+' if it was changed."""
  def git(*args):
    return subprocess.run(
        ['git', '-C', str(pathlib.Path(__file__).parent), *args], text=True,
        capture_output=True, check=True, timeout=10).stdout.strip()
  try:
    return git('rev-parse', '--short=12', 'HEAD') + (
        '+' if git('status', '--porcelain', '--untracked-files=no') else '')
  except (OSError, subprocess.SubprocessError):
    return ''    # installed from a wheel, or no git on this machine


def device() -> str:
  """The devices in words, such as '8 x cpu (2 cores)'."""
  devices = jax.devices()
  kind = devices[0].device_kind
  cores = f' ({os.cpu_count()} cores)' if devices[0].platform == 'cpu' else ''
  return f'{len(devices)} x {kind}{cores}'


def describe() -> dict[str, Any]:
  """All of it, as JSON has it."""
  return dict(
      versions=versions(), device=device(), commit=commit(),
      processes=jax.process_count(), platform=platform.platform(),
      command=' '.join(map(shlex.quote, sys.argv)),
      started=time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime()))


def place() -> dict[str, Any]:
  """Where this start of a run is: for its events."""
  return dict(processes=jax.process_count(), devices=jax.device_count(),
              host=platform.node(), pid=os.getpid())


def cache_dir(*parts: str) -> pathlib.Path:
  """A folder for what can be made again: $GANS_JAX_CACHE, or the user's."""
  root = os.environ.get('GANS_JAX_CACHE') or os.path.join(
      os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'),
      'gans_jax')
  return pathlib.Path(root).joinpath(*parts)


def use_compilation_cache() -> None:
  """Keeps compiled programs in the user's cache folder.

  A second run of the same program starts in seconds. JAX's own variable wins.
  """
  if not os.environ.get('JAX_COMPILATION_CACHE_DIR'):
    jax.config.update('jax_compilation_cache_dir', str(cache_dir('xla')))
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 0.3)


def record(workdir: pathlib.Path, start: int, parameters: dict[str, int]
           ) -> None:
  """Writes run.json; every start of the run adds itself to `starts`."""
  path = workdir / 'run.json'
  run = json.loads(path.read_text()) if path.exists() else {}
  now = describe()
  starts = [*run.get('starts', []), dict(
      step=start, started=now['started'], device=now['device'],
      commit=now['commit'])]
  files.write_atomic(path, json.dumps(
      {**run, **now, 'starts': starts, 'parameters': parameters}, indent=2))
