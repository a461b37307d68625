"""metrics.jsonl, resume, running means, summaries, progress, TensorBoard."""

import glob
import io
import json
import math

import numpy as np
import pytest

from gans_jax import console, images, metrics

nan, inf = math.nan, math.inf


def write(workdir, start=0, total=100, **kwargs):
  kwargs = {'progress': False, 'tensorboard': False, **kwargs}
  return metrics.Writer(workdir, start, total, **kwargs)


def steps(workdir):
  return [row['step'] for row in metrics.read_rows(workdir)]


class Terminal(io.StringIO):

  def isatty(self):
    return True


def test_nan_mean_skips_nan_and_keeps_inf():
  mean = metrics.NanMean()
  mean.update({'a': 1., 'b': nan, 'c': inf, 'd': nan})
  mean.update({'a': np.array([nan, 4.], np.float32), 'b': 2., 'c': 0.})
  got = mean.compute()
  assert got['a'] == 2.5 and got['b'] == 2. and got['c'] == inf
  assert math.isnan(got['d']) and type(got['a']) is float
  mean.reset()
  assert mean.compute() == {}


def test_nan_mean_averages_rounds_and_keeps_seeds():
  mean = metrics.NanMean()
  mean.update({'a': np.array([[1., nan, nan], [3., 5., nan]])})  # [rounds, S]
  mean.update({'a': np.array([[8., 7., nan]])})
  np.testing.assert_array_equal(mean.compute()['a'], [4., 6., nan])


def test_rows_are_strict_json_one_a_line_and_read_back(tmp_path):
  with write(tmp_path) as writer:
    writer.train(1, {'a': np.float32(.5), 'b': nan, 'c': inf, 'd': -inf})
    writer.eval(1, 'modes', {'modes/modes': np.int32(8)},
                {'n': np.int64(5), 'sizes': (1, 2), 'bound': inf}, ema=True)

  def refuse(constant):
    raise AssertionError(f'{constant} is not JSON')

  lines = (tmp_path / 'metrics.jsonl').read_text().splitlines()
  raw = [json.loads(line, parse_constant=refuse) for line in lines]
  assert raw[0]['values'] == {'a': .5, 'b': None, 'c': 'inf', 'd': '-inf'}
  assert raw[1]['protocol'] == {'n': 5, 'sizes': [1, 2], 'bound': 'inf'}
  train, evaluation = metrics.read_rows(tmp_path)
  assert train['kind'] == 'train' and math.isnan(train['values']['b'])
  assert (train['values']['c'], train['values']['d']) == (inf, -inf)
  assert evaluation['evaluator'] == 'modes' and evaluation['ema'] is True
  assert evaluation['values'] == {'modes/modes': 8.}


def test_a_row_is_on_disk_before_the_run_ends(tmp_path):
  writer = write(tmp_path)
  writer.train(1, {'a': 1.})
  assert steps(tmp_path) == [1]
  writer.close()


def test_values_must_be_numbers_or_one_of_each_seed(tmp_path):
  for bad in (np.zeros((2, 3)), np.zeros(0)):
    with pytest.raises(ValueError, match="'a'.*shape"):
      write(tmp_path).train(1, {'a': bad})
  assert steps(tmp_path) == []


def test_rows_of_seeds_hold_each_and_their_mean(tmp_path):
  with write(tmp_path) as writer:
    writer.train(1, {'a': np.array([1., 3.]), 'b': 7., 'c': np.array([2, inf])})
    writer.eval(1, 'm', {'m/x': np.array([4., nan])}, {}, True)
  train, evaluation = metrics.read_rows(tmp_path)
  assert train['values'] == {'a': 2., 'b': 7., 'c': inf}
  assert train['seeds'] == {'a': [1., 3.], 'c': [2., inf]}
  assert math.isnan(evaluation['values']['m/x'])
  assert evaluation['seeds']['m/x'][0] == 4.
  assert math.isnan(evaluation['seeds']['m/x'][1])


