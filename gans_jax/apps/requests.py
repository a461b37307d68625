"""What is asked of a run's game at once: samples, paths, projections, a file.

launch/sample.py is the command line of this.
"""

import dataclasses
import pathlib

from gans_jax import errors
from gans_jax.apps import inverse, project
from gans_jax.eval import export, langevin, sampler, traverse


@dataclasses.dataclass(frozen=True)
class Request:
  """One request; at most one of the last four, in their order.

  Attributes:
    n: samples, rows or examples.
    seeds: '0-9,42', a sample a seed; None: n of `seed`.
    seed: of all the noise.
    labels: '7' or '0-9', repeated.
    cutoff: normal noise from within +-cutoff.
    psi: truncation of w.
    statistics: BatchNorm's: running, batch or standing.
    langevin: D moves z: 'steps=100,step=0.01'.
    ema: averaged params for the nets that have them.
    project: see `project.of_text`.
    between: pictures on each of n paths between held-out examples.
    reconstruct: held-out examples, and what the game makes of their codes.
    traverse: a code that goes through its values in n rows.
    given: names of what was said, and is not there by default.
  """

  n: int = 64
  seeds: str | None = None
  seed: int = 0
  labels: str | None = None
  cutoff: float | None = None
  psi: float = 1.
  statistics: str = 'running'
  langevin: str | None = None
  ema: bool = True
  project: str | None = None
  between: int | None = None
  reconstruct: bool = False
  traverse: str | None = None
  given: frozenset[str] = frozenset()

  def without(self, why: str, *names: str) -> None:
    """Raises errors.ConfigError if one of `names` was said: it has no use."""
    if said := [f'--{name}' for name in names if name in self.given]:
      raise errors.ConfigError(f'{why}: leave out {", ".join(said)}')


def write(out: pathlib.Path, run: tuple, asked: Request) -> list[pathlib.Path]:
  """Does what is asked, and writes it as `out` ends.

  Args:
    out: *.png, *.npz, *.fasta or a folder; see `export.write`, and
      `inverse.write` of projections and reconstructions.
    run: (experiment, step, state, mesh), of `experiment.open_run`.
    asked: the request.

  Returns:
    What was written.

  Raises:
    errors.ConfigError: what the game cannot do, or what does not go together.
  """
  exp, step, state, mesh = run
  seeds, labels = (export.numbers(name, getattr(asked, name))
                   for name in ('seeds', 'labels'))
  spec, drawn = exp.source.spec, ('seeds', 'cutoff', 'psi', 'statistics',
                                  'langevin')
  if asked.project is not None:
    asked.without('--project looks for codes of given examples', 'n', *drawn)
    p = inverse.of_run(exp, state, step, asked.ema)
    return [inverse.write(out, project.of_text(p, asked.project, labels),
                          spec)]
  if asked.reconstruct or asked.between is not None:
    asked.without('--reconstruct and --between begin at held-out examples',
                  'labels', *drawn)
    return [inverse.write(out, inverse.asked(
        exp, state, step, asked.n, asked.between, asked.ema), spec)]
  how = dict(ema=asked.ema, mode=sampler.Mode(
      asked.cutoff, asked.psi, asked.statistics,
      langevin=langevin.parse(asked.langevin)))
  if asked.traverse is not None:
    asked.without('--traverse draws rows of its own', 'seeds', 'labels',
                  'langevin')
    return traverse.write(out, traverse.asked(
        exp, state, step, mesh, asked.traverse, asked.n, asked.seed, **how),
        spec)
  samples = export.draw(exp, state, step, mesh, n=asked.n, seed=asked.seed,
                        seeds=seeds, labels=labels, **how)
  return export.write(out, samples, spec, seeds)
