"""The report: parsed as HTML, every section, escaping, nothing from outside."""

import base64
import html.parser
import io
import json
import math

import numpy as np
import pytest
from PIL import Image

from gans_jax import errors, images, metrics, report

EVIL = '<script>alert(1)</script>'
CONFIG = {
    'system': 'dcgan', 'steps': 300, 'batch': 64, 'seed': 3, 'seeds': 1,
    'data': {'name': 'mnist5k', 'flip': False},
    'model': {'z': 100, 'nets': {'width': 48}, 'note': EVIL},
    'evals': {'classifier': {'every': 100, 'n': 2000}},
    'accept': {'sure': {'metric': 'classifier/confidence', 'min': .85},
               'odd': {'metric': 'classifier/kl', 'min': .1, 'max': .2}},
    'reference': 'Radford et al., table 9',
}
INFO = {
    'versions': {'jax': '0.10.2', 'numpy': '2.4.6'},
    'device': '1 x cpu (2 cores)', 'commit': 'abc123def456',
    'command': 'launch/train.py --config configs/a.py --workdir "runs/a & b"',
    'started': '2026-01-02 03:04:05 UTC', 'seconds': 200.4, 'step': 300,
    'parameters': {'g': 1234, 'd': 1_000_000},
    'starts': [{'step': 0, 'device': 'cpu:0'},
               {'step': 150, 'device': 'tpu:7'}],
}


class Page(html.parser.HTMLParser):
  """What a browser would see of a page."""

  VOID = ('meta', 'img')

  def __init__(self, text):
    super().__init__()
    self.tags, self.texts, self.stack, self.section = [], {}, [], 'head'
    self.feed(text)
    self.close()

  def handle_starttag(self, tag, attrs):
    attrs = dict(attrs)
    if tag in ('section', 'header'):
      self.section = attrs.get('id', tag)
    self.tags.append((self.section, tag, attrs))
    if tag not in self.VOID:
      self.stack.append(tag)

  def handle_startendtag(self, tag, attrs):
    self.tags.append((self.section, tag, dict(attrs)))

  def handle_endtag(self, tag):
    assert self.stack and self.stack[-1] == tag, (tag, self.stack)
    self.stack.pop()

  def handle_data(self, data):
    if data.strip() and self.stack[-1] != 'style':
      self.texts.setdefault(self.section, []).append(data.strip())

  def text(self, section):
    return ' '.join(self.texts.get(section, []))

  def all(self, section, tag):
    return [a for s, t, a in self.tags if s == section and t == tag]


def digits(step):
  x = np.full((4, 8, 8, 1), step / 150 - 1)
  return images.grid(x, padding=0)


def fill(workdir, config=None, info=None, rows=True, pictures=True):
  (workdir / 'config.json').write_text(json.dumps(config or CONFIG))
  if info is not False:
    (workdir / 'run.json').write_text(json.dumps(info or INFO))
  with metrics.Writer(workdir, 0, 300, progress=False,
                      tensorboard=False) as writer:
    for step in range(10, 301, 10) if rows else ():
      writer.train(step, {
          'd/d_loss': 1 + step / 1000, 'g/g_loss': .7, 'd/real': 2.25,
          'd/fake': -1.125, 'd/penalty': math.nan if step < 200 else .5,
          EVIL: 1., 'speed/img_per_s': 400. + (step == 10) * 9000})
    for step, value in ((100, .5), (200, .99), (300, .9)) if rows else ():
      for ema in (True, False):
        writer.eval(step, 'classifier',
                    {'classifier/confidence': value - .25 * (not ema),
                     'classifier/kl': 1 - value, 'classifier/odd': value},
                    {'extractor': 'mnist5k_classifier', 'n': 2000,
                     'weights': EVIL, 'ema': ema}, ema)
    for step in range(0, 301, 15) if pictures else ():
      writer.image(step, 'samples', digits(step))
    if pictures:
      writer.image(300, 'nearest', digits(75))
  return workdir


def read(workdir):
  return Page(report.write(workdir).read_text())


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  """A finished run, and its page."""
  workdir = fill(tmp_path_factory.mktemp('run'))
  return workdir, read(workdir)


def pixels(source):
  kind, data = source.split(',', 1)
  assert kind in ('data:image/png;base64', 'data:image/jpeg;base64')
  with Image.open(io.BytesIO(base64.b64decode(data))) as image:
    return np.asarray(image)