def test_resume_drops_later_rows_and_pictures_and_the_broken_line(tmp_path):
  picture = np.zeros((2, 2, 3), np.uint8)
  with write(tmp_path) as writer:
    for step in (10, 20, 30):
      writer.train(step, {'a': step})
      writer.image(step, 'samples', picture)
      writer.image(step, 'nearest', picture)
  other = tmp_path / 'samples' / 'mine.png'
  images.save_png(other, picture)
  path = tmp_path / 'metrics.jsonl'
  before = path.read_bytes().splitlines(keepends=True)
  path.write_bytes(b''.join(before) + b'{"kind":"train","step":15,"val')
  assert steps(tmp_path) == [10, 20, 30]  # read as it is, without a warning
  with write(tmp_path, start=20) as writer:
    assert path.read_bytes() == b''.join(before[:2])
    writer.train(30, {'a': -1})
  assert [r['values']['a'] for r in metrics.read_rows(tmp_path)] == [10, 20, -1]
  for name in ('samples', 'nearest'):
    assert [s for s, _ in metrics.pictures(tmp_path, name)] == [10, 20]
  assert other.exists()
  assert not list(tmp_path.rglob('*.tmp'))


def test_append_after_a_cut_line_starts_a_new_line(tmp_path):
  path = tmp_path / 'metrics.jsonl'
  path.write_text('{"kind":"tr')
  metrics.append(tmp_path, metrics.eval_row(3, 'e', {'e/a': 1}, {}, False))
  with pytest.warns(UserWarning, match='line 1 '):
    assert steps(tmp_path) == [3]


def test_a_failed_rewrite_leaves_the_rows(tmp_path, monkeypatch):
  with write(tmp_path) as writer:
    writer.train(10, {'a': 1})
    writer.train(20, {'a': 1})

  def fail(*_):
    raise OSError('disk full')

  monkeypatch.setattr('os.replace', fail)
  with pytest.raises(OSError, match='disk full'):
    write(tmp_path, start=10)
  assert steps(tmp_path) == [10, 20]
  assert [p.name for p in tmp_path.iterdir()] == ['metrics.jsonl']


def test_of_equal_rows_the_last_holds_but_protocols_differ(tmp_path):
  for value, n in ((1, 10), (2, 10), (3, 20)):
    metrics.append(tmp_path, metrics.eval_row(
        5, 'e', {'a': value}, {'n': n}, True))
  assert [r['values']['a'] for r in metrics.read_rows(tmp_path)] == [2, 3]


def test_other_hosts_touch_nothing(tmp_path):
  writer = write(tmp_path / 'run', main=False, tensorboard=True, progress=True)
  writer.train(1, {'a': 1.})
  writer.eval(1, 'e', {'a': 1.}, {}, True)
  writer.image(1, 'samples', np.zeros((2, 2, 3), np.uint8))
  writer.progress(1, {'a': 1.})
  writer.close()
  assert list(tmp_path.iterdir()) == []


def test_no_run_no_rows(tmp_path):
  assert metrics.read_rows(tmp_path / 'none') == []
  assert metrics.pictures(tmp_path / 'none') == []


def evaluations(values, name='modes/modes', protocol=None, ema=True):
  return [metrics.eval_row(10 * i, 'modes', {name: v}, protocol or {}, ema)
          for i, v in enumerate(values, 1)]


def test_summary_keeps_final_best_and_mean_apart():
  rows = evaluations([1, 9, 9, 2, 3, 4, 5])
  rows.append({'kind': 'train', 'step': 1, 'values': {'modes/modes': 99.}})
  (s,) = metrics.summary(rows, k=3)
  assert (s.final, s.final_step) == (5, 70)
  assert (s.best, s.best_step) == (9, 20)
  assert (s.mean, s.k, s.count) == (4, 3, 7)
  assert s.std == pytest.approx(math.sqrt(2 / 3))


def test_summary_goes_down_where_lower_is_better():
  (s,) = metrics.summary(evaluations([3, 1, 2], 'x/kl'), k=5)
  assert (s.direction, s.best, s.best_step, s.k) == ('lower', 1, 20, 3)
  (s,) = metrics.summary(evaluations([3, 1, 2], 'x/kl'),
                         directions={'kl': 'higher'})
  assert s.best == 3
  (s,) = metrics.summary(
      evaluations([3, 1, 2], 'x/odd', {'better': {'odd': 'lower'}}))
  assert s.best == 1
  (s,) = metrics.summary(evaluations([3, 1, 2], 'x/odd'))
  assert s.best is None and s.direction is None and s.final == 2


def test_summary_keeps_ema_and_protocols_apart():
  rows = (evaluations([1], protocol={'n': 10}) +
          evaluations([2], protocol={'n': 20}) + evaluations([3], ema=False))
  got = metrics.summary(rows)
  assert [(s.final, s.ema, s.protocol) for s in got] == [
      (1, True, {'n': 10}), (2, True, {'n': 20}), (3, False, {})]


def test_summary_does_not_hide_nan():
  (s,) = metrics.summary(evaluations([5, nan]), k=2)
  assert s.best == 5 and math.isnan(s.mean) and math.isnan(s.final)


