"""Few labels: statistics by hand, and that a D alone has nothing but labels."""

import jax
import numpy as np
import pytest

from gans_jax import config, data, game as games
from gans_jax.errors import ConfigError
from gans_jax.studies import labels
from configs import sgan_digits

MODEL = dict(nets=dict(name='mlp', hidden=(4,)),
             d_optim=dict(name='sgd', lr=.1))


def sources(*seeds):
  return [data.make('digits', labelled=20, label_seed=s, beside=True)
          for s in seeds]


def test_gains_are_of_pairs():
  found = labels.Found((.1, .2, .3), (.2, .3, .4))
  assert found.gains == pytest.approx([.1] * 3) and found.noise < 1e-9
  assert found.beats
  mixed = labels.Found((.1, .2), (.2, .1))
  assert mixed.noise == pytest.approx(.1) and not mixed.beats


def test_each_draw_is_trained_on_its_own_labels():
  a, b = sources(0, 1)
  game = labels.supervised(a.spec, MODEL)
  both, same = (labels.play(game, pair, 3, 8) for pair in ((a, b), (a, a)))
  kernels = lambda s: np.asarray(jax.tree.leaves(s.params['d'])[1])
  np.testing.assert_allclose(kernels(both)[0], kernels(same)[0], atol=1e-6)
  assert np.abs(kernels(both)[1] - kernels(same)[1]).max() > 1e-4


def test_d_alone_sees_labelled_examples_only():
  source = sources(0)[0]
  game = labels.supervised(source.spec, MODEL)
  batch = source.batch(np.arange(8), np.arange(8, dtype=np.uint64))
  state = games.init(game, jax.random.key(0), batch)
  play = jax.jit(lambda b: games.play(game, state, jax.tree.map(
      lambda x: x[None], b))[0].params)
  once = play(batch)
  other = play({**batch, 'x': -batch['x'], 'y': 0 * batch['y'],
                'labelled': 0 * batch['labelled']})
  assert jax.tree.all(jax.tree.map(lambda a, b: (a == b).all(), once, other))
  changed = play({**batch, 'x_labelled': -batch['x_labelled']})
  assert not jax.tree.all(jax.tree.map(
      lambda a, b: (a == b).all(), once, changed))


def test_errors_are_shares_of_wrong_logits():
  test = data.make('digits', split='test')
  game = games.Game(
      nets={}, players={}, round=(), sample=lambda t: t.batch,
      # All that say "3", whatever the net of their seed says of class 11.
      critic=lambda t: jax.nn.one_hot(
          jax.numpy.full(t.n, 3), 11) + 9 * jax.nn.one_hot(
              jax.numpy.full(t.n, 10), 11))
  state = games.State(0, jax.random.split(jax.random.key(0), 2), {}, {}, {},
                      {}, {})
  found = labels.held_out_errors(game, state, test, 10)
  wrong = float(np.mean(test.batch(np.arange(len(test)))['y'] != 3))
  assert found == pytest.approx((wrong, wrong))


def test_a_row_and_its_line(monkeypatch):
  tiny = sgan_digits.get_config('tiny')
  monkeypatch.setattr(sgan_digits, 'get_config', lambda: tiny)
  said = []
  row = labels.run('sgan_digits', 20, draws=2, progress=said.append)
  assert said == [f'{what}: {tiny.steps} of {tiny.steps} rounds' for what in (
      'sgan_digits, 20 labels', 'its D on labels alone')]
  assert row['labels'] == 20 and row['steps'] == tiny.steps
  assert config.plain(tiny.data)['label_seed'] == 0
  assert len(row['errors']) == len(row['alone']) == 2
  assert all(0 < e < 1 for e in row['errors'] + row['alone'])
  better = {**row, 'errors': [.05, .07], 'alone': [.1, .12]}
  line = labels.table([row, better]).splitlines()
  assert len(line) == 3, 'the newest of each config counts'
  assert ('| 6.0 ± 1.4 |  | 11.0 ± 1.4 | 5.0 ± 0.0 | 2 of 2 | better |'
          in line[2])
  missed = labels.table([{**better, 'labels': 100}])
  assert '≤ 6 |' in missed and 'missed' not in missed
  # It is asked of 8x8 digits alone.
  other = labels.table([{**better, 'labels': 100, 'data': 'mnist5k'}])
  assert '≤' not in other and 'better |' in other
  assert '**missed**' in labels.table(
      [{**better, 'labels': 100, 'errors': [.07, .07]}])


def test_fewer_rounds_end_their_falling_rates_with_them(monkeypatch):
  seen = []
  monkeypatch.setattr(labels, 'play', lambda *a: seen.append(a))
  monkeypatch.setattr(labels, 'held_out_errors', lambda *a: (.1, .2))
  config_of = sgan_digits.get_config()
  monkeypatch.setattr(sgan_digits, 'get_config', lambda: config_of)
  row = labels.run('sgan_digits', 20, draws=2, on='mnist5k', steps=300)
  assert row['data'] == 'mnist5k' and row['examples'] == 4500
  assert [a[2] for a in seen] == [300, 300]
  decay = config_of.model.d_optim.decay
  assert (decay.start, decay.steps) == (150, 300)
  assert config_of.model.nets.d_hidden == (512, 256, 128)


@pytest.mark.parametrize('name, draws, match', [
    ('sgan_digit', 2, 'sgan_digits'), ('dcgan_mnist', 2, 'data.labelled'),
    ('sgan_digits', 1, 'draws=1')])
def test_bad_input(name, draws, match):
  with pytest.raises(ConfigError, match=match):
    labels.run(name, 50, draws)


def test_the_table_is_in_step_with_the_store():
  text = labels.README.read_text()
  assert labels.render(text, labels.read()) == text
