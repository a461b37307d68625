"""Three random digits stacked in RGB: a thousand modes that can be counted."""

import numpy as np

from gans_jax import errors
from gans_jax.data import embedded, sources

SIZES = dict(train=128_000, test=26_000)    # PacGAN's
# What is stacked in the sets, by their names.
BASES = dict(stacked_mnist='mnist5k', stacked_digits='digits')


def stacked_mnist(split: str = 'train', n: int | None = None, seed: int = 0
                  ) -> sources.Raw:
  """Triples of mnist5k's digits, 28x28x3; y = 100 red + 10 green + blue.

  Metz et al. 2017 (arXiv:1611.02163), section 3.3.1; sizes as Lin et al. 2018
  (arXiv:1712.04086), who stack the whole of MNIST. Triples of 'test' are of
  held-out digits.

  Args:
    split: 'train' or 'test'.
    n: triples; 128,000 and 26,000 by default.
    seed: of the triples.
  """
  return _stacked('stacked_mnist', embedded.mnist5k(split), split, n, seed)


def stacked_digits(split: str = 'train', n: int | None = None, seed: int = 0
                   ) -> sources.Raw:
  """The same of the 8x8 digits, 8x8x3: for a CPU."""
  return _stacked('stacked_digits', embedded.digits(split), split, n, seed)


def _stacked(name, base, split, n, seed):
  n = SIZES[split] if n is None else n
  if n < 1 or seed < 0:
    raise errors.ConfigError(f'{name}: n={n} must be > 0, seed={seed} >= 0')
  rng = np.random.default_rng([seed, list(SIZES).index(split)])
  rows = rng.integers(base.size, size=(n, 3))
  x, y = (np.asarray(part) for part in base.read(np.arange(base.size)))

  def read(indices):
    three = rows[indices]                                     # [n, 3]
    return (np.concatenate([x[three[:, i]] for i in range(3)], -1),
            (y[three] @ [100, 10, 1]).astype(np.int32))

  names = tuple(f'{k:03d}' for k in range(1000))
  return sources.Raw(name, split, n, read, 1000, names, base.white, ready=True)
