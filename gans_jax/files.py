"""Files that are either whole or not there, and parts of them that are made."""

import os
import pathlib

from gans_jax import errors

PathLike = str | os.PathLike


def inside(folder: PathLike, name: str) -> pathlib.Path:
  """folder/name, of a name that an archive, a bucket or a file gives.

  Raises:
    errors.ConfigError: it would be no file in the folder.
  """
  parts = pathlib.PurePosixPath(name.replace('\\', '/')).parts
  if not parts or '..' in parts or parts[0] == '/' or '\0' in name:
    raise errors.ConfigError(
        f'{name!r} is no name of a file in {os.fspath(folder)}: it leads out '
        'of it, and nothing was read or written there')
  return pathlib.Path(folder) / name


def write_atomic(path: PathLike, data: bytes | str) -> pathlib.Path:
  """Writes a file by way of a temporary neighbour and a rename.

  A reader, or a process killed half-way, sees the old file or the new one. Text
  is written as UTF-8. Missing folders are made.
  """
  path = pathlib.Path(path)
  path.parent.mkdir(parents=True, exist_ok=True)
  temporary = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
  data = data.encode() if isinstance(data, str) else data
  try:
    with open(temporary, 'wb') as f:
      f.write(data)
      f.flush()
      os.fsync(f.fileno())
    os.replace(temporary, path)
  finally:
    temporary.unlink(missing_ok=True)
  return path


def marked(text: str, name: str, made: str) -> str:
  """`text` with what stands between the marks <!-- name --> made anew.

  Raises:
    ValueError: the marks <!-- name --> and <!-- /name --> are missing.
  """
  begin, end = f'<!-- {name} -->', f'<!-- /{name} -->'
  before, found, rest = text.partition(begin)
  _, closed, after = rest.partition(end)
  if not found or not closed:
    raise ValueError(f'a README needs the marks {begin} and {end}')
  return f'{before}{begin}\n{made}\n{end}{after}'


def short(x: float) -> str:
  """A number of a table: three digits, or all before the point."""
  return f'{x:.0f}' if abs(x) >= 999.5 else f'{x:.3g}'


def append_line(path: PathLike, line: str) -> None:
  """Adds a line to a file in one write. Missing folders are made.

  A last line that a killed process cut short is ended first, so that it alone
  is lost.

  Raises:
    OSError: the disk is full, or took only a part.
  """
  path = pathlib.Path(path)
  path.parent.mkdir(parents=True, exist_ok=True)
  line += '\n'
  with open(path, 'ab+', buffering=0) as f:
    if f.seek(0, os.SEEK_END):
      f.seek(-1, os.SEEK_END)
      if f.read(1) != b'\n':
        line = '\n' + line
    data = line.encode()
    if f.write(data) != len(data):
      raise OSError(f'the disk took only a part of a line of {path}')
