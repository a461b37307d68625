"""Jets, showers and sequences: toys by their construction, files by reading."""

import gzip

import numpy as np
import pytest

from gans_jax import data
from gans_jax.data import dna, jets, showers, stored
from gans_jax.errors import ConfigError


def everything(source):
  return source.batch(np.arange(len(source)))


@pytest.mark.parametrize('name', ['jets', 'showers', 'dna'])
def test_toys_are_draws_of_their_seed(name):
  make = lambda **options: everything(data.make(name, n=50, **options))
  a, again, other = make(), make(), [make(seed=1), make(split='test')]
  for key in a:
    np.testing.assert_array_equal(a[key], again[key])
    assert all(not np.array_equal(a[key], b[key]) for b in other)
    assert np.isfinite(a[key]).all()
  with pytest.raises(ConfigError, match="Did you mean 'train'"):
    make(split='trian')
  with pytest.raises(ConfigError, match='n=0'):
    data.make(name, n=0)
  spec = data.make(name, n=50).spec
  assert spec.shapes == {k: v.shape[1:] for k, v in a.items()}
  assert spec.dtypes == {k: str(v.dtype) for k, v in a.items()}


def test_pixels_are_where_particles_are():
  """(eta, phi) = (0, 0) is the middle pixel; phi grows upwards."""
  eta = np.array([[0., .1, -1.24, 0., 9.]])
  phi = np.array([[0., 0., 1.24, 0., 0.]])
  x = jets.pixelated(eta, phi, np.array([[1., 2., 4., 8., 16.]]))[0, ..., 0]
  assert x[12, 12] == 9 and x[12, 13] == 2 and x[0, 0] == 4
  assert x.sum() == 15      # what lies outside is lost


def test_jets_have_one_prong_or_two():
  source = data.make('jets', n=2000)
  batch = everything(source)
  x, y = batch['x'][..., 0], batch['y']
  assert (x >= 0).all() and x.max() == source.spec.range[1]
  assert source.spec.class_names == ('background', 'signal')
  assert abs(y.mean() - .5) < .05
  # All of it but what lies outside: 250 to 300 GeV.
  total = x.sum((1, 2)) * jets.UNIT
  assert (total < 300.01).all() and (total > 250).mean() > .8
  below = x[:, 17:].sum((1, 2)) / x.sum((1, 2))
  assert below[y == 1].mean() > .25 and below[y == 0].mean() < .06
  pixels = (x > 0).sum((1, 2))
  assert pixels.max() <= jets.MOST and 5 < pixels.std() < 12


def test_showers_have_their_energy():
  batch = everything(data.make('showers', n=2000))
  energy = batch['energy']
  layers = np.stack([batch[k].sum((1, 2)) for k in showers.SHAPES], -1)
  off = layers.sum(-1) / energy - 1
  assert abs(off.mean()) < .002 and .008 < off.std() < .012
  assert 1 <= energy.min() and energy.max() <= 100
  share = layers / layers.sum(-1, keepdims=True)
  # Deeper with energy, and about those of 10 GeV there.
  near = np.abs(energy - 10) < 3
  np.testing.assert_allclose(
      share[near].mean(0), np.exp(showers.SHARES[0]), atol=.02)
  assert share[energy > 50, 2].mean() > 1.3 * share[energy < 10, 2].mean()
  for key, shape in showers.SHAPES.items():
    assert batch[key].shape == (2000, *shape) and (batch[key] >= 0).all()
    assert .02 < (batch[key] > 0).mean() < .5
  kinds = everything(data.make('showers', n=2000, labels=True))
  deep = kinds['layer2'].sum((1, 2)) / kinds['energy']
  assert deep[kinds['y'] == 1].mean() > 2 * deep[kinds['y'] == 0].mean()
  with pytest.raises(ConfigError, match='above 0'):
    data.make('showers', low=0.)


