"""The tables of the READMEs are those of configs/results.jsonl."""

import importlib
import statistics

import pytest

from gans_jax import config as config_lib
from gans_jax import files
from gans_jax.studies import results, zoo

SYSTEMS = ('gan', 'dcgan', 'cgan', 'wgan', 'wgan_gp')


@pytest.mark.parametrize('path', results.TABLES, ids=lambda p: p.parent.name)
def test_tables_are_in_step_with_the_store(path):
  folder = '' if path.parent == results.STORE.parent else 'configs/'
  text = path.read_text()
  assert results.render(text, results.read(), folder) == text, (
      'run python launch/reproduce.py --tables')


def test_the_table_of_systems_is_in_step_with_configs_and_store():
  text = results.TABLES[0].read_text()
  assert zoo.render(text, results.latest(results.read())) == text, (
      'run python launch/reproduce.py --tables')


@pytest.mark.parametrize('text, cited', [
    ('x.\n\nA, B, C. "T". ICML 2019.', 'A et al. 2019'),
    ('x.\n\nMao, Li. "On\n1999 things". 2016 (arXiv:1711.02893).',
     'Mao & Li 2016'),
    ('x.\n\nOdena. "T?". arXiv 1411.1784, 2014. Z. "U". 2018.', 'Odena 2014')])
def test_citations_are_read_from_docstrings(text, cited):
  assert zoo.paper(text) == cited


def test_a_system_without_a_citation_is_told():
  with pytest.raises(ValueError, match='no citation'):
    zoo.paper('A GAN.\n\nOf our own.')


@pytest.mark.parametrize('system', SYSTEMS)
def test_every_system_has_been_tried_over_three_seeds(system):
  rows = [r for r in results.latest(results.read()) if r['system'] == system]
  assert rows and all(r['seeds'] >= 3 for r in rows)


def test_recorded_bounds_are_those_of_the_configs():
  for row in results.latest(results.read()):
    config = importlib.import_module(f'configs.{row["config"]}').get_config()
    accept = config_lib.plain(config.accept)
    assert {c['label'] for c in row['claims']} == set(accept), row['config']
    for claim in row['claims']:
      wanted = accept[claim['label']]
      assert claim['metric'] == wanted['metric']
      assert (claim['min'], claim['max']) == (
          wanted.get('min'), wanted.get('max')), row['config']
      assert ('median' in claim) == (wanted.get('over') == 'median')
    assert row['steps'] == config.steps, row['config']


def test_verdicts_follow_from_the_values():
  for row in results.read():
    for claim in row['claims']:
      mean = sum(claim['values']) / len(claim['values'])
      assert abs(mean - claim['mean']) < 1e-9
      value = mean
      if 'median' in claim:
        value = claim['median']
        assert value == statistics.median(claim['values'])
      ok = ((claim['min'] is None or value >= claim['min'])
            and (claim['max'] is None or value <= claim['max']))
      assert ok == claim['passed']


def test_a_readme_without_marks_is_refused():
  with pytest.raises(ValueError, match='marks'):
    results.render('no marks', [], '')
  with pytest.raises(ValueError, match='marks'):
    zoo.render('no marks', [])


@pytest.mark.parametrize('x, text', [
    (999.4, '999'), (999.7, '1000'), (1000., '1000'),
    (26_000., '26000'), (.12345, '0.123')])
def test_numbers_of_tables_are_short(x, text):
  assert files.short(x) == text