@pytest.mark.parametrize('name, expected', [
    ('modes/modes_20', 'higher'), ('modes/20', None),
    ('modes/hq', 'higher'), ('modes/reverse_kl', 'lower'),
    ('modes/high_quality', 'higher'),
    ('classifier/label_entropy', 'higher'), ('f/fd_classifier', 'lower'),
    ('f/fd_classifier_floor', None), ('f/fd_classifier_ratio', 'lower'),
    ('fid/fid', 'lower'), ('prd/recall', 'higher'), ('e/seconds', None)])
def test_direction_by_name(name, expected):
  assert metrics.direction(name) == expected


def test_a_log_gets_a_line_each_tenth(tmp_path):
  out = io.StringIO()
  with write(tmp_path, total=1000, progress=True, stream=out) as writer:
    for step in range(10, 1001, 10):
      writer.progress(step, {'d_loss': 1.23456, 'img/s': 300})
  lines = out.getvalue().splitlines()
  assert len(lines) == 10 and '\r' not in out.getvalue()
  assert lines[0].startswith('step 100/1000 (10%, ') and 'left' in lines[0]
  assert lines[-1] == 'step 1000/1000 (100%)  d_loss 1.235  img/s 300'


def test_a_slow_log_gets_a_line_each_half_minute(monkeypatch):
  clock = [0.]
  monkeypatch.setattr('time.monotonic', lambda: clock[0])
  out = io.StringIO()
  bar = console.Console(0, 10_000, out, seconds=30)
  for step in range(1, 8):
    clock[0] += 10
    bar.show(step, 'x')
  lines = out.getvalue().splitlines()
  assert [line.split()[1] for line in lines] == ['3/10000', '6/10000']
  # Two steps in 20 s: 9997 steps take 99970 s.
  assert '(0%, 27:46:10 left)' in lines[0]


def test_a_terminal_gets_a_bar_with_losses_and_time_left(tmp_path):
  out = Terminal()
  with write(tmp_path, start=50, progress=True, stream=out) as writer:
    writer.progress(80, {'d_loss': 1.5, 'img/s': 300.})
    writer.eval(80, 'modes', {'modes/modes': 8.}, {}, ema=False)
    writer.progress(100, {'d_loss': .25})
  text = out.getvalue()
  assert '\r' in text and '50/100' in text and '100/100' in text
  assert 'left' in text and 'd_loss 0.25' in text
  assert 'step 80, modes without ema: modes/modes 8\n' in text


def events(workdir):
  from tensorboardX.proto import event_pb2
  out = []
  for path in sorted(glob.glob(str(workdir / 'tensorboard' / '*'))):
    data, at = open(path, 'rb').read(), 0
    while at < len(data):  # length (8), its crc (4), event, its crc (4)
      size = int.from_bytes(data[at:at + 8], 'little')
      out.append(event_pb2.Event.FromString(data[at + 12:at + 12 + size]))
      at += 16 + size
  return out


def test_a_large_event_file_is_left_for_another(tmp_path):
  with write(tmp_path, tensorboard=True) as writer:
    writer.train(1, {'a': 1.})
    writer.roll()
    assert len(list((tmp_path / 'tensorboard').iterdir())) == 1
    writer.roll(size=1)
    writer.train(2, {'a': 2.})
  found = events(tmp_path)
  assert len(list((tmp_path / 'tensorboard').iterdir())) == 2
  assert [e.step for e in found if e.summary.value] == [1, 2]


def test_tensorboard_gets_scalars_pictures_and_the_step_to_purge(tmp_path):
  with write(tmp_path, tensorboard=True) as writer:
    writer.train(7, {'d/d_loss': .5, 'd/r1': nan})
    writer.image(7, 'samples', np.zeros((4, 6, 3), np.uint8))
  with write(tmp_path, start=7, tensorboard=True) as writer:
    writer.eval(8, 'm', {'m/a': 2.}, {}, ema=False)
  found = events(tmp_path)
  values = {v.tag: (e.step, v) for e in found for v in e.summary.value}
  assert set(values) == {'d/d_loss', 'samples', 'm/a_no_ema'}
  assert values['d/d_loss'][0] == 7
  assert values['d/d_loss'][1].simple_value == .5
  assert values['samples'][1].image.width == 6
  assert [e.step for e in found if e.HasField('session_log')] == [1, 8]


def test_close_twice_is_fine(tmp_path):
  writer = write(tmp_path, tensorboard=True)
  writer.close()
  writer.close()