def test_masses_of_a_gaussian_in_cells():
  got = showers._masses(6, np.array([0., 40.]), np.array([40., 1e-3]))
  np.testing.assert_allclose(got[0], got[0, ::-1])
  np.testing.assert_allclose(got[0, 2], .477250, atol=1e-5)   # 0 to 2 sigma
  np.testing.assert_allclose(got[1], [0, 0, 0, 1, 0, 0], atol=1e-6)


def test_dna_has_its_motif_and_a_score():
  source = data.make('dna', n=500, length=12)
  batch = everything(source)
  words = dna.decode(batch['x'], source.spec.alphabet)
  assert all('TATAAT' in w and len(w) == 12 for w in words)
  assert len({w.index('TATAAT') for w in words}) == 7
  np.testing.assert_array_equal(batch['x'].sum(-1), 1)
  best = [max(sum(a == b for a, b in zip(w[i:], 'TTGACA')) for i in range(7))
          for w in words]
  np.testing.assert_allclose(batch['score'] * 6, best, atol=1e-5)
  with pytest.raises(ConfigError, match='no room for TATAAT'):
    data.make('dna', length=5)


FASTA = '>a some words\nACGT\nacg\n>b\nTTTTTTT\n>c\nGGGGGGG\n'


@pytest.mark.parametrize('packed', [False, True])
def test_fasta(tmp_path, packed):
  path = tmp_path / ('a.fa.gz' if packed else 'a.fa')
  (gzip.open if packed else open)(path, 'wt').write(FASTA)
  source = data.make('sequences', path=str(path), holdout=0.)
  assert dna.decode(everything(source)['x'], 'ACGT') == [
      'ACGTACG', 'TTTTTTT', 'GGGGGGG']
  assert source.spec.shapes == {'x': (7, 4)}
  with pytest.raises(ConfigError, match='has none'):
    data.make('sequences', path=str(path), scores=True)


def test_what_was_written_is_read_again(tmp_path):
  words = ['ACGT', 'TTTA']
  dna.write(tmp_path / 'x.fasta', words, ['1', '2'])
  assert dna.read(tmp_path / 'x.fasta', 'ACGT') == (words, None)


def test_a_table_of_scores(tmp_path):
  path = tmp_path / 'pbm.txt'
  path.write_text('intensity\tsequence\n10\tACGT\n30\tCCCC\n20\tGGGG\n')
  batch = everything(data.make('sequences', path=str(path), holdout=0.))
  np.testing.assert_allclose(batch['score'], [0., 1., .5])
  batch = everything(data.make('sequences', path=str(path), holdout=0.,
                               scores=False))
  assert set(batch) == {'x'}
  path.write_text('ACGT\t10\nCCCC\t30\n')
  assert dna.read(path, 'ACGT') == (['ACGT', 'CCCC'], [10., 30.])


@pytest.mark.parametrize('text, options, message', [
    ('>a\nACGN\n', {}, "has N, which the alphabet 'ACGT' lacks"),
    ('>a\nACGT\n>b\nAC\n', {}, 'has 2 letters and not 4'),
    ('>a\nACGT\n', dict(length=3), 'has 4 letters and not 3'),
    ('1 2 3\n', {}, 'holds no sequences'), ('', {}, 'holds no sequences'),
    ('>a\nACGT\n', dict(split='test'), 'is empty')])
def test_files_that_cannot_be_used(tmp_path, text, options, message):
  path = tmp_path / 'a.fa'
  path.write_text(text)
  with pytest.raises(ConfigError, match=message):
    data.make('sequences', path=str(path), **options)
  with pytest.raises(ConfigError, match='there is no file'):
    data.make('sequences', path=str(tmp_path / 'b.fa'))


def test_short_sequences_are_filled_up():
  x = dna.encode(['AC', 'acgt'], 'ACGT*', 4)
  np.testing.assert_array_equal(x.argmax(-1), [[0, 1, 4, 4], [0, 1, 2, 3]])
  assert dna.decode(x, 'ACGT*') == ['AC', 'ACGT']


