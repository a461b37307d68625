import numpy as np
import pytest

from gans_jax.eval.measures import blocks, manifold


def two_sets(seed=10, n=300, m=250, d=16):
  """Random features that tests/parity/test_metrics.py gives the references."""
  rng = np.random.default_rng(seed)
  return (rng.normal(size=(n, d)).astype(np.float32),
          rng.normal(.3, .9, (m, d)).astype(np.float32))


def brute(real, fake, k, closed):
  inside = np.less_equal if closed else np.less
  dist = lambda a, b: ((a[:, None].astype(np.float64) - b[None]) ** 2).sum(-1)
  reach = lambda a: np.sort(dist(a, a), 1)[:, k]
  d, r, f = dist(real, fake), reach(real), reach(fake)
  hit = inside(d, r[:, None])
  return (hit.any(0).mean(), inside(d, f[None]).any(1).mean(),
          hit.sum() / (k * len(fake)), hit.any(1).mean())


@pytest.mark.parametrize('k', (1, 3, 5))
@pytest.mark.parametrize('block', (None, 1, 37, 299))
def test_equals_the_definition_whatever_the_blocks(k, block):
  real, fake = two_sets(n=120, m=90, d=4)
  for closed in (True, False):
    got = manifold.manifold(real, fake, k, closed, block)
    assert got == pytest.approx(brute(real, fake, k, closed), abs=1e-12)
    assert got.precision < 1    # or the comparison says little


@pytest.mark.parametrize('block', (None, 1, 2, 10, 40))
def test_radii_are_of_the_kth_other(block):
  x, _ = two_sets(n=40, d=3)
  d = ((x[:, None].astype(np.float64) - x[None]) ** 2).sum(-1)
  for k in (1, 4, 39):
    np.testing.assert_allclose(
        manifold.radii(x, k, block), np.sort(d, 1)[:, k], rtol=1e-4)


def test_closed_and_open_balls_differ_on_the_sphere():
  # On a line, with first neighbours 4, 1 and 1 away.
  real = np.array([[-3.], [1.], [2.]])
  fake = np.array([[-7.], [3.], [9.]])    # on two spheres, and off all
  balls = manifold.manifold(real, fake, 1, closed=True)
  assert balls.precision == pytest.approx(2 / 3)
  assert balls.coverage == pytest.approx(2 / 3)
  assert balls.density == pytest.approx(2 / 3)
  assert manifold.manifold(real, fake, 1, closed=False).precision == 0


def test_the_same_samples_twice():
  x, _ = two_sets()
  both = manifold.manifold(x, x, 3)
  assert both.precision == both.recall == both.coverage == 1
  # Open balls of k = 1 hold nothing but their centre, which is enough. Of whole
  # numbers about 0, whose distances are exact in whatever order they are added.
  x = np.round(50 * x)
  x = np.concatenate([x, -x])
  assert manifold.manifold(x, x, 1, closed=False) == (1, 1, 1, 1)


def test_far_apart_sets_have_nothing_in_common():
  x, y = two_sets()
  assert manifold.manifold(x, y + 100) == (0, 0, 0, 0)


def test_density_of_one_distribution_is_one_in_the_mean():
  # Naeem et al. 2020, section 3.3; coverage is 1 - prod (N - i) / (2N - i).
  found = []
  for seed in range(30):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 200, 3))
    found.append(manifold.manifold(x, y, 5, closed=False))
  density = np.array([f.density for f in found])
  assert abs(density.mean() - 1) < 3 * density.std() / np.sqrt(30) + .01
  i = np.arange(1, 6)
  want = 1 - np.prod((200 - i) / (400 - i))
  coverage = np.array([f.coverage for f in found])
  assert abs(coverage.mean() - want) < 3 * coverage.std() / np.sqrt(30) + .003


def test_collapse_costs_recall_and_noise_precision():
  rng = np.random.default_rng(0)
  real = rng.normal(size=(400, 2))
  whole = manifold.manifold(real, rng.normal(size=(400, 2)))
  thin = manifold.manifold(real, rng.normal(0, .05, (400, 2)))
  wild = manifold.manifold(real, rng.normal(0, 5, (400, 2)))
  assert thin.precision > .95 and thin.recall < .2 < .8 < whole.recall
  assert wild.precision < .5 < .8 < whole.precision
  assert thin.coverage < .3 < .8 < whole.coverage


def test_recorded_from_the_references():
  # prdc (open balls) and torch-fidelity (closed); tests/parity/test_metrics.py.
  real, fake = two_sets()
  assert manifold.manifold(real, fake, 5, closed=False) == pytest.approx(
      PRDC, abs=1e-6)
  assert manifold.manifold(real, fake, 3)[:2] == pytest.approx(
      CLOSED, abs=1e-6)


PRDC = (.932, .6533333333333333, 1.1248, .8866666666666667)
CLOSED = (.84, .56)


def test_memory_is_of_two_blocks(monkeypatch):
  import tracemalloc
  monkeypatch.setattr(blocks, 'ENTRIES', 60_000)
  rng = np.random.default_rng(1)
  x, y = rng.normal(size=(2, 3000, 2)).astype(np.float32)
  tracemalloc.start()
  small = manifold.manifold(x, y)
  peak = tracemalloc.get_traced_memory()[1]
  tracemalloc.stop()
  assert peak < 3e6    # all distances at once are 36 MB
  monkeypatch.undo()
  assert manifold.manifold(x, y) == small


def test_realism():
  # Reals at 0, 1, 2, 10, the last with a large ball, which does not count.
  real = np.array([[0.], [1.], [2.], [10.]])
  fake = np.array([[.5], [1.5], [4.], [9.]])
  np.testing.assert_allclose(manifold.realism(
      real, fake, 1), [2, 2, .5, 1 / 7], rtol=1e-5)


def test_bad_input():
  x = np.zeros((10, 3))
  with pytest.raises(ValueError, match='4 features, and at least 5'):
    manifold.manifold(x, x[:4])
  with pytest.raises(ValueError, match='k=0'):
    manifold.manifold(x, x, 0)
  for bad in (x[:, :2], x * np.nan, x[0]):
    with pytest.raises(ValueError):
      manifold.manifold(x, bad)
    with pytest.raises(ValueError):
      manifold.realism(x, bad)