def test_nothing_comes_from_outside(run):
  workdir, page = run
  assert {t for _, t, _ in page.tags}.isdisjoint(
      {'link', 'script', 'iframe', 'object', 'embed', 'base', 'form'})
  for _, tag, attrs in page.tags:
    for name, value in attrs.items():
      if name in ('src', 'href', 'srcset', 'poster', 'data', 'xlink:href'):
        assert value.startswith('#' if tag == 'a' else 'data:'), (tag, value)
      assert not name.startswith('on')
  text = (workdir / 'report.html').read_text()
  assert '@import' not in text and 'url(' not in text
  assert 'http://' not in text and 'https://' not in text


def test_tags_are_balanced_and_links_lead_somewhere(run):
  _, page = run
  assert page.stack == []
  ids = [a['id'] for _, _, a in page.tags if 'id' in a]
  links = [a['href'] for a in page.all('header', 'a')]
  assert links == [f'#{i}' for i in ids] and len(set(ids)) == len(ids) == 9


def test_head_says_what_ran_how_fast_and_how_to_go_on(run):
  text = run[1].text('header')
  for part in ('dcgan on mnist5k', 'finished', '300 of 300', '400 img/s',
               '3 min 20 s', '1 x cpu (2 cores)', 'd 1,000,000',
               '2026-01-02 03:04:05 UTC', 'batch 64', 'seed 3',
               'python launch/train.py --config configs/a.py --workdir '
               '"runs/a & b" --config.steps=N'):
    assert part in text, part


def test_an_unfinished_run_says_so(tmp_path):
  workdir = fill(tmp_path, {**CONFIG, 'steps': 12345})
  text = read(workdir).text('header')
  assert 'not finished' in text and '300 of 12,345' in text
  assert 'The same command goes on' in text and 'steps=N' not in text


def test_names_are_escaped(run):
  workdir, page = run
  assert '<script' not in (workdir / 'report.html').read_text()
  assert EVIL in page.text('curves')
  assert EVIL in page.text('config')
  assert EVIL in page.text('metrics')


def test_samples_are_twelve_and_the_last_is_large(run):
  _, page = run
  sources = [a['src'] for a in page.all('samples', 'img')]
  assert len(sources) == 13    # of 21, and the last one large
  np.testing.assert_array_equal(pixels(sources[0]), digits(300))
  np.testing.assert_array_equal(pixels(sources[1]), digits(0))
  np.testing.assert_array_equal(pixels(sources[-1]), digits(300))
  values = [int(pixels(s)[0, 0, 0]) for s in sources[1:]]
  assert values == sorted(set(values))
  assert '21 pictures' in page.text('samples')
  assert 'step 300' in page.text('samples')


def test_nearest_neighbours_are_shown_and_explained(run):
  _, page = run
  (image,) = page.all('nearest', 'img')
  np.testing.assert_array_equal(pixels(image['src']), digits(75))
  assert 'copies its training data' in page.text('nearest')


def test_large_pictures_are_made_smaller(tmp_path):
  fill(tmp_path, pictures=False)
  noise = np.random.default_rng(0).integers(0, 256, (500, 2000, 3), np.uint8)
  for step in (1, 2):
    images.save_png(metrics.picture_path(tmp_path, step), noise)
  shapes = [pixels(a['src']).shape
            for a in read(tmp_path).all('samples', 'img')]
  assert shapes == [(400, 1600, 3), (100, 400, 3), (100, 400, 3)]
  assert (tmp_path / 'report.html').stat().st_size < noise.nbytes


def test_metrics_tell_final_best_and_mean_apart(run):
  text = run[1].text('metrics')
  # Means of .5, .99, .9 and of .25, .74, .65.
  assert ('classifier/confidence ↑ 0.9 at 300 0.99 at 200 '
          '0.7967 ± 0.213 of 3 ≥ 0.85 ✓ met') in text
  assert ('classifier/confidence ↑ 0.65 at 300 0.74 at 200 '
          '0.5467 ± 0.213 of 3 ≥ 0.85 ✗ not met') in text
  assert ('classifier/kl ↓ 0.1 at 300 0.01 at 200 0.2033 ± 0.213 of 3 '
          '≥ 0.1, ≤ 0.2') in text
  assert 'classifier/odd 0.9 at 300 0.7967' in text    # no best
  assert 'extractor mnist5k_classifier n 2000' in text
  assert 'Radford et al., table 9' in text
  assert text.count('averaged params (EMA)') == 1