def jet_file(path):
  image = np.random.default_rng(0).exponential(size=(20, 25, 25))
  image[:, 0] = 1e-9
  np.savez(path, image=image, signal=np.arange(20.) % 2, other=np.zeros(3))
  return image


def test_published_jets(tmp_path):
  image = jet_file(tmp_path / 'j.npz')
  make = lambda **o: data.make('jet_images', path=str(tmp_path / 'j.npz'), **o)
  train, test = make(holdout=.25), make(holdout=.25, split='test')
  assert (len(train), len(test)) == (15, 5)
  x = np.concatenate([everything(s)['x'] for s in (train, test)])
  assert (x[:, 0] == 0).all()                   # of rotation, not of physics
  np.testing.assert_allclose(
      np.sort(x[:, 1:].ravel()), np.sort(image[:, 1:].ravel() / 100), rtol=1e-6)
  assert train.spec.kind == 'jets' and train.spec.classes == 2
  assert len(make(n=4)) == 4


def test_published_showers(tmp_path):
  rng, files = np.random.default_rng(0), {}
  for name in ('eplus', 'gamma'):
    files[name] = str(tmp_path / f'{name}.npz')
    np.savez(files[name], energy=rng.uniform(1, 100, (10, 1)), **{
        f'layer_{i}': 1000. * np.ones((10, *shape))
        for i, shape in enumerate(showers.SHAPES.values())})
  one = data.make('calogan', path=files['eplus'], holdout=.2)
  assert len(one) == 8 and one.spec.classes == 0 and 'y' not in one.spec.shapes
  batch = everything(one)
  assert (batch['layer1'] == 1).all()           # MeV in the file, GeV here
  assert batch['energy'].shape == (8,)
  both = data.make('calogan', path=list(files.values()), holdout=0.)
  assert both.spec.class_names == ('eplus', 'gamma')
  np.testing.assert_array_equal(everything(both)['y'], np.arange(20) // 10)
  named = data.make('calogan', path=dict(a=files['eplus'], b=files['gamma']))
  assert named.spec.class_names == ('a', 'b')
  np.savez(tmp_path / 'bad.npz', energy=np.ones(3), **{
      f'layer_{i}': np.ones((3, 2, 2)) for i in range(3)})
  with pytest.raises(ConfigError, match=r'layer0 is \[2, 2\]'):
    data.make('calogan', path=str(tmp_path / 'bad.npz'), holdout=0.)


def test_files_of_arrays(tmp_path):
  np.savez(tmp_path / 'a.npz', a=np.ones(3), b=np.ones(4))
  assert set(stored.load(tmp_path / 'a.npz', ['a'])) == {'a'}
  (tmp_path / 'b.npz').write_bytes(b'no zip')
  (tmp_path / 'b.csv').write_bytes(b'')
  for name, keys, message in (
      ('a.npz', ['c'], "no array 'c'"), ('a.npz', ['a', 'b'], 'differ'),
      ('b.npz', ['a'], 'cannot read'), ('b.csv', ['a'], 'kind of file'),
      ('c.npz', ['a'], 'there is no file')):
    with pytest.raises(ConfigError, match=message):
      stored.load(tmp_path / name, keys)
  rows = [stored.part(10, split, .3, 'x') for split in ('train', 'test')]
  assert sorted(np.concatenate(rows)) == list(range(10)) and len(rows[1]) == 3


def test_hdf5_is_read_as_npz_or_what_is_missing_is_said(tmp_path):
  path = tmp_path / 'a.hdf5'
  try:
    import h5py
  except ImportError:
    path.write_bytes(b'')
    with pytest.raises(ConfigError, match='pip install h5py'):
      stored.load(path, ['a'])
    return
  with h5py.File(path, 'w') as file:
    file['a'] = np.arange(4.)
  np.testing.assert_array_equal(stored.load(path, ['a'])['a'], np.arange(4.))
  path.write_bytes(b'no hdf5')
  with pytest.raises(ConfigError, match='cannot read'):
    stored.load(path, ['a'])
