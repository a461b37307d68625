"""Sequences of letters, one-hot: DNA, RNA, proteins.

x is [L, V], a letter of `Spec.alphabet` in each place; `score` where there is
a measurement of each sequence, such as how strongly a protein binds it.
"""

import dataclasses
import gzip
import pathlib
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from gans_jax import errors, files
from gans_jax.data import sources, stored, synthetic
from gans_jax.data.sources import Arrays

DNA = 'ACGT'
MOST_LETTERS = 2 ** 30    # of a file, unpacked
PAD = '*'            # fills up shorter sequences, if the alphabet has it
MOTIF = 'TATAAT'     # -10 box of a bacterial promoter
SECOND = 'TTGACA'    # -35 box


def dna(split: str = 'train', n: int = 20_000, seed: int = 0, length: int = 20,
        motif: str = MOTIF, second: str = SECOND) -> Arrays:
  """Random DNA with a motif somewhere in each sequence, and a score.

  The score is the share of the letters of `second` in the place where it fits
  best, wherever that is: it differs from sequence to sequence, and has nothing
  to do with the motif.

  Args:
    split: 'train' or 'test'.
    n: sequences.
    seed: of the draw.
    length: L.
    motif: put in each, over what was there.
    second: what is scored.

  Raises:
    ConfigError: an argument makes no sense.
  """
  rng = synthetic.draws('dna', split, n, seed)
  wanted, scored = (encode([word], DNA, len(word)).argmax(-1)[0]
                    for word in (motif, second))
  if max(len(motif), len(second)) > length:
    raise errors.ConfigError(
        f'dna: length={length} has no room for {motif} or {second}')
  letters = rng.integers(4, size=(n, length))
  at = rng.integers(length - len(motif) + 1, size=n)
  letters[np.arange(n)[:, None], at[:, None] + np.arange(len(motif))] = wanted
  return source(np.eye(4)[letters], fit(letters, scored), DNA, 'dna', split)


def fit(letters: np.ndarray, word: np.ndarray) -> np.ndarray:
  """Share of `word` [K] that fits best in each of `letters` [N, L]: [N]."""
  windows = np.lib.stride_tricks.sliding_window_view(letters, len(word), 1)
  return (windows == word).mean(-1).max(-1)


def sequences(path: str, split: str = 'train', length: int | None = None,
              alphabet: str = DNA, scores: bool | None = None,
              holdout: float = .1) -> Arrays:
  """Sequences of a file: FASTA, or lines of a sequence and its score.

  A FASTA file begins with '>'. In any other a line is a sequence, or a score
  and a sequence in either order, as protein-binding microarrays (UniPROBE) are
  published; lines without a sequence in the first two fields are headings.

  Args:
    path: of the file; *.gz is unpacked.
    split: 'train' or 'test'.
    length: L; longer sequences are refused, shorter ones filled up by PAD if
      the alphabet has it. None: that of the first one.
    alphabet: the letters, in the order of the axis; upper and lower case are
      one.
    scores: True demands scores, False leaves them out, None: if there are any.
      They are brought to 0..1.
    holdout: share of the sequences that makes 'test'.

  Raises:
    ConfigError: no such file, no sequences, another letter, or another length.
  """
  where = pathlib.Path(path).expanduser()
  words, values = read(where, alphabet)
  if scores and values is None:
    raise errors.ConfigError(f'scores were asked of {where}, which has none')
  x = encode(words, alphabet, length or len(words[0]), where.name)
  if scores is False or values is None:
    measured = None
  else:
    low, high = min(values), max(values)
    measured = (np.asarray(values) - low) / ((high - low) or 1.)
  rows = stored.part(len(x), split, holdout, 'sequences')
  return source(x[rows], None if measured is None else measured[rows],
                alphabet, 'sequences', split)


