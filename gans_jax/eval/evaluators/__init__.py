"""Evaluators: named in the config, they score what a `draw` function gives.

An evaluator is made by a function of this package, `name(real, *, n, ...)`,
with `real` the data as a `reference.Reference`. `onepass.run` then runs any
number of them over one pass of samples, of a `sampler.Draw` or from files.
They return numbers, and carry the protocol they were taken by, since a number
without its protocol can't be compared.
"""

from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Source
from gans_jax.eval.evaluators import (
    anomaly, by_class, classes, codes, density, duplicates, energy, features,
    finite, generators, labelled, overfit, pairs, patches, paths, physics,
    planar, polygons, reconstruct, represent, retrain, rotation, sequences,
    stacked)
from gans_jax.eval.onepass import Evaluator
from gans_jax.eval.reference import Reference

EVALUATORS = dict(
    adaptation=generators.adaptation,
    anomaly=anomaly.anomaly,
    authenticity=features.authenticity,
    birthday=duplicates.birthday,
    cas=retrain.cas,
    class_auc=physics.class_auc,
    class_spread=by_class.class_spread,
    classification_error=classes.classification_error,
    classifier=labelled.classifier,
    clusters=by_class.clusters,
    code_clusters=codes.code_clusters,
    code_moments=codes.code_moments,
    copying=features.copying,
    coupling=generators.coupling,
    design=sequences.design,
    energy_distance=energy.energy_distance,
    fid=features.fid,
    fid_infinity=features.fid_infinity,
    generators=generators.generators,
    inception_score=features.inception_score,
    intra_collapse=duplicates.intra_collapse,
    intra_fid=features.intra_fid,
    jets=physics.jets,
    kid=features.kid,
    knn=represent.knn,
    linear_probe=represent.linear_probe,
    lpips_diversity=pairs.lpips_diversity,
    mode_dropping=retrain.mode_dropping,
    modes=labelled.modes,
    moments=finite.moments,
    motif=sequences.motif,
    ms_ssim=pairs.ms_ssim,
    overfitting=overfit.overfitting,
    parzen=density.parzen,
    planar=planar.planar,
    polygon_precision=polygons.polygon_precision,
    polygons=polygons.polygons,
    ppl=paths.ppl,
    prd=features.prd,
    precision_recall=features.precision_recall,
    reconstruction=reconstruct.reconstruction,
    rotation=rotation.rotation,
    sfid=features.sfid,
    showers=physics.showers,
    stacked_modes=stacked.stacked_modes,
    swd=patches.swd,
    total_variation=finite.total_variation,
)


def make(name: str, real: Reference | Source, **options: Any) -> Evaluator:
  """Makes an evaluator by name.

  Args:
    name: one of EVALUATORS.
    real: the data, its train split; a Reference is shared by evaluators.
    **options: arguments of the evaluator.

  Raises:
    ConfigError: no such evaluator or argument (the nearest names are shown),
      or one that can't score such data.
  """
  function = errors.choose('evaluator', name, EVALUATORS)
  if not isinstance(real, Reference):
    real = Reference(real)
  return errors.call(f'evaluator {name!r}', function, real, **options)
