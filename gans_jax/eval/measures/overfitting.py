"""Does the discriminator know its training data by heart?"""

from typing import NamedTuple

import numpy as np


class Overfitting(NamedTuple):
  """What D's logits say of examples it has, and has not, been trained on.

  Attributes:
    train: mean logit of training examples.
    heldout: of held-out ones.
    fake: of generated ones.
    r_v: `(train - heldout) / (train - fake)`: 0 without overfitting; 1 where D
      takes held-out examples for fakes. nan if D tells nothing apart.
    r_t: mean sign of the logits of training examples; ADA holds it at 0.6.
    accuracy_train: share of training examples taken for real, logit > 0.
    accuracy_heldout: of held-out ones. BigGAN's D had over 0.98 of the former
      and 0.5 to 0.55 of these (Brock et al. 2019, arXiv:1809.11096, 4.2).
    accuracy_fake: share of fakes taken for fakes, logit < 0.
  """

  train: float
  heldout: float
  fake: float
  r_v: float
  r_t: float
  accuracy_train: float
  accuracy_heldout: float
  accuracy_fake: float


def overfitting(train: np.ndarray, heldout: np.ndarray, fake: np.ndarray
                ) -> Overfitting:
  """Overfitting heuristics of Karras et al. 2020 (arXiv:2006.06676), eq. 1.

  Signs and accuracies mean something where D's logit 0 is the border, as in
  the logistic and hinge games; not for a Wasserstein critic, of which r_v is
  still sound.

  Args:
    train: logits of training examples, [N, ...]: a patch counts as one.
    heldout: [M, ...].
    fake: [L, ...].

  Raises:
    ValueError: no logits, or nan.
  """
  parts = [np.asarray(x, np.float64).ravel() for x in (train, heldout, fake)]
  if not all(len(x) and np.isfinite(x).all() for x in parts):
    raise ValueError('logits are missing, nan or infinite')
  a, b, c = (float(x.mean()) for x in parts)
  return Overfitting(
      a, b, c, (a - b) / (a - c) if a != c else float('nan'),
      float(np.sign(parts[0]).mean()),
      *(float(np.mean(x)) for x in (parts[0] > 0, parts[1] > 0, parts[2] < 0)))
