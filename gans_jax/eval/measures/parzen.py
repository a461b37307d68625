"""Parzen window estimate of log-likelihood, as the first GAN papers have it.

Misleading in many dimensions: Theis et al. 2016 (arXiv:1511.01844), section 4.
It is here to compare with those papers, and is no test of anything.
"""

from collections.abc import Sequence

import numpy as np

from gans_jax.eval.measures import blocks

# Of data in [0, 1]: 10 from .1 to 1, as Goodfellow's code.
SIGMAS = tuple(np.logspace(-1, 0, 10).round(6).tolist())


def log_likelihoods(samples: np.ndarray, x: np.ndarray, sigmas: Sequence[float]
                    ) -> np.ndarray:
  """`log 1/N sum_i N(x; s_i, sigma^2 I)` in nats, [K, M] for K sigmas.

  Breuleux et al. 2011; Goodfellow et al. 2014 (arXiv:1406.2661), section 5.

  Args:
    samples: of the generator, [N, D].
    x: examples, [M, D].
    sigmas: bandwidths.

  Raises:
    ValueError: data that is none, or a sigma that is not above 0.
  """
  if not min(sigmas, default=0) > 0:
    raise ValueError(f'bandwidths {list(sigmas)} must be above 0')
  samples, x = blocks.centred(*blocks.checked(samples, x, least=1))
  out = np.empty((len(sigmas), len(x)))
  for rows, d in blocks.squared(x, samples):
    d = d.astype(np.float64)
    near = d.min(1, keepdims=True)
    for k, sigma in enumerate(sigmas):
      total = np.mean(np.exp((near - d) / (2 * sigma ** 2)), 1)
      out[k, rows] = np.log(total) - near[:, 0] / (2 * sigma ** 2)
  norm = x.shape[1] * np.log(np.sqrt(2 * np.pi) * np.asarray(sigmas))
  return out - norm[:, None]


def bandwidth(samples: np.ndarray, validation: np.ndarray,
              sigmas: Sequence[float] = SIGMAS) -> float:
  """The sigma under which validation examples are likeliest."""
  means = log_likelihoods(samples, validation, sigmas).mean(1)
  return float(sigmas[int(means.argmax())])
