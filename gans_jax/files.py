"""Files that are either whole or not there."""

import os
import pathlib

PathLike = str | os.PathLike


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
