"""Measures how fast a config trains, or ours against others.

  python launch/bench.py --config configs/dcgan_mnist.py
  python launch/bench.py --config configs/wgan_gp_ring.py --json speed.json
  python launch/bench.py --versus flax
  .venv-parity/bin/python launch/bench.py --versus torch --nets=sn32,ring
  python launch/bench.py --versus seeds
  .venv-parity/bin/python launch/bench.py eval
  python launch/bench.py devices --config configs/dcgan_mnist.py
  python launch/bench.py devices --config configs/biggan_imagenet128.py \
      --topology v5e:4x8 --devices 8,32

Of a config: real images through D a second and rounds a second, trace, lower
and compile time without the compilation cache, FLOPs and bytes of a round
(counted from the nets; a lazy move counts as played), peak memory, collectives,
parameters, and what the training loop costs over the bare compiled rounds.
Random pictures stand in for missing data.

--versus takes turns, A B A B ..., and reports the ratio of the medians and of
each pair of turns. flax: the same nets on flax.linen's convolutions. torch: the
same nets in eager PyTorch (extra [parity]). seeds: ten in one program, spread
over the cores, against one run at a time (of PyTorch, too, where it is). eval
(also as a word alone): frechet2048, the Fréchet distance against scipy's sqrtm,
and manifold10k, precision, recall, density and coverage against prdc.

devices: the config's round compiled for 1, 2, 4 and 8 devices, replicated and
fully sharded: bytes that collectives move beside the bytes of the gradients,
and what a device holds. On a CPU eight devices are made; --topology compiles
for a TPU slice instead, which need not be there (extra [tpu]).
"""

import json
import pathlib
import sys

sys.path[0:0] = [str(pathlib.Path(__file__).resolve().parents[1])]

from absl import flags  # noqa: E402
from ml_collections import config_flags  # noqa: E402

from launch import cli  # noqa: E402

CONFIG = config_flags.DEFINE_config_file(
    'config', None, 'File of configs/, with an argument after a colon.')
VERSUS = flags.DEFINE_string('versus', None, 'flax, torch, seeds or eval.')
NETS = flags.DEFINE_list('nets', [], '--versus: dcgan64, sn32, sn32_gp, ring.')
BATCH = flags.DEFINE_integer('batch', 0, '--versus: 0 is 64 for dcgan64, 16 '
                             'for sn32 and sn32_gp, 256 for ring.', 0)
SECONDS = flags.DEFINE_float('seconds', 3., '--versus: of a turn, about.')
ROUNDS = flags.DEFINE_integer('rounds', 0, '--config: of a timed run; 0 is '
                              'about 1.5 seconds of them.', 0)
SIZE = flags.DEFINE_integer('size', 32, '--config: pixels of random pictures, '
                            'where it does not say.', 1)
LOOP = flags.DEFINE_bool('loop', True, '--config: run the real loop, too.')
REPEATS = flags.DEFINE_integer('repeats', 5, 'Timed runs, or turns a side.', 1)
ROWS = flags.DEFINE_list('rows', [], 'eval: frechet2048, manifold10k.')
DIMS = flags.DEFINE_integer('dims', 2048, 'eval: of features.', 2)
SAMPLES = flags.DEFINE_integer('samples', 10_000, 'eval: of each set.', 7)
TOPOLOGY = flags.DEFINE_string('topology', '', 'devices: a TPU slice, v5e:2x4.')
DEVICES = flags.DEFINE_string('devices', None, 'devices: how many, 1,8; by '
                              'default 1, 2, 4, 8 and the whole slice.')
JSON = flags.DEFINE_string('json', None, 'File to write the numbers to.')
CHECK = flags.DEFINE_bool('check', False, 'Exit with 1 if a target is missed.')


def main(argv):
  from gans_jax import errors, sharding
  for word in argv[1:]:
    errors.choose('thing to measure', word, dict(eval=None, devices=None))
  if argv[1:] == ['devices']:
    import jax

    from gans_jax.benchmark import devices
    from gans_jax.eval import export
    config = cli.required(CONFIG, 'such as configs/gan_ring.py')
    jax.config.update('jax_platforms', 'cpu')    # nothing is run
    jax.config.update('jax_num_cpu_devices', max(devices.COUNTS))
    return report(devices.measure(
        config, export.numbers('devices', DEVICES.value) or (),
        TOPOLOGY.value, SIZE.value))
  if argv[1:] and VERSUS.value not in (None, 'eval'):
    raise errors.ConfigError('eval and --versus: one at a time')
  if argv[1:] or VERSUS.value == 'eval':
    from gans_jax.benchmark import evaluation
    results = evaluation.compare(ROWS.value, repeats=REPEATS.value,
                                 dims=DIMS.value, samples=SAMPLES.value)
  elif VERSUS.value:
    from gans_jax.benchmark import versus
    sharding.use_cores(versus.SEEDS if VERSUS.value == 'seeds' else 1)
    results = versus.compare(
        VERSUS.value, NETS.value, batch=BATCH.value, repeats=REPEATS.value,
        seconds=SECONDS.value)
  else:
    from gans_jax.benchmark import measure
    config = cli.required(CONFIG, 'such as configs/gan_ring.py')
    sharding.use_cores(config.seeds)
    results = [measure.measure(
        config, rounds=ROUNDS.value, repeats=REPEATS.value,
        size=SIZE.value, loop=LOOP.value)]
  report(results)


def report(results):
  """Prints results as they come, and writes and checks them as flags say."""
  from gans_jax import errors
  found = []
  for result in results:
    print(result, flush=True)
    found.append(result)
  if JSON.value:
    pathlib.Path(JSON.value).write_text(
        json.dumps([r.json for r in found], indent=2))
  if CHECK.value and not all(r.reached for r in found):
    raise errors.TrainingError('a target was missed')


def run():
  cli.run(main)


if __name__ == '__main__':
  run()
