"""The README's tables of lost modes are those of configs/results.jsonl."""

import importlib

import pytest

from gans_jax.studies import modes, results

ROW = dict(config='gan_ring', claims=[
    dict(label='modes', metric='modes/modes_20', values=[6., 8.], passed=False),
    dict(label='quality', metric='modes/hq', values=[.5, .7], passed=True)])


def test_tables_are_in_step_with_the_store():
  text = results.TABLES[0].read_text()
  assert modes.render(text, results.latest(results.read())) == text, (
      'run python launch/reproduce.py --tables')


def test_cells_are_of_claims_and_of_what_was_evaluated_beside_them():
  assert modes.measured(ROW, 'modes/hq') == '60 ± 14'
  assert modes.measured(ROW, 'modes/reverse_kl') == ''
  row = {**ROW, 'values': {'modes/reverse_kl': [.25]}}
  assert modes.measured(row, 'modes/reverse_kl') == '0.25'
  assert modes.measured(row, 'modes/modes_20') == '7 ± 1.4'


def test_a_line_names_what_was_missed_or_is_not_run():
  methods = (modes.Method('GAN', '1, 2, 3', ('gan_ring', 'gan_grid')),
             modes.Method('ALI', '4, 5, 6'))
  got = modes.table(methods, {'a': 'modes/modes_20', 'b': 'modes/modes'}, [ROW])
  assert got.splitlines()[2:] == [
      '| GAN | 1, 2, 3 | [gan_ring](configs/gan_ring.py) (**missed**: modes) '
      '| 7 ± 1.4 |  |',
      '| GAN | 1, 2, 3 | [gan_grid](configs/gan_grid.py) | not run yet |  |',
      '| ALI | 4, 5, 6 |  |  |  |']


@pytest.mark.parametrize('name', modes.TABLES)
def test_configs_claim_something_of_the_tables_metrics(name):
  methods, columns = modes.TABLES[name]
  for method in methods:
    for config in method.configs:
      c = importlib.import_module(f'configs.{config}').get_config()
      metrics = {claim['metric'].split(' less ')[0]
                 for claim in c.accept.to_dict().values()}
      assert metrics & set(columns.values()), config
