"""Evaluators of what detectors see: jet images and calorimeter showers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gans_jax import errors
from gans_jax.data import jets as jet_data
from gans_jax.data import showers as shower_data
from gans_jax.eval.evaluators import base, probing
from gans_jax.eval.measures import jets as measure
from gans_jax.eval.measures.roc import auroc
from gans_jax.eval.measures.two_samples import kolmogorov_smirnov
from gans_jax.eval.onepass import Evaluator, Probe
from gans_jax.eval.reference import Reference

LAYERS = tuple(shower_data.SHAPES)


def jets(real: Reference, *, n: int = 2000, n_real: int | None = 2000,
         unit: float = jet_data.UNIT, width: float = jet_data.WIDTH
         ) -> Evaluator:
  """Observables of jet images, against real ones; see `measures.jets`.

  Values: ks_mass, ks_pt, ks_tau21, ks_sparsity, Kolmogorov-Smirnov distances;
  and with `_fake` and `_real` the means of mass, pt, tau21, sparsity.

  Args:
    real: jet images.
    n: samples.
    n_real: real ones; None: all.
    unit: GeV of a pixel's 1.
    width: of a pixel, in eta and phi.

  Raises:
    ConfigError: the data is no jet images.
  """
  base.check(n)
  _check_kind('jets', real)
  found = None

  def score(samples):
    nonlocal found
    if found is None:
      x = np.concatenate([b['x'] for b in real.batches(n_real)])
      found = measure.observables(x, unit, width)
    fake = measure.observables(samples['x'], unit, width)
    values = {}
    for name, a, b in zip(measure.Jets._fields, fake, found, strict=True):
      values |= {f'ks_{name}': kolmogorov_smirnov(a, b),
                 f'{name}_fake': _mean(a), f'{name}_real': _mean(b)}
    return values

  return base.collected('jets', n, real, score, base.better(
      base.common(real, n, n_real=real.count(n_real), unit_gev=unit,
                  pixel=width, axes='exclusive kT', hardest=measure.HARDEST),
      **{f'ks_{k}': 'lower' for k in measure.Jets._fields},
      **{f'{k}_{of}': None for k in measure.Jets._fields
         for of in ('fake', 'real')}))


def showers(real: Reference, *, n: int = 2000, n_real: int | None = 2000
            ) -> Evaluator:
  """Energies of showers and of their layers, against real ones.

  Values:
    response: mean |sum - E| / E, E what was asked for; `response_real`.
    fraction0, ...: mean shares of the layers; `fraction0_real`, ...
    fraction_error: the largest |mean share / mean real share - 1|.
    ks_energy0, ...: Kolmogorov-Smirnov distances of the layers' energies.
    ks_sparsity0, ...: of the shares of cells that have something in them.

  Args:
    real: showers.
    n: samples, asked for with the energies of the data.
    n_real: real ones; None: all.

  Raises:
    ConfigError: the data is no showers.
  """
  base.check(n)
  _check_kind('showers', real)
  found = None

  def score(samples):
    nonlocal found
    if found is None:
      parts = list(real.batches(n_real))
      found = _shower({k: np.concatenate([b[k] for b in parts])
                       for k in (*LAYERS, 'energy')})
    fake = _shower(samples)
    values = dict(response=fake['response'].mean(),
                  response_real=found['response'].mean())
    shares, wanted = (v['shares'].mean(0) for v in (fake, found))
    for i in range(len(LAYERS)):
      values |= {f'fraction{i}': shares[i], f'fraction{i}_real': wanted[i]}
      values |= {f'ks_{k}{i}': kolmogorov_smirnov(
          fake[k][:, i], found[k][:, i]) for k in ('energy', 'sparsity')}
    return {**values, 'fraction_error': np.abs(shares / wanted - 1).max()}

  neither = [f'fraction{i}{end}' for i in range(len(LAYERS))
             for end in ('', '_real')]
  return base.collected(
      'showers', n, real, score, base.better(
          base.common(real, n, n_real=real.count(n_real)),
          **dict.fromkeys((*neither, 'response_real')),
          **dict.fromkeys(('response', 'fraction_error'), 'lower')),
      wants=(*LAYERS, 'energy'))


def _shower(samples: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  """Of each shower: response [N], shares, energy and sparsity [N, layers]."""
  layers = [np.asarray(samples[k], np.float64) for k in LAYERS]
  energy = np.stack([x.sum((1, 2)) for x in layers], -1)
  total, asked = energy.sum(-1), np.asarray(samples['energy'], np.float64)
  return dict(
      energy=energy, response=np.abs(total - asked) / asked,
      # A shower without any energy has shares of 0.
      shares=energy / np.maximum(total, 1e-12)[:, None],
      sparsity=np.stack([(x > 0).mean((1, 2)) for x in layers], -1))


def class_auc(real: Reference, *, n: int = 1000, head: str = 'classes',
              heldout: Mapping[str, Any] | None = None) -> Evaluator:
  """How well D's head of two classes tells held-out real examples apart.

  Values: auc, the area under the ROC curve; 1/2 is chance.

  Args:
    real: the training data, of two classes.
    n: held-out examples; fewer where there are fewer.
    head: of Game.heads, Turn -> logits [B] of class 1.
    heldout: arguments of `data.make` for them; None: the split 'test' of the
      same data set.

  Raises:
    ConfigError: other than two classes, no held-out examples; when it runs, a
      game that has no such head.
  """
  base.check(n)
  if real.spec.classes != 2:
    raise errors.ConfigError(
        f"evaluator 'class_auc' is of two classes; {real.spec.name!r} has "
        f'{real.spec.classes}')
  other = probing.heldout(real.source, heldout)

  def probe(p: Probe) -> dict[str, float]:
    judge = probing.program(p, errors.choose(
        'head of this game', head, p.game.heads))
    logits, labels = [], []
    for i, (batch, size) in enumerate(probing.chunks(other, n, real.spec)):
      logits.append(np.asarray(judge(batch, i))[:size])
      labels.append(batch['y'][:size])
    return dict(auc=auroc(np.concatenate(logits), np.concatenate(labels)))

  return Evaluator('class_auc', n, real.spec, base.better(base.common(
      real, n, n_heldout=min(n, len(other)), nets='evaluation mode', head=head,
      heldout=f'{other.spec.name}:{other.spec.split}'), auc='higher'),
      probe=probe)


def _mean(values: np.ndarray) -> float:
  """Of those that are not nan; nan if all are."""
  known = values[~np.isnan(values)]
  return known.mean() if len(known) else np.nan


def _check_kind(name: str, real: Reference) -> None:
  if real.spec.kind != name:
    raise errors.ConfigError(
        f'evaluator {name!r} is of data of its kind, such as {name!r}; '
        f'{real.spec.name!r} is of another')
