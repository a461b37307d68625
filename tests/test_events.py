"""events.jsonl, and the table of many runs that is made of it."""

import json
import pathlib
import subprocess
import sys

import pytest

from gans_jax import events, metrics
from launch import status

ROOT = pathlib.Path(__file__).resolve().parents[1]


def test_events_are_added_and_read_back(tmp_path):
  log = events.Log(tmp_path / 'run', 5)
  log('started', devices=8)
  log.step = 7
  log('nan', what='loss', at=6)
  first, second = events.read(tmp_path / 'run')
  assert (first['event'], first['step'], first['devices']) == ('started', 5, 8)
  assert (second['step'], second['at']) == (7, 6)
  assert 0 <= second['time'] - first['time'] < 60
  events.Log(tmp_path / 'run', main=False)('finished')    # another host
  assert len(events.read(tmp_path / 'run')) == 2
  with pytest.raises(ValueError, match="'begun' is no event"):
    log('begun')


def test_a_line_cut_short_is_lost_alone(tmp_path):
  path = tmp_path / events.FILE
  path.write_text('{"event": "started", "step": 0, "time": 1}\n{"event": "sa')
  events.Log(tmp_path, 3)('saved', seconds=1)
  path.write_text(path.read_text() + '{"event": "odd", "step": 1}\n7\n[]\n')
  assert [(e['event'], e['step']) for e in events.read(tmp_path)] == [
      ('started', 0), ('saved', 3)]
  assert events.read(tmp_path / 'none') == []


def test_failures_are_told_once(tmp_path):
  log = events.Log(tmp_path, 4)
  with pytest.raises(RuntimeError), log.failures(KeyError):
    raise RuntimeError('disk\nfull')
  with pytest.raises(KeyError), log.failures(KeyError):
    raise KeyError
  with pytest.raises(RuntimeError), log.failures(
      lost=lambda e: 'closed' in str(e)):
    raise RuntimeError('all-reduce: closed')
  found, left = events.read(tmp_path)
  assert found['event'] == 'failed' and found['step'] == 4
  assert found['error'] == 'RuntimeError: disk\nfull'
  assert left['event'] == 'left'    # to be started again: a follower waits


def make_run(folder, *happened, steps=100, rows=()):
  folder.mkdir(parents=True)
  (folder / 'config.json').write_text(json.dumps(dict(steps=steps)))
  for i, (event, step, *more) in enumerate(happened):
    with open(folder / events.FILE, 'a') as f:
      f.write(json.dumps(dict(event=event, step=step, time=1000. + i,
                              **dict(*more))) + '\n')
  for row in rows:
    metrics.append(folder, row)
  return folder


def test_status_of_runs(tmp_path):
  make_run(tmp_path / 'a', ('started', 0, dict(devices=8)), ('saved', 50),
           ('preempted', 60), ('started', 50, dict(devices=4)),
           ('restored', 50), ('nan', 70), ('rolled_back', 50),
           rows=[dict(kind='train', step=70, time=1010.,
                      values={'speed/img_per_s': 1234.5}),
                 dict(kind='eval', step=50, time=1005., evaluator='modes',
                      ema=True, values={'modes/hq': .5}, protocol={})])
  make_run(tmp_path / 'b', ('started', 0), ('failed', 3))
  make_run(tmp_path / 'c', ('started', 0), ('saved', 100), ('finished', 100))
  make_run(tmp_path / 'old', rows=[
      dict(kind='train', step=100, time=1., values={})])
  (tmp_path / 'no_run').mkdir()
  found = [status.look(p, silent=1, now=1030.)
           for p in status.runs([str(tmp_path)])]
  by = {pathlib.Path(f['run']).name: f for f in found}
  assert list(by) == ['a', 'b', 'c', 'old']
  assert by['a'] == dict(
      run=str(tmp_path / 'a'), state='running', age=20, step=70, steps=100,
      starts=2, faults=dict(preempted=1, nan=1, rolled_back=1), saved=50,
      devices=4, speed=1234.5, metrics={'modes/hq': .5})
  assert status.look(tmp_path / 'a', 1, 1071.)['state'] == 'silent'
  assert [by[k]['state'] for k in ('b', 'c', 'old')] == [
      'failed', 'finished', 'finished']
  lines = status.table(found).splitlines()
  assert len(lines) == 5 and lines[0].split()[:4] == [
      'run', 'state', 'ago', 'step']
  assert lines[1].split()[3:6] == ['70/100', '70%', '2']
  assert 'nan:1' in lines[1]
  assert lines[1].index('70/100') == lines[0].index('step')
  assert [status.ago(x) for x in (None, 5, 119, 120, 7200, 2e5)] == [
      '-', '5s', '119s', '2m', '2h', '2d']


def test_status_needs_no_jax(tmp_path):
  make_run(tmp_path / 'a', ('started', 0))
  code = ('import sys; from launch import status; status.look('
          f'__import__("pathlib").Path({str(tmp_path / "a")!r}), 1); '
          'sys.exit("jax" in sys.modules)')
  assert subprocess.run([sys.executable, '-c', code], cwd=ROOT).returncode == 0
  done = subprocess.run(
      [sys.executable, 'launch/status.py', str(tmp_path / 'none')], cwd=ROOT,
      capture_output=True, text=True)
  assert done.returncode == 2 and done.stderr.startswith('error: no runs in')
