"""Few labels: what a semi-supervised game gains over its D on labels alone.

Each system's config is played on several draws of the labels, one run a draw,
all in one compiled program; beside it the same D, with the same optimizer, for
as many rounds, on the labelled examples alone. Draw i has the seed i in both,
so that the gain is of pairs.
"""

import dataclasses
import importlib
import math
import pathlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gans_jax import config as configs
from gans_jax import data, environment, errors, experiment, files, optim
from gans_jax import game as games
from gans_jax.eval.evaluators import probing
from gans_jax.families import pairs
from gans_jax.losses import classification
from gans_jax.studies import results

CONFIGS = tuple(f'{system}_digits' for system in (
    'improved_gan', 'badgan', 'catgan', 'sgan'))
# Errors that were asked for, by data, config and labels: about 15 % and 9.5 %
# are those of logistic regression and nearest neighbours on 50 and 100 labels.
ASKED = {('digits', 'improved_gan_digits', 50): .09,
         ('digits', 'badgan_digits', 50): .09,
         ('digits', 'catgan_digits', 50): .11,
         ('digits', 'sgan_digits', 100): .06}
STORE = results.ROOT / 'configs' / 'labels.jsonl'
README = results.ROOT / 'README.md'
ROUNDS = 100    # a dispatch
# Data that the configs may be played on in place of 8x8 digits, and the widths
# of nets for it: half of those of Salimans et al. 2016, with two layers less.
NETS = dict(digits={}, mnist5k=dict(hidden=(256, 256),
                                    d_hidden=(512, 256, 128)))


@dataclasses.dataclass(frozen=True)
class Found:
  """Errors on held-out examples, draw by draw.

  Attributes:
    errors: of the game's D.
    alone: of the same D on the labels alone.
  """

  errors: tuple[float, ...]
  alone: tuple[float, ...]

  @property
  def gains(self) -> np.ndarray:
    """[draws], by how much the game is better; positive is better."""
    return np.subtract(self.alone, self.errors)

  @property
  def noise(self) -> float:
    """Standard error of the mean gain: that of pairs."""
    return float(np.std(self.gains, ddof=1) / math.sqrt(len(self.gains)))

  @property
  def beats(self) -> bool:
    """Whether the mean gain is above twice its standard error."""
    return bool(self.gains.mean() > 2 * self.noise)


def supervised(spec: data.Spec, model: Mapping[str, Any]) -> games.Game:
  """The D of a semi-supervised game, on its labelled examples alone.

  Args:
    spec: of data with few labels beside each batch (`data.make(beside=True)`).
    model: of the config of the game: its `nets` and `d_optim` are looked at.
  """
  d = pairs.make(spec, **model['nets'])[1].clone(outputs=spec.classes)

  def labels_loss(t: games.Turn) -> jax.Array:
    return classification.cross_entropy(
        t.apply('d', t.batch['x_labelled']), t.batch['y_labelled'])

  return games.Game(
      nets=dict(d=d),
      players=dict(d=games.Player(('d',), optim.make(**model['d_optim']))),
      round=(games.Move('d', labels_loss),),
      sample=lambda t: dict(x=t.batch['x']),
      critic=lambda t: t.apply('d', t.batch['x']))


def play(game: games.Game, sources: Sequence[data.Source], steps: int,
         batch: int, progress: Callable[[int], None] = lambda step: None
         ) -> games.State:
  """Trains a game on each of the sources; the i-th has the seed i.

  Args:
    game: with a batch of few labels beside each, as `experiment.build` makes.
    sources: of one size.
    steps: rounds.
    batch: examples.
    progress: is told the rounds played.

  Returns:
    The state, with an axis of the sources, as `games.init_seeds` makes it.
  """
  loaders = [data.Loader(source, batch, i, batches=game.batches)
             for i, source in enumerate(sources)]

  def batches(step, rounds):    # [rounds, sources, game.batches, batch, ...]
    return jax.tree.map(lambda *x: np.stack(x, 1), *(
        loader.batch(step, rounds) for loader in loaders))

  keys = jnp.stack([jax.random.key(i) for i in range(len(sources))])
  state = jax.jit(lambda b: games.init_seeds(game, keys, b))(
      {k: v[0, :, 0] for k, v in batches(0, 1).items()})
  run = jax.jit(lambda state, b: jax.lax.scan(
      lambda s, x: games.play_seeds(game, s, x), state, b), donate_argnums=0)
  for step in range(0, steps, ROUNDS):
    state, metrics = run(state, batches(step, min(ROUNDS, steps - step)))
    if bad := [k for k, v in metrics.items() if np.isinf(v).any()]:
      raise errors.TrainingError(f'{bad[0]} is not finite at step {step}')
    progress(min(step + ROUNDS, steps))
  return state