def source(x: np.ndarray, scores: np.ndarray | None, alphabet: str, name: str,
           split: str) -> Arrays:
  """A source of one-hot x [N, L, V] and scores [N]."""
  made = sources.arrays(np.asarray(x, np.float32), name=name, split=split,
                        range=(0., 1.))
  spec = dataclasses.replace(made.spec, kind='sequences', alphabet=alphabet)
  if scores is None:
    made.spec = spec
    return made
  spec = dataclasses.replace(
      spec, shapes={**spec.shapes, 'score': ()},
      dtypes={**spec.dtypes, 'score': 'float32'})
  return Arrays(spec, dict(x=np.asarray(x, np.float32),
                           score=np.asarray(scores, np.float32)))


def read(path: pathlib.Path, alphabet: str
         ) -> tuple[list[str], list[float] | None]:
  """Sequences of a file, upper case, and their scores if all have one.

  Raises:
    ConfigError: it isn't there, can't be read, has no sequences, or more than
      MOST_LETTERS.
  """
  if not path.is_file():
    raise errors.ConfigError(f'there is no file {path}')
  try:
    with (gzip.open if path.suffix == '.gz' else open)(path, 'rt') as file:
      text = file.read(MOST_LETTERS + 1)    # what is packed may be endless
  except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
    raise errors.ConfigError(f'cannot read {path}: {error}') from error
  if len(text) > MOST_LETTERS:
    raise errors.ConfigError(
        f'{path} holds more than {MOST_LETTERS:,} letters: give a part of it')
  lines = [line.strip() for line in text.splitlines()]
  lines = [line for line in lines if line]
  fasta = bool(lines) and lines[0].startswith('>')
  found = list(_records(lines)) if fasta else list(_rows(lines, alphabet))
  if not found:
    raise errors.ConfigError(
        f'{path} holds no sequences: neither FASTA, nor lines of letters of '
        f'{alphabet}')
  words, values = zip(*found, strict=True)
  return list(words), None if None in values else list(values)


def _records(lines: Sequence[str]) -> Iterator[tuple[str, None]]:
  """Those of FASTA, whose sequences may go over several lines."""
  parts: list[str] = []
  for line in (*lines, '>'):
    if not line.startswith('>'):
      parts.append(line.upper())
    elif parts:
      yield ''.join(parts), None
      parts = []


def _rows(lines: Sequence[str], alphabet: str
          ) -> Iterator[tuple[str, float | None]]:
  for line in lines:
    fields = line.upper().split()[:2]
    words = [f for f in fields if set(f) <= set(alphabet.upper())]
    if words:
      other = [f for f in fields if f != words[0]]
      try:
        yield words[0], float(other[0]) if other else None
      except ValueError:
        yield words[0], None


def encode(words: Sequence[str], alphabet: str, length: int,
           name: str = 'sequence') -> np.ndarray:
  """One-hot float32 [N, length, V].

  Raises:
    ConfigError: a letter that the alphabet lacks, or a length that does not
      fit.
  """
  place = {letter: i for i, letter in enumerate(alphabet.upper())}
  rows = np.zeros((len(words), length), np.int64)
  for i, word in enumerate(map(str.upper, words)):
    if len(word) > length or (len(word) < length and PAD not in place):
      raise errors.ConfigError(
          f'{name} {i + 1} has {len(word)} letters and not {length}: set '
          f'length={len(word)}, cut it, or for shorter ones give an alphabet '
          f'with {PAD!r}, which fills them up')
    if stray := set(word) - set(place):
      raise errors.ConfigError(
          f'{name} {i + 1} has {", ".join(sorted(stray))}, which the alphabet '
          f'{alphabet!r} lacks: give alphabet={alphabet + min(stray)!r}, or '
          'leave such sequences out')
    rows[i] = [place[c] for c in word.ljust(length, PAD)]
  return np.eye(len(alphabet), dtype=np.float32)[rows]


def decode(x: np.ndarray, alphabet: str) -> list[str]:
  """The likeliest letters of [N, L, V], without PAD."""
  return [''.join(alphabet[i] for i in row).replace(PAD, '')
          for row in np.asarray(x).argmax(-1)]


def write(path: pathlib.Path, words: Sequence[str], names: Sequence[str]
          ) -> None:
  """Writes FASTA, whole or not at all."""
  text = ''.join(f'>{name}\n{word}\n'
                 for name, word in zip(names, words, strict=True))
  files.write_atomic(path, text)
