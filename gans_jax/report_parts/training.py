"""The curves of training: losses, scores, everything else."""

from gans_jax.report_parts import charts, page
from gans_jax.report_parts.run import Run, leaf, player, unit

MOST_CHARTS = 24


def losses(run: Run) -> str:
  """All training metrics that are a loss, those of the players first."""
  found = {k: s for k, s in run.training().items() if 'loss' in k}
  if not found:
    return page.note('No loss was logged yet.')
  groups = {}
  for name in sorted(found, key=lambda k: not _main_loss(k)):
    title = ('losses of the players' if _main_loss(name) else
             f'other losses of {player(name)}')
    groups.setdefault(title, []).append(found[name])
  return page.grid(charts.chart(title, series, 'loss')
                   for title, series in groups.items())


def scores(run: Run) -> str:
  """What each discriminator says of real and of generated examples."""
  groups = {}
  for name, series in run.training().items():
    if _is_score(name):
      groups.setdefault(player(name), []).append(series)
  if not groups:
    return page.note('No scores were logged: a system logs them as d/real and '
                     'd/fake.')
  for series in groups.values():
    series.sort(key=lambda s: s.name, reverse=True)   # real, then fake
  return (
      '<p>The mean output of the discriminator, before any sigmoid. While the '
      'curves lie apart it tells real from generated; where they meet it '
      'cannot.</p>' + page.grid(
          charts.chart(f'{who} on real and on generated examples', series,
                       f'output of {who}')
          for who, series in groups.items()))


def others(run: Run) -> str:
  """Every other training metric: penalties, gaps, speed."""
  groups = {}
  for name, series in run.training().items():
    if 'loss' not in name and not _is_score(name):
      groups.setdefault(leaf(name), []).append(series)
  if not groups:
    return page.note('No other metrics were logged yet.')
  names = list(groups)
  out = page.grid(charts.chart(name.replace('_', ' '), groups[name], unit(name))
                  for name in names[:MOST_CHARTS])
  if names[MOST_CHARTS:]:
    out += page.note(f'Not drawn: {", ".join(names[MOST_CHARTS:])}.')
  return out


def _main_loss(name):
  """d/d_loss: the loss that a player is named after."""
  return leaf(name) == f'{player(name)}_loss'


def _is_score(name):
  return leaf(name).split('_')[0] in ('real', 'fake')
