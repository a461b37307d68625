"""What a workdir says of its run, as the sections of a report take it."""

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax.report_parts import charts


@dataclasses.dataclass(frozen=True)
class Run:
  """What a workdir holds.

  Attributes:
    workdir: the folder.
    config: config.json.
    info: run.json, {} if there is none.
    rows: of metrics.jsonl.
  """

  workdir: pathlib.Path
  config: Mapping[str, Any]
  info: Mapping[str, Any]
  rows: list[dict[str, Any]]

  def training(self) -> dict[str, charts.Series]:
    """The curves of all training metrics."""
    return curves([r for r in self.rows if r['kind'] == 'train'])


def curves(rows: list[dict[str, Any]]) -> dict[str, charts.Series]:
  """By metric its curve, with the range of the seeds if there are several."""
  found = {}
  for row in rows:
    for name, value in row['values'].items():
      each = row.get('seeds', {}).get(name, [value])
      found.setdefault(name, []).append(
          (row['step'], value, min(each), max(each), len(each)))
  out = {}
  for name, points in found.items():
    x, y, low, high, n = np.array(points, float).T
    band = (low, high) if n.max() > 1 else ()
    out[name] = charts.Series(name, x, y, *band)
  return out


def player(name: str) -> str:
  """The 'd' of 'd/r1_loss'."""
  return name.split('/')[0] if '/' in name else 'the run'


def leaf(name: str) -> str:
  """The 'r1_loss' of 'd/r1_loss'."""
  return name.split('/')[-1]


def unit(name: str) -> str:
  """What a metric is counted in, as far as its name says."""
  name = leaf(name)
  if name.endswith('_per_s'):
    what = name.removesuffix('_per_s')
    return {'img': 'images'}.get(what, what) + ' per second'
  for end, known in (('seconds', 'seconds'), ('_ms', 'milliseconds'),
                     ('_s', 'seconds'), ('_mb', 'MB'), ('entropy', 'nats'),
                     ('kl', 'nats'), ('_db', 'dB')):
    if name.endswith(end):
      return known
  return name.replace('_', ' ')
