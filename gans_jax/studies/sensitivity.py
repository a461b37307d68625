"""Which metric sees which fault: faults made by hand, in real pictures.

A generator that is the data is played by pictures that the reference does not
hold: what a metric says of them is its floor at that number of samples. Then
the same pictures are spoiled in one known way at a time. A metric should move
for the faults it is said to see, and stay for the others.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from PIL import Image, ImageFilter

from gans_jax import data, errors
from gans_jax.eval import classifier as judges
from gans_jax.eval import evaluators, onepass, pictures
from gans_jax.eval.features import extractor as extractors
from gans_jax.eval.reference import Reference

Examples = tuple[np.ndarray, np.ndarray]    # x [N, H, W, C] in [-1, 1], y [N]
Fault = Callable[[Examples, Examples, np.random.Generator], Examples]

CLEAN = 3    # disjoint sets of unspoiled pictures
# Less than this is no difference that anybody would report.
LEAST = dict(fd=.25, kid=.25, intra_fd=.1)    # parts of the clean value
SHARE = .05                                   # of all others, absolute


def noise(clean: Examples, reference: Examples, rng) -> Examples:
  """White noise of standard deviation 0.2, a tenth of the range."""
  x, y = clean
  return np.clip(x + rng.normal(0, .2, x.shape), -1, 1), y


def blur(clean: Examples, reference: Examples, rng) -> Examples:
  """A Gaussian blur of 1.2 pixels."""
  x, y = clean

  def one(picture):    # PIL's own is of 8 bits, so channel by channel
    return np.stack([np.asarray(Image.fromarray(c).filter(
        ImageFilter.GaussianBlur(1.2))) for c in np.moveaxis(picture, -1, 0)],
        -1)
  eight = np.rint((x + 1) * 127.5).astype(np.uint8)
  return np.stack([one(p) for p in eight]) / 127.5 - 1, y


def lost_classes(clean: Examples, reference: Examples, rng) -> Examples:
  """Only the first half of the classes, as many samples."""
  x, y = clean
  rows = rng.permutation(np.flatnonzero(y <= (y.max() - 1) // 2))
  rows = np.resize(rows, len(x))
  return x[rows], y[rows]


def collapse(clean: Examples, reference: Examples, rng) -> Examples:
  """Of each class three pictures, over and over."""
  x, y = clean
  rows = np.concatenate([np.resize(rng.permutation(np.flatnonzero(y == k))[:3],
                                   np.sum(y == k)) for k in np.unique(y)])
  return x[rows], y[rows]


def imbalance(clean: Examples, reference: Examples, rng) -> Examples:
  """Class k counts 0.6^k times as much as class 0."""
  x, y = clean
  p = .6 ** y / np.bincount(y)[y]
  rows = rng.choice(len(x), len(x), p=p / p.sum())
  return x[rows], y[rows]


def copies(clean: Examples, reference: Examples, rng) -> Examples:
  """The reference itself."""
  return reference


def wrong_labels(clean: Examples, reference: Examples, rng) -> Examples:
  """The right pictures, asked for by the label of another."""
  x, y = clean
  return x, rng.permutation(y)


@dataclasses.dataclass(frozen=True)
class Row:
  """A fault, and what the metrics must say of it.

  Attributes:
    fault: makes it.
    moves: by metric, the sign of its change.
    stays: metrics that must not see it.
  """

  fault: Fault
  moves: Mapping[str, int]
  stays: tuple[str, ...]


ROWS: dict[str, Row] = {
    'noise': Row(noise, dict(fd=1, kid=1, intra_fd=1, precision=-1, density=-1),
                 ('label_entropy',)),
    'blur': Row(blur, dict(fd=1, kid=1, intra_fd=1, precision=-1, density=-1),
                ('label_entropy',)),
    'lost classes': Row(
        lost_classes, dict(fd=1, kid=1, recall=-1, coverage=-1,
                           label_entropy=-1),
        ('precision', 'cls_agree', 'ms_ssim_class')),
    'collapse within classes': Row(
        collapse, dict(fd=1, intra_fd=1, recall=-1, coverage=-1,
                       ms_ssim_class=1),
        ('label_entropy', 'cls_agree')),
    'label imbalance': Row(
        imbalance, dict(fd=1, kid=1, label_entropy=-1),
        ('precision', 'cls_agree', 'ms_ssim_class')),
    'copies of the reference': Row(
        copies, dict(authenticity=-1, fd=-1, precision=1, recall=1),
        ('label_entropy', 'ms_ssim_class')),
    'wrong labels': Row(
        wrong_labels, dict(cls_agree=-1, intra_fd=1),
        ('fd', 'kid', 'precision', 'recall', 'density', 'coverage',
         'authenticity', 'label_entropy')),
}


@dataclasses.dataclass(frozen=True)
class Found:
  """What the metrics said.

  Attributes:
    clean: by metric, of each of the CLEAN sets.
    spoiled: by fault and metric.
    protocol: how all of it was found.
  """

  clean: dict[str, list[float]]
  spoiled: dict[str, dict[str, float]]
  protocol: dict

  def change(self, fault: str, metric: str) -> int:
    """-1, 0 or 1: whether a metric moved, beyond the spread of clean sets."""
    clean = np.asarray(self.clean[metric])
    gap = self.spoiled[fault][metric] - clean.mean()
    least = (LEAST[metric] * abs(clean.mean()) if metric in LEAST else SHARE)
    # A gap that is nan (nothing to be said) is no change.
    return int(np.sign(gap)) if abs(gap) > max(least, np.ptp(clean)) else 0

  def missed(self) -> list[str]:
    """Sentences about what did not come out as `ROWS` says."""
    out = []
    for fault, row in ROWS.items():
      wanted = {**row.moves, **dict.fromkeys(row.stays, 0)}
      out += [f'{metric} under {fault}: {self.change(fault, metric):+d}, not '
              f'{sign:+d}' for metric, sign in wanted.items()
              if self.change(fault, metric) != sign]
    return out

  def table(self) -> str:
    """Markdown; an arrow where a metric moved."""
    names = list(self.clean)
    lines = ['| pictures | ' + ' | '.join(names) + ' |',
             '|---' * (len(names) + 1) + '|',
             '| unspoiled | ' + ' | '.join(
                 f'{np.mean(v):.3g} ± {np.std(v, ddof=1):.1g}'
                 for v in self.clean.values()) + ' |']
    for fault in self.spoiled:
      cells = ('' if np.isnan(self.spoiled[fault][name]) else
               f'{self.spoiled[fault][name]:.3g}'
               + {1: ' ↑', -1: ' ↓', 0: ''}[self.change(fault, name)]
               for name in names)
      lines.append(f'| {fault} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def run(name: str = 'mnist5k', n: int = 1000,
        extractor: str = extractors.EMBEDDED, seed: int = 0,
        progress: Callable[[str], None] = lambda what: None) -> Found:
  """Spoils a labelled data set, and asks the metrics.

  Args:
    name: of the data set, pictures with labels.
    n: pictures of the reference and of each other set; the data set must hold
      CLEAN + 1 times as many.
    extractor: of the features.
    seed: of the choice of pictures, and of the faults.
    progress: called with the name of what comes next.

  Raises:
    errors.ConfigError: too few pictures, or no labels.
  """
  if name not in data.PICTURES:
    errors.unknown('data set of pictures', name, data.PICTURES)
  source = data.make(name, range=(-1., 1.))
  if not source.spec.classes:
    raise errors.ConfigError(f'{name!r} has no labels')
  if (CLEAN + 1) * n > len(source):
    raise errors.ConfigError(
        f'{name!r} holds {len(source)} pictures, and {CLEAN + 1} sets of n={n} '
        f'are needed: n may be {len(source) // (CLEAN + 1)} at most')
  parts = list(_parts(source, n, seed))
  reference, clean = parts[0], parts[1:]
  real = Reference(_source(reference, name, source.spec.classes))
  asked = {label: evaluators.make(label, real, n=n, **options)
           for label, options in dict(
               fid=dict(extractor=extractor), kid=dict(extractor=extractor),
               intra_fid=dict(extractor=extractor),
               precision_recall=dict(extractor=extractor, n_real=n),
               authenticity=dict(extractor=extractor), ms_ssim={}).items()}
  # The judge is to be good, so it knows the whole data set.
  asked['classifier'] = evaluators.make('classifier', source, n=n)

  def ask(what, examples):
    progress(what)
    draw = pictures.FromSource(_source(examples, 'made', source.spec.classes))
    # Nothing can be said within classes that are not there.
    whole = len(np.unique(examples[1])) == source.spec.classes
    now = {k: e for k, e in asked.items() if whole or k != 'intra_fid'}
    return _short(onepass.run(now, draw), extractor)

  found = [ask('unspoiled', part) for part in clean]
  rng = np.random.default_rng([seed, 1])
  spoiled = {fault: ask(fault, row.fault(clean[0], reference, rng))
             for fault, row in ROWS.items()}
  return Found({k: [f[k] for f in found] for k in found[0]}, spoiled,
               asked['fid'].protocol)


def _parts(source, n: int, seed: int) -> Iterator[Examples]:
  """Disjoint sets of n examples."""
  order = np.random.default_rng([seed, 0]).permutation(len(source))
  for i in range(CLEAN + 1):
    batch = source.batch(order[i * n:(i + 1) * n])
    yield batch['x'], judges.whole(batch['y'])


def _source(examples, name, classes):
  x, y = examples
  return data.arrays(np.asarray(x, np.float32), y, name=name, split='part',
                     classes=classes, range=(-1., 1.))


def _short(values, extractor) -> dict[str, float]:
  """The metrics of the table, without the extractor in their names."""
  features = {name.replace(f'_{extractor}', ''): v
              for label in ('fid', 'kid', 'intra_fid', 'precision_recall',
                            'authenticity')
              for name, v in values.get(label, {}).items()}
  keep = ('fd', 'kid', 'intra_fd', 'precision', 'recall', 'density', 'coverage',
          'authenticity')
  return {**{k: features.get(k, np.nan) for k in keep},
          'ms_ssim_class': values['ms_ssim']['ms_ssim_class'],
          'label_entropy': values['classifier']['label_entropy'],
          'cls_agree': values['classifier']['cls_agree']}
