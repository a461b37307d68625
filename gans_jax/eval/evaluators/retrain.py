"""Evaluators that train the house's classifier on samples."""

from collections.abc import Sequence

import jax
import numpy as np
from flax import traverse_util

from gans_jax import errors
from gans_jax.eval import classifier as judges
from gans_jax.eval.evaluators import base
from gans_jax.eval.measures import shares
from gans_jax.eval.onepass import PICTURES, Evaluator
from gans_jax.eval.reference import Reference


def cas(real: Reference, *, n: int = 10_000, seed: int = 0) -> Evaluator:
  """GAN-train and GAN-test: are samples good to learn from?

  Shmelkov et al. 2018 (arXiv:1807.09499), section 3; GAN-train is the
  classification accuracy score of Ravuri and Vinyals 2019 (arXiv:1905.10887),
  whose classifier is a ResNet-50. It needs samples that are right, sharp and
  diverse in every class.

  Values:
    gan_train: accuracy on held-out data of a classifier trained on samples.
    gan_train_least: of the class where it is worst.
    gan_test: accuracy on samples of the classifier trained on the data.
    gan_base: of that classifier on held-out data: what a perfect generator
      has of both.

  Args:
    real: labelled pictures.
    n: samples, as many as the training set if it is to be comparable.
    seed: of both trainings.

  Raises:
    ConfigError: data without labels, or no pictures; when it runs, a game that
      is not conditional.
  """
  judge, test_x, test_y, protocol = _judged('cas', real, n, seed)

  def score(samples):
    if 'y' not in samples:
      raise errors.ConfigError(
          "evaluator 'cas' trains on samples with labels, and these have none: "
          "it is of conditional games; 'mode_dropping' labels samples itself")
    x, y = samples[PICTURES], judges.whole(samples['y'])
    right = _train(real, x, y, seed)(test_x) == test_y
    return dict(
        gan_train=right.mean(),
        gan_train_least=min(right[test_y == k].mean()
                            for k in np.unique(test_y)),
        gan_test=np.mean(_labels(judge, x) == y),
        gan_base=judge.protocol['heldout_accuracy'])

  return base.collected(
      'cas', n, real, score, dict(protocol, better=dict(
          gan_train='higher', gan_train_least='higher', gan_test='higher',
          gan_base=None)), (PICTURES,))


def mode_dropping(real: Reference, *, n: int = 10_000, seed: int = 0,
                  factors: Sequence[int] = (4, 16, 64)) -> Evaluator:
  """Mode dropping, by classification: Santurkar et al. 2018 (1711.00970).

  The classifier of the data labels samples, conditional or not. Their classes'
  shares are set against those of its labels of held-out data, and a classifier
  is trained on them (section 3), which fails where samples are less diverse.

  Values: total_variation, dropped, least, chi2, see `measures.shares`;
    annotated_train: accuracy on held-out data of a classifier trained on the
      samples it labelled; annotated_real: on as many real examples likewise.
    shrinkage: the smallest factor by which real examples can be made fewer so
      that they are no better than samples; as many as samples 1; more than
      the last of `factors` inf.

  Args:
    real: labelled pictures.
    n: samples.
    seed: of all trainings.
    factors: by which the real examples are made fewer; a training each.

  Raises:
    ConfigError: data without labels, or no pictures.
  """
  if list(factors) != sorted(set(factors)) or min(factors, default=2) < 2:
    raise errors.ConfigError(
        f'factors={list(factors)} must rise, from 2 or more')
  judge, test_x, test_y, protocol = _judged('mode_dropping', real, n, seed)
  count, found = real.count(n), {}

  def of_real():
    x = np.concatenate(list(real.pictures(n)))
    y, order = _labels(judge, x), np.random.default_rng(seed).permutation(count)
    for factor in (1, *factors):
      rows = order[:max(1, count // factor)]
      found[factor] = np.mean(
          _train(real, x[rows], y[rows], seed)(test_x) == test_y)

  def score(samples):
    if not found:
      of_real()
    x = samples[PICTURES]
    y = _labels(judge, x)
    data = np.bincount(_labels(judge, test_x), minlength=real.spec.classes)
    accuracy = np.mean(_train(real, x, y, seed)(test_x) == test_y)
    return {**shares.shares(y, data)._asdict(), 'annotated_train': accuracy,
            'annotated_real': found[1],
            'shrinkage': next((f for f, a in found.items() if a <= accuracy),
                              np.inf)}

  protocol |= dict(
      n_real=count, factors=list(factors), better=dict(
          total_variation='lower', dropped='lower', least='higher',
          chi2='lower', annotated_train='higher', annotated_real=None,
          shrinkage='lower'))
  return base.collected(
      'mode_dropping', n, real, score, protocol, (PICTURES,))


def _judged(name, real, n, seed):
  """The judge of the data, held-out pictures and labels, and the protocol."""
  base.check(n)
  base.check_pictures(name, real)
  judge = judges.classifier(real.source, seed=seed)
  test_x, test_y = judges.pictures(judges.held_out(real.source)[1])
  return judge, test_x, test_y, base.common(
      real, n, **judge.protocol, classifier_seed=seed, steps=judges.STEPS)


def _train(real, x, y, seed):
  """Pictures -> labels, by a classifier that was trained on x, y."""
  net = judges.Net(real.spec.classes)
  weights = judges.fit(net, x, y, seed)
  judge = judges.Classifier('', {}, real.spec.range, net, jax.device_put(
      traverse_util.unflatten_dict(weights, sep='/')))
  return lambda x: _labels(judge, x)


def _labels(judge, x):
  return judge(x).probabilities.argmax(1)
