"""Which systems and configs the fast suite tests: what changed, and a share.

Conformance compiles a dozen programs a system, and a config of published size
takes seconds to trace. The suite of every day tries the systems whose own file
or configs changed since the main branch was published (or in the last commits),
and a sixth of the others: another sixth with each commit, unless much
changed. So with configs. All are tried by `bash launch/test.sh all`, or by
naming the file: `bash launch/test.sh fast tests/test_systems.py`.
"""

import pathlib
import re
import subprocess
import zlib
from collections.abc import Iterable

SHARES = 6
RECENT = 4    # commits
MANY = 10     # changed systems: then the others wait for the next commit
ROOT = pathlib.Path(__file__).parents[1]


def git(*arguments: str) -> list[str]:
  """Lines of a git command's output; none where git or history is missing."""
  try:
    return subprocess.run(
        ['git', '-C', str(ROOT), *arguments], text=True, capture_output=True,
        check=True, timeout=20).stdout.splitlines()
  except (OSError, subprocess.SubprocessError):
    return []


def changed() -> list[str]:
  """Paths that differ from the published main branch, or are not committed.

  Where this is the published branch, or there is none: of the last commits.
  """
  head = git('rev-parse', 'HEAD')
  base = git('merge-base', 'HEAD', 'origin/main')
  since = (git('diff', '--name-only', base[0], '--') if base and base != head
           else git('log', f'-{RECENT}', '--name-only', '--format='))
  new = git('ls-files', '--others', '--exclude-standard')
  return sorted({*since, *git('diff', '--name-only', 'HEAD', '--'), *new})


def touched(systems: Iterable[str], paths: Iterable[str]) -> set[str]:
  """Systems with a file of their own among `paths`.

  A config belongs to the longest system that its name begins with:
  wgan_gp_ring to wgan_gp, not to wgan.
  """
  systems, out = set(systems), set()
  for path in paths:
    if found := re.fullmatch(r'gans_jax/systems/(\w+)\.py', path):
      out.add(found[1])
    elif found := re.fullmatch(r'configs/(\w+)\.py', path):
      mine = [s for s in systems if f'{found[1]}_'.startswith(f'{s}_')]
      out |= {max(mine, key=len)} if mine else set()
  return out & systems


def share(systems: Iterable[str], turn: int) -> set[str]:
  """The sixth of the names whose turn it is; six turns make all."""
  return {s for s in systems
          if zlib.crc32(s.encode()) % SHARES == turn % SHARES}


def chosen(systems: Iterable[str]) -> set[str]:
  """Systems that the fast suite tries at this commit."""
  systems = set(systems)
  count = git('rev-list', '--count', 'HEAD')
  if not count:
    return systems    # no history: everything
  mine = touched(systems, changed())
  return mine if len(mine) > MANY else mine | share(systems, int(count[0]))


def chosen_configs(names: Iterable[str]) -> set[str]:
  """Configs that it builds at their published size."""
  names = set(names)
  count = git('rev-list', '--count', 'HEAD')
  if not count:
    return names
  paths = set(changed())
  return ({n for n in names if f'configs/{n}.py' in paths}
          | share(names, int(count[0])))
