"""The loader: step -> batch is a function of (seed, step) and nothing else."""

import threading
import time

import numpy as np
import pytest

from gans_jax import data
from gans_jax.data import loader as loader_lib
from gans_jax.errors import ConfigError


def numbers(n):
  """A source whose example i is the number i, with label i too."""
  return data.arrays(np.arange(n, dtype=np.float32)[:, None], np.arange(n))


def same(a, b):
  assert a.keys() == b.keys()
  for key in a:
    np.testing.assert_array_equal(a[key], b[key])


def random_pictures():
  rng = np.random.default_rng(0)
  x = rng.integers(0, 256, (37, 9, 9, 3), dtype=np.uint8)
  return data.pictures(data.raw(x, np.arange(37)), size=7, pad=1,
                       crop='random', flip=True)


@pytest.mark.parametrize('size,batch', [(12, 4), (10, 4), (7, 3), (3, 8)])
def test_every_example_once_an_epoch(size, batch):
  steps = 3 * size  # a whole number of epochs: 3 * batch
  seen = data.Loader(numbers(size), batch, 0, rounds=steps).batch(0)['y']
  epochs = seen.reshape(-1, size)
  np.testing.assert_array_equal(
      np.sort(epochs, 1), np.tile(np.arange(size), (3 * batch, 1)))
  if size > 3:  # 3! orders are bound to repeat
    assert len(np.unique(epochs, axis=0)) > batch


def test_orders_are_uniform():
  """Each of 3! permutations of an epoch is as likely: chi-square, df 5."""
  seen = data.Loader(numbers(3), 3, 5, rounds=6000).batch(0)['y']
  _, counts = np.unique(seen.reshape(-1, 3), axis=0, return_counts=True)
  assert len(counts) == 6
  assert np.sum((counts - 1000) ** 2 / 1000) < 20.5  # p = .001


def test_rounds_batches_and_start_do_not_matter():
  source = random_pictures()
  whole = data.Loader(source, 6, 3, batches=2, rounds=10).batch(0)
  single = data.Loader(source, 6, 3, batches=2)
  assert whole['x'].shape == (10, 2, 6, 7, 7, 3)
  for step in (9, 0, 4):
    same(single.batch(step), {k: v[step:step + 1] for k, v in whole.items()})
  flat = data.Loader(source, 6, 3, rounds=20).batch(0)
  same({k: v.reshape(flat[k].shape) for k, v in whole.items()}, flat)


def test_shards_concatenate_to_the_global_batch():
  source = random_pictures()
  whole = data.Loader(source, 12, 1, rounds=3).batch(4)
  parts = [data.Loader(source, 12, 1, rounds=3, shard=(k, 3)).batch(4)
           for k in range(3)]
  assert parts[0]['x'].shape == (3, 1, 4, 7, 7, 3)
  same({k: np.concatenate([p[k] for p in parts], 2) for k in whole}, whole)


def test_seeds_equal_singles():
  source = random_pictures()
  many = data.Loader(source, 5, 7, batches=2, rounds=3, seeds=4).batch(2)
  assert many['x'].shape == (3, 4, 2, 5, 7, 7, 3)
  for i in range(4):
    one = data.Loader(source, 5, 7 + i, batches=2, rounds=3).batch(2)
    same({k: v[:, i] for k, v in many.items()}, one)
  assert not np.array_equal(many['y'][:, 0], many['y'][:, 1])


@pytest.mark.parametrize('threads,prefetch', [(1, 1), (2, 2), (5, 3)])
def test_iterate_gives_what_batch_gives(threads, prefetch):
  source = random_pictures()
  direct = data.Loader(source, 6, 0, rounds=2)
  with data.Loader(source, 6, 0, rounds=2, threads=threads,
                   prefetch=prefetch) as loader:
    steps = []
    for step, batch in loader.iterate(3, 12):
      same(batch, direct.batch(step, rounds=min(2, 12 - step)))
      steps.append(step)
  assert steps == [3, 5, 7, 9, 11]


def test_pieces_of_a_dispatch_fit_together(monkeypatch):
  source = random_pictures()
  whole = data.Loader(source, 10, 0, rounds=3, seeds=2).batch(1)
  monkeypatch.setattr(loader_lib, 'CHUNK', 7 * 7 * 3 * 4 * 4)  # about 4
  with data.Loader(source, 10, 0, rounds=3, seeds=2, threads=4) as loader:
    same(loader.batch(1), whole)
    same(next(loader.iterate(1))[1], whole)


class Probe:
  """Counts calls, and does what it is told in them."""

  def __init__(self, action):
    self.inner = numbers(100)
    self.spec = self.inner.spec
    self.calls, self.action = 0, action

  def __len__(self):
    return 100

  def batch(self, indices, keys=None):
    self.calls += 1
    self.action()
    return self.inner.batch(indices)


def settle(probe):
  """Number of calls once it has stopped rising."""
  count = -1
  while count != probe.calls:
    count = probe.calls
    time.sleep(.1)
  return count


def test_keeps_prefetch_dispatches_ahead_and_no_more():
  probe = Probe(lambda: None)
  with data.Loader(probe, 4, 0, prefetch=3) as loader:
    iterator = loader.iterate(0)
    assert settle(probe) == 3  # before anything was asked for
    next(iterator)
    assert settle(probe) == 4


def test_a_failing_thread_is_heard():
  def fail():
    if probe.calls > 2:
      raise ConfigError('cannot read image 17.png')
  probe = Probe(fail)
  with data.Loader(probe, 4, 0, threads=1) as loader:
    iterator = loader.iterate(0)
    next(iterator), next(iterator)
    with pytest.raises(ConfigError, match='cannot read image 17.png'):
      next(iterator)


def test_closing_waits_for_nothing():
  gate = threading.Event()
  probe = Probe(lambda: gate.wait(20))
  loader = data.Loader(probe, 4, 0)
  iterator = loader.iterate(0)
  start = time.monotonic()
  loader.close()
  assert time.monotonic() - start < 5
  gate.set()
  assert len(list(iterator)) <= 2  # those in the making; then it ends
  with pytest.raises(ValueError, match='closed'):
    loader.iterate(0)


def test_closing_frees_a_waiting_consumer():
  gate = threading.Event()
  loader = data.Loader(Probe(lambda: gate.wait(20)), 4, 0, threads=1)
  got = []
  consumer = threading.Thread(
      target=lambda: got.extend(step for step, _ in loader.iterate(0)))
  consumer.start()
  time.sleep(.1)
  loader.close()
  gate.set()
  consumer.join(10)
  assert not consumer.is_alive() and len(got) <= 2


@pytest.mark.parametrize('options,message', [
    (dict(batch_size=0), 'batch_size=0'),
    (dict(batch_size=4, rounds=0), 'rounds=0'),
    (dict(batch_size=4, seed=-1), 'seed=-1'),
    (dict(batch_size=4, shard=(0, 3)), 'not divisible by 3 hosts'),
    (dict(batch_size=4, shard=(2, 2)), r'shard=\(2, 2\)'),
])
def test_bad_arguments(options, message):
  with pytest.raises(ConfigError, match=message):
    data.Loader(numbers(8), **(dict(seed=0) | options))
