"""Tables of lost modes: acceptance runs beside published numbers.

Published: the tables of PacGAN (Lin et al. 2018, arXiv:1712.04086; means and
errors of 10 runs) and of VEEGAN (Srivastava et al. 2017, arXiv:1705.07761; 5
runs), whose nets and data differ from one another's and from ours. A mode
counts with one sample of high quality in both.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gans_jax import files

# Columns of what is measured, by the data; see eval/coverage, measures/modes.
PLANAR = {'modes with 20 samples': 'modes/modes_20',
          'with 1': 'modes/modes',
          'HQ, %': 'modes/hq',
          'reverse KL': 'modes/reverse_kl'}
STACKED = {'modes': 'stacked_modes/modes', 'KL': 'stacked_modes/kl_uniform'}


@dataclasses.dataclass(frozen=True)
class Method:
  """A line of a table, or one for each config.

  Attributes:
    name: of the method.
    published: modes, high quality in percent and reverse KL; or modes and KL.
    configs: of our runs.
  """

  name: str
  published: str = ''
  configs: tuple[str, ...] = ()


RING = (
    Method('GAN', '6.3 ± 0.5, 98.2, 0.45; VEEGAN: 1, 99.3, -', ('gan_ring',)),
    Method('PacGAN, packs of 2', '7.9 ± 0.1, 95.6, 0.07', ('pacgan_ring',)),
    Method('VEEGAN', 'VEEGAN: 8, 52.9, -', ('veegan_ring',)),
    Method('ALI', '6.6 ± 0.3, 97.6, 0.36; VEEGAN: 2.8, 0.13, -'),
    Method('MAD-GAN, four generators', '', ('madgan_ring',)),
    Method('MGAN, four generators', '', ('madgan_ring_mgan',)),
    Method('Bayesian GAN, eight generators', '', ('bayesian_gan_ring',)),
    Method('AdaGAN, five weak components', '', ('adagan_ring',)),
    Method('unrolled GAN', 'VEEGAN: 7.6, 35.6, -'),
    Method('minibatch discrimination', '4.3 ± 0.8, 36.6, 1.93'),
    Method('WGAN-GP', '', ('wgan_gp_ring',)),
    Method('R1', '', ('r1_gan_ring',)),
    Method('SN-GAN', '', ('sngan_ring',)),
    Method('DRAGAN', '', ('dragan_ring',)),
    Method('R3GAN', '', ('r3gan_ring',)),
    Method('boundary seeking', '', ('bs_gan_ring',)))
GRID = (
    Method('GAN', '17.3 ± 0.8, 94.8, 0.70; VEEGAN: 3.3, 0.5, -', ('gan_grid',)),
    Method('PacGAN, packs of 2', '23.8 ± 0.7, 91.3, 0.13', ('pacgan_grid',)),
    Method('PacGAN, packs of 3', '24.6 ± 0.4, 94.2, 0.06'),
    Method('PacGAN, packs of 4', '24.8 ± 0.2, 93.6, 0.04'),
    Method('VEEGAN', 'VEEGAN: 24.6, 40.0, -', ('veegan_grid',)),
    Method('ALI', '24.1 ± 0.4, 95.7, 0.14; VEEGAN: 15.8, 1.6, -',
           ('ali_grid',)),
    Method('unrolled GAN', 'VEEGAN: 23.6, 16.0, -'),
    Method('minibatch discrimination', '23.8 ± 0.5, 79.9, 0.17'),
    Method('WGAN-GP', '', ('wgan_gp_grid',)),
    Method('R1', '', ('r1_gan_grid',)),
    Method('SN-GAN', '', ('sngan_grid',)))
DIGITS = (
    Method('GAN', '78.9 ± 6.5, 4.50; VEEGAN: 99, 3.40',
           ('gan_stacked_digits',)),
    Method('PacGAN, packs of 2', '1000 ± 0, 0.06', ('pacgan_stacked_digits',)),
    Method('VEEGAN', 'VEEGAN: 150, 2.95'),
    Method('ALI', 'VEEGAN: 16, 5.40'),
    Method('unrolled GAN', 'VEEGAN: 48.7, 4.32'),
    Method('minibatch discrimination', '24.5 ± 7.7, 5.49'),
    Method('WGAN-GP', '', ('wgan_gp_stacked_digits',)),
    Method('SN-GAN', '', ('sngan_stacked_digits',)),
    Method('R3GAN', 'its own: 1000, -', ('r3gan_stacked_digits',)))
# By the name of the README's marks.
TABLES = dict(ring=(RING, PLANAR), grid=(GRID, PLANAR),
              stacked=(DIGITS, STACKED))
PARTS = {PLANAR['HQ, %']: 100.}    # of what is a share, shown in percent


def measured(row: Mapping[str, Any], metric: str) -> str:
  """'8.0 ± 0.1', mean and deviation of a row's seeds; '' where it has none.

  Older rows hold the metrics of their claims only.
  """
  claims = {claim['metric']: claim['values'] for claim in row['claims']}
  values = row.get('values', {}).get(metric, claims.get(metric))
  if values is None:
    return ''
  values = PARTS.get(metric, 1.) * np.asarray(values, np.float64)
  spread = f' ± {np.std(values, ddof=1):.2g}' if len(values) > 1 else ''
  return f'{files.short(np.mean(values))}{spread}'


def table(methods: Iterable[Method], columns: Mapping[str, str],
          rows: Iterable[Mapping[str, Any]]) -> str:
  """Markdown: a line for each method and config.

  Args:
    methods: of the table.
    columns: titles and metrics.
    rows: newest rows of configs/results.jsonl, one a config.
  """
  newest = {row['config']: row for row in rows}
  lines = ['| ' + ' | '.join(['method', 'published', 'ours', *columns]) + ' |',
           '|---' * (3 + len(columns)) + '|']
  for method in methods:
    for name in method.configs or ('',):
      row = newest.get(name)
      cells = ([measured(row, metric) for metric in columns.values()] if row
               else ['not run yet' if name else ''] + [''] * (len(columns) - 1))
      missed = [] if row is None else [
          claim['label'] for claim in row['claims'] if not claim['passed']]
      ours = f'[{name}](configs/{name}.py)' if name else ''
      if missed:
        ours += f' (**missed**: {", ".join(missed)})'
      lines.append('| ' + ' | '.join(
          [method.name, method.published, ours, *cells]) + ' |')
  return '\n'.join(lines)


def render(text: str, rows: Iterable[Mapping[str, Any]]) -> str:
  """`text` of the README with all of TABLES made anew.

  Raises:
    ValueError: the marks of one are missing.
  """
  rows = list(rows)
  for name, (methods, columns) in TABLES.items():
    text = files.marked(text, name, table(methods, columns, rows))
  return text