def held_out_errors(game: games.Game, state: games.State, test: data.Source,
                    classes: int) -> tuple[float, ...]:
  """Share of examples whose largest of K logits is not their label, by seed."""
  batch = test.batch(np.arange(len(test)))
  x, y = jnp.asarray(batch['x']), batch['y']

  def judge(state):
    turn = games.Turn(game, state, {'x': x}, state.key, train=False,
                      params={**state.params, **state.ema})
    return game.critic(turn)[:, :classes].argmax(-1)
  said = jax.jit(jax.vmap(judge, in_axes=(games.SEEDS,)))(
      state.replace(opt={}))
  return tuple(float(v) for v in np.mean(np.asarray(said) != y, 1))


def run(name: str, labels: int, draws: int = 5, on: str = '',
        steps: int | None = None,
        progress: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
  """Plays a config, and its D alone, on draws of the labels.

  Args:
    name: of a config with few labels, improved_gan_digits for example.
    labels: how many, in place of the config's own number.
    draws: label seeds 0, 1, ...
    on: data of NETS; '': the config's own.
    steps: rounds, at which falling rates end, too; None: those of the config.
    progress: is told what has been played.

  Returns:
    A row of configs/labels.jsonl.

  Raises:
    errors.ConfigError: no such config, one without few labels, or fewer than
      two draws.
  """
  if draws < 2:
    raise errors.ConfigError(f'draws={draws} say nothing of the spread: 2 or '
                             'more are needed')
  names = {p.stem for p in (results.ROOT / 'configs').glob('[!_]*.py')}
  if name not in names:
    errors.unknown('config', name, names)
  config = importlib.import_module(f'configs.{name}').get_config()
  if not config.data.get('labelled'):
    raise errors.ConfigError(f'config {name!r} has no data.labelled: the study '
                             'is of games with few labels')
  start = time.time()
  if on:
    config.model.nets.update(errors.choose('data of few labels', on, NETS))
    config.data.name = on
  if steps is not None:
    for optimizer in (config.model.g_optim, config.model.d_optim):
      if 'decay' in optimizer:
        optimizer.decay.update({k: v * steps // config.steps for k, v in
                                optimizer.decay.items()
                                if k in ('start', 'steps')})
  steps = steps or config.steps
  options = {**configs.plain(config)['data'], 'labelled': labels}
  sources = [data.make(**{**options, 'label_seed': i}) for i in range(draws)]
  beside = [data.make(**{**options, 'label_seed': i, 'beside': True})
            for i in range(draws)]
  config.data = options
  game = experiment.build(config).game
  alone = supervised(beside[0].spec, configs.plain(config)['model'])
  test, classes = probing.heldout(sources[0]), sources[0].spec.classes

  def found(what, game, of):
    state = play(game, of, steps, config.batch,
                 lambda step: progress(f'{what}: {step} of {steps} rounds'))
    return held_out_errors(game, state, test, classes)

  by_game = found(f'{name}, {labels} labels', game, sources)
  by_labels = found('its D on labels alone', alone, beside)
  said = environment.describe()
  return dict(
      system=config.system, config=name, data=options['name'], labels=labels,
      examples=len(sources[0]), held_out=len(test), steps=steps,
      errors=list(by_game), alone=list(by_labels),
      seconds=round(time.time() - start, 1),
      **{k: said[k] for k in ('versions', 'device', 'commit', 'started')})


def table(rows: Iterable[Mapping[str, Any]]) -> str:
  """Markdown: a line for the newest row of each config and number of labels."""
  newest = {(r['data'], r['labels'], r['config']): r for r in rows}
  lines = ['| examples, labels | config | error, % | asked | same D, labels '
           'alone, % | gain, points | draws won | |', '|---' * 8 + '|']
  percent = lambda v: f'{100 * np.mean(v):.1f} ± {100 * np.std(v, ddof=1):.1f}'
  for (name, labels, config), row in sorted(newest.items()):
    found = Found(tuple(row['errors']), tuple(row['alone']))
    asked = ASKED.get((name, config, labels))
    missed = asked is not None and np.mean(found.errors) > asked + 1e-9
    lines.append('| ' + ' | '.join([
        f'{row["examples"]:,} of {name}, {labels}',
        f'[{config}](configs/{config}.py)', percent(found.errors),
        '' if asked is None else f'≤ {100 * asked:g}', percent(found.alone),
        f'{100 * found.gains.mean():.1f} ± {100 * found.noise:.1f}',
        f'{int(np.sum(found.gains > 0))} of {len(found.gains)}',
        ('better' if found.beats else '**not better**')
        + (', **missed**' if missed else '')]) + ' |')
  return '\n'.join(lines)


def read(store: pathlib.Path = STORE) -> list[dict[str, Any]]:
  """All rows, oldest first."""
  return results.read(store)


def render(text: str, rows: Iterable[Mapping[str, Any]]) -> str:
  """`text` of the README with the table of this study made anew.

  Raises:
    ValueError: the marks are missing.
  """
  return files.marked(text, 'labels', table(rows))


def record(row: Mapping[str, Any], store: pathlib.Path = STORE) -> None:
  """Appends a row, and writes the README's table anew."""
  results.append(row, store)
  files.write_atomic(README, render(README.read_text(), read(store)))
