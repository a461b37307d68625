"""Jets, showers and sequences as pictures; and as files of single ones."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from gans_jax import data, drawing, errors, images
from gans_jax.data import dna
from gans_jax.eval import export, neighbours


def test_energies_have_colours_by_their_logarithm():
  got = drawing.colours([0., 1e-9, 1e-4, 1e-2, 1., 5.], 1.)
  assert got.dtype == np.uint8 and got.shape == (6, 3)
  np.testing.assert_array_equal(got[0], 255)                # nothing is white
  np.testing.assert_array_equal(got[1], got[2])             # the first colour
  np.testing.assert_array_equal(got[4], got[5])             # the last one
  assert len({tuple(c) for c in got}) == 4
  np.testing.assert_array_equal(drawing.colours([np.nan], 1.), [[255] * 3])


def test_jets_are_enlarged_and_framed():
  source = data.make('jets', n=30)
  x = np.zeros((4, 25, 25, 1), np.float32)
  x[1, 3, 5] = source.spec.range[1]
  got = drawing.draw(dict(x=x), source.spec, columns=2)
  side = 25 * 3 + 2
  assert got.shape == (2 * side + 4, 2 * side + 4, 3)
  at = got[1 + 9:1 + 12, side + 4 + 1 + 15:side + 4 + 1 + 18]
  np.testing.assert_array_equal(at, np.broadcast_to(
      drawing.colours(1., 1.), (3, 3, 3)))
  assert (got[1:side - 1, 1:side - 1] == 255).all() and got[0, 0, 0] == 190


def test_many_jets_of_two_classes_are_about_square():
  source = data.make('jets', n=30)
  got = drawing.draw(source.batch(np.arange(30)), source.spec, columns=2)
  assert got.shape[:2] == (5 * 77 + 4 * 4, 6 * 77 + 5 * 4)


def test_layers_of_a_shower_are_side_by_side():
  source = data.make('showers', n=9)
  batch = {k: 0 * v for k, v in source.batch(np.arange(3)).items()}
  batch['layer1'][0, 11, 0] = 1.
  got = drawing.draw(batch, source.spec, columns=1)
  assert got.shape == (3 * 98 + 16, 3 * 98, 3)
  coloured = np.argwhere((got != 255).any(-1) & (got != 190).any(-1))
  # One of twelve rows and columns, at the lower left of the second square.
  assert coloured.min(0).tolist() == [1 + 88, 98 + 1]
  assert coloured.max(0).tolist() == [96, 98 + 8]


def test_a_logo_says_where_letters_are_certain():
  source = data.make('dna', n=30, length=8)
  same = dict(x=np.repeat(dna.encode(['TATAATCG'], 'ACGT', 8), 50, 0))
  even = dict(x=np.full((50, 8, 4), .25))
  a, b = (drawing.draw(x, source.spec) for x in (same, even))
  assert a.dtype == np.uint8 and a.shape == b.shape and a.shape[2] == 3
  top = slice(0, a.shape[0] // 5)        # of the logo
  coloured = lambda x: (np.ptp(x[top].astype(int), axis=-1) > 60).sum()
  assert coloured(a) > 2000 and coloured(b) == 0


def test_other_data_is_drawn_as_before():
  grey = data.arrays(np.random.default_rng(0).uniform(-1, 1, (6, 4, 4, 1)),
                     range=(-1., 1.))
  x = grey.batch(np.arange(6))
  np.testing.assert_array_equal(
      drawing.draw(x, grey.spec, 3), images.grid(x['x'], (-1., 1.), 3))
  with pytest.raises(errors.ConfigError, match="kind of data 'jet'"):
    drawing.draw(x, dataclasses.replace(grey.spec, kind='jet'))


def test_files_of_single_samples(tmp_path):
  for name in ('jets', 'showers'):
    source = data.make(name, n=9)
    paths = export.write(tmp_path / name, source.batch(np.arange(2)),
                         source.spec, [4, 7])
    assert [p.name for p in paths] == ['000004.png', '000007.png']
    assert min(Image.open(paths[0]).size) > 70
  with pytest.raises(errors.ConfigError, match='has no letters'):
    export.write(tmp_path / 'x.fasta', source.batch(np.arange(2)), source.spec)


def test_sequences_as_fasta(tmp_path):
  source = data.make('dna', n=9)
  batch = source.batch(np.arange(3))
  (path,) = export.write(tmp_path / 'x.fasta', batch, source.spec, [5, 6, 7])
  lines = path.read_text().splitlines()
  assert lines[::2] == ['>000005', '>000006', '>000007']
  assert lines[1::2] == dna.decode(batch['x'], 'ACGT')


def test_neighbours_of_jets_have_colours():
  source = data.make('jets', n=20)
  x = source.batch(np.array([3, 5]))['x']
  got = neighbours.nearest_picture(x, source, source.spec.range, k=2)
  side = 25 * 3 + 2
  assert got.shape == (2 * side + 4, 3 * side + 8, 3)
  np.testing.assert_array_equal(got[:side, :side],
                                got[:side, side + 4:2 * side + 4])


def test_vectors_and_series_are_drawn_in_the_plane():
  source = data.make('clusters100', n=50)
  x = source.batch(np.arange(50))['x']
  np.testing.assert_array_equal(drawing.draw(dict(x=x), source.spec),
                                images.scatter(x[:, :2]))
  source = data.make('simulated', simulator='predator_prey', beta=(0,) * 4, n=9)
  x = source.batch(np.arange(9))['x']
  got = drawing.draw(dict(x=x), source.spec)
  np.testing.assert_array_equal(got, images.scatter(
      x.reshape(-1, 2), groups=np.repeat(np.arange(9), 20)))