def test_each_seed_is_shown(tmp_path):
  fill(tmp_path, {**CONFIG, 'seeds': 2}, rows=False)
  with metrics.Writer(tmp_path, 0, 300, progress=False,
                      tensorboard=False) as writer:
    writer.eval(300, 'm', {'m/modes': np.array([7., 8.])}, {}, False)
    writer.train(300, {'d/d_loss': np.array([1., 2.])})
  page = read(tmp_path)
  assert '7.5 at 300' in page.text('metrics')
  assert '7, 8' in page.text('metrics')
  assert '3 to 4' in page.text('header')


@pytest.mark.parametrize('section, titles, legends', [
    ('losses', ['losses of the players'], ['d/d_loss 1.3', 'g/g_loss 0.7']),
    ('scores', ['d on real and on generated examples'],
     ['d/real 2.25', 'd/fake −1.125']),
    ('curves', ['img per s', 'penalty'], ['d/penalty 0.5', 'img_per_s 400']),
    ('evaluations', ['classifier/confidence'],
     ['classifier/confidence 0.9', '(no EMA) 0.65'])])
def test_curves_have_titles_legends_and_axes(run, section, titles, legends):
  _, page = run
  names = [a['aria-label'] for a in page.all(section, 'svg') if 'role' in a]
  text = page.text(section)
  for title in titles:
    assert title in names and title in text
  for legend in legends:
    assert legend in text
  assert text.count('step') >= len(names)
  if section == 'scores':
    assert text.index('d/real') < text.index('d/fake')
  if section == 'curves':
    assert 'images per second' in text


def test_config_is_whole_and_changes_stand_out(tmp_path):
  fill(tmp_path, info={**INFO, 'changed': {'model.nets.width': [64, 48]}})
  page = read(tmp_path)
  text = page.text('config')
  for part in ('z 100', 'width 48 (changed from 64)', 'flip no',
               'model.nets', 'name mnist5k', 'steps 300'):
    assert part in text, part
  changed = [a for a in page.all('config', 'tr') if 'class' in a]
  assert changed == [{'class': 'changed'}]


def test_environment_has_versions_and_counts(run):
  text = run[1].text('environment')
  for part in ('jax 0.10.2', 'abc123def456', 'g 1,234', 'd 1,000,000',
               'all 1,001,234', '0 cpu:0 150 tpu:7'):
    assert part in text, part


def test_an_empty_run_has_a_sentence_for_each_section(tmp_path):
  fill(tmp_path, info=False, rows=False, pictures=False)
  page = read(tmp_path)
  for section, sentence in dict(
      samples='No samples', metrics='classifier every 100 steps',
      evaluations='No evaluation', nearest='No picture',
      losses='No loss', scores='No scores', curves='No other metrics',
      environment='run.json is missing', header='no step logged').items():
    assert sentence in page.text(section), section
  assert page.stack == [] and 'z 100' in page.text('config')


def test_broken_files_beside_the_config(tmp_path):
  fill(tmp_path)
  (tmp_path / 'run.json').write_text('{"versions"')
  path = metrics.picture_path(tmp_path, 300)
  path.write_bytes(path.read_bytes()[:40])
  page = read(tmp_path)
  assert '00000300.png cannot be read' in page.text('samples')
  assert 'run.json is missing' in page.text('environment')


def test_values_that_are_not_finite_leave_a_page(tmp_path):
  fill(tmp_path, rows=False)
  with metrics.Writer(tmp_path, 0, 300, progress=False,
                      tensorboard=False) as writer:
    writer.train(1, {'d/d_loss': math.inf, 'g/g_loss': math.nan})
    writer.eval(1, 'm', {'m/kl': math.nan}, {}, False)
  page = read(tmp_path)
  assert '1 values are infinite' in page.text('losses')
  assert 'no finite value yet' in page.text('losses')
  assert 'nan at 1' in page.text('metrics')


def test_the_same_files_give_the_same_page(run):
  workdir, _ = run
  before = (workdir / 'report.html').read_bytes()
  path = report.write(str(workdir))
  assert path == workdir / 'report.html' and path.read_bytes() == before
  assert not list(workdir.glob('*.tmp'))


def test_a_folder_without_a_run_is_refused(tmp_path):
  for folder in (tmp_path, tmp_path / 'none'):
    with pytest.raises(errors.ConfigError, match='--workdir'):
      report.write(folder)
  (tmp_path / 'config.json').write_text('[1]')
  with pytest.raises(errors.ConfigError, match='not a JSON object'):
    report.write(tmp_path)
  assert [p.name for p in tmp_path.iterdir()] == ['config.json']
