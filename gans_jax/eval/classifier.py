"""The house's own judge of labelled data: a small classifier, trained once.

It says what generated pictures show, how sure it is, and gives features for a
Fréchet distance which is named after it (never FID, which is that of one
certain Inception network). It is trained on the train split of the very data,
in seconds, and kept in the user's cache folder; every number it gives is
stamped with the checksum of its weights and its accuracy on held-out data.
"""

import dataclasses
import functools
import re
from typing import Any, NamedTuple, Protocol

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from absl import logging
from flax import traverse_util

from gans_jax import data, environment, errors, images
from gans_jax.data.spec import Source, Spec
from gans_jax.eval import cache
from gans_jax.nets.layers.conv import Conv

VERSION = 1           # of all that makes the weights; part of their name
FEATURES = 64         # penultimate layer
MOST = 60_000         # pictures of a source that are looked at
STEPS, BATCH, RATE = 1500, 128, 2e-3
SHIFT, SLANT = 2, .2  # pixels; pixels a pixel
CHUNK = 500           # pictures judged at a time


class Verdict(NamedTuple):
  """What a judge says of N examples.

  Attributes:
    probabilities: [N, classes].
    features: [N, F] to compare distributions in, or None.
  """

  probabilities: np.ndarray
  features: np.ndarray | None


class Judge(Protocol):
  """Whoever can tell classes apart.

  Attributes:
    name: 'mnist5k_classifier'.
    protocol: who it is and how good, for the stamp of its numbers.
  """

  name: str
  protocol: dict[str, Any]

  def __call__(self, x: np.ndarray) -> Verdict:
    """Judges examples [N, ...] in the range of the data it knows.

    Raises:
      ValueError: an example is nan or infinite.
    """
    ...


@dataclasses.dataclass(frozen=True)
class NearestCentre:
  """Judges points of a mixture by the posterior of its modes; exact.

  Attributes:
    spec: of a mixture of equal weights.
  """

  spec: Spec

  @property
  def name(self) -> str:
    return f'{self.spec.name}_nearest_centre'

  @property
  def protocol(self) -> dict[str, Any]:
    return dict(extractor=self.name, classes=len(self.spec.centres))

  def __call__(self, x: np.ndarray) -> Verdict:
    _check_finite(x)
    gap = np.asarray(x, np.float64)[:, None] - np.asarray(self.spec.centres)
    logit = -np.sum(gap ** 2, -1) / (2 * self.spec.std ** 2)
    logit -= logit.max(1, keepdims=True)
    p = np.exp(logit)
    return Verdict(p / p.sum(1, keepdims=True), None)


class Net(nn.Module):
  """Pictures [B, H, W, C] in [-1, 1] -> logits [B, classes], features [B, 64].

  Below 16 pixels one hidden layer. Above, squares of 2 x 2 pixels are channels
  and convolutions of stride 2 follow until 4 pixels are left.
  """

  classes: int

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> tuple[jax.Array, jax.Array]:
    if min(x.shape[1:3]) >= 16:
      b, h, w, c = x.shape
      x = jnp.pad(x, ((0, 0), (0, h % 2), (0, w % 2), (0, 0)), 'edge')
      x = x.reshape(b, -(-h // 2), 2, -(-w // 2), 2, c)
      x = x.swapaxes(2, 3).reshape(b, -(-h // 2), -(-w // 2), 4 * c)
      width = 32
      while max(x.shape[1:3]) > 4:
        x = nn.relu(Conv(width, (3, 3), 2)(x))
        width = 64
    # Leaky: of 64 plain units up to 30 died, and were lost to the distance.
    features = nn.leaky_relu(nn.Dense(FEATURES)(x.reshape(len(x), -1)))
    x = nn.Dropout(.3, deterministic=not train)(features)
    return nn.Dense(self.classes)(x), features


@dataclasses.dataclass(frozen=True)
class Classifier:
  """A trained `Net`; made by `classifier`.

  Attributes:
    name: of the data, with '_classifier' behind it.
    protocol: see `Judge`.
    range: of the pictures it is given.
    net: the net.
    variables: its weights.
  """

  name: str
  protocol: dict[str, Any]
  range: tuple[float, float]
  net: Net
  variables: Any

  def __call__(self, x: np.ndarray) -> Verdict:
    """Judges pictures [N, H, W, C] in `range`, rounded to 8 bits first.

    So a picture counts as what would be saved, and samples read from files
    score as they did in memory.
    """
    _check_finite(x)
    x, parts = images.to_uint8(x, self.range), []
    for i in range(0, len(x), CHUNK):
      part = x[i:i + CHUNK]
      # One shape, so one program: the last part is filled up and cut.
      full = np.zeros((CHUNK, *part.shape[1:]), np.uint8)
      full[:len(part)] = part
      out = _forward(self.net, self.variables, jax.device_put(full))
      parts.append([a[:len(part)] for a in jax.device_get(out)])
    logits, features = (np.concatenate(p) for p in zip(*parts, strict=True))
    logits = logits.astype(np.float64)
    p = np.exp(logits - logits.max(1, keepdims=True))
    return Verdict(p / p.sum(1, keepdims=True), features)


def classifier(train: Source, test: Source | None = None, seed: int = 0
               ) -> Judge:
  """The judge of a labelled source, from the cache if it is there.

  For a mixture of known centres it is the nearest centre. For pictures a `Net`
  is trained on up to 60,000 of them: 1500 steps of Adam with a rate that falls
  to 0, on pictures that are moved and slanted a little.

  Args:
    train: pictures [H, W, C] with labels; looked at without random transforms.
    test: held-out ones; None: see `held_out`.
    seed: of the initial weights and of the order.

  Raises:
    ConfigError: the source has no labels, or is neither pictures nor a
      mixture.
  """
  spec = train.spec
  if spec.centres:
    return NearestCentre(spec)
  if not spec.classes:
    raise errors.ConfigError(
        f'a classifier was asked of {spec.name!r} ({spec.split}), which has no '
        'labels')
  if len(spec.shapes['x']) != 3:
    raise errors.ConfigError(
        'a classifier is of pictures [H, W, C] or of a mixture of known '
        f'centres; {spec.name!r} has x of shape {list(spec.shapes["x"])}')
  train, test, how = held_out(train, test)
  (x, y), (test_x, test_y) = pictures(train), pictures(test)
  key = cache.digest(dict(x=x, y=y, test_x=test_x, test_y=test_y))
  net = Net(spec.classes)
  name = re.sub(r'\W+', '_', spec.name) + '_classifier'
  path = environment.cache_dir(
      'classifiers', f'{name}-v{VERSION}-seed{seed}-{key[:16]}.npz')

  def judge(weights: dict[str, np.ndarray], **protocol) -> Classifier:
    variables = traverse_util.unflatten_dict(weights, sep='/')
    return Classifier(name, dict(extractor=name, **protocol), spec.range, net,
                      jax.device_put(variables))

  found = cache.load(path)
  if found is None:
    logging.info('training %s, once; it is kept in %s', name, path)
    weights = fit(net, x, y, seed)
    labels = judge(weights)(test_x).probabilities.argmax(1)
    found = weights, dict(heldout=how, heldout_n=len(test_y),
                          heldout_accuracy=float(np.mean(labels == test_y)))
    cache.save(path, *found)
  weights, meta = found
  meta.pop('sha256', None)
  return judge(weights, weights_sha256=cache.digest(weights), **meta,
               quantised='uint8')


def fit(net: Net, x: np.ndarray, y: np.ndarray, seed: int = 0
        ) -> dict[str, np.ndarray]:
  """Trains `net`; the same on the same machine for the same arguments.

  Args:
    net: the net.
    x: [N, H, W, C] uint8.
    y: [N] whole.
    seed: of weights, order, shifts and dropout.

  Returns:
    Weights by path, 'params/Dense_0/kernel'.
  """
  rng, key = np.random.default_rng(seed), jax.random.key(seed)
  params = _initial(net, x, rng)
  opt = _optimizer(STEPS).init(params)
  order = np.concatenate([rng.permutation(len(x)) for _ in range(
      -(-STEPS * BATCH // len(x)))])
  for i in range(STEPS):
    rows = order[i * BATCH:(i + 1) * BATCH]
    batch = x[rows] if min(x.shape[1:3]) < 16 else _distort(x[rows], rng)
    params, opt = _step(net, STEPS, params, opt, batch, y[rows],
                        jax.random.fold_in(key, i))
  return {path: np.asarray(w) for path, w in traverse_util.flatten_dict(
      {'params': params}, sep='/').items()}


def _initial(net, x, rng):
  """He's weights, by numpy: to compile `net.init` would take seconds."""
  shapes = jax.eval_shape(functools.partial(net.init, train=False),
                          jax.random.key(0), _scale(x[:1]))
  def draw(shape):
    if len(shape) == 1:    # a bias
      return np.zeros(shape, np.float32)
    std = np.sqrt(2 / np.prod(shape[:-1]))
    return std.astype(np.float32) * rng.standard_normal(shape, np.float32)
  return jax.tree.map(lambda s: draw(s.shape), shapes['params'])


def _optimizer(steps):
  return optax.adam(optax.cosine_decay_schedule(RATE, steps))


@functools.partial(jax.jit, static_argnames=('net', 'steps'))
def _step(net, steps, params, opt, x, y, key):
  def loss(params):
    logits, _ = net.apply(
        {'params': params}, _scale(x), train=True, rngs={'dropout': key})
    return jnp.mean(
        optax.softmax_cross_entropy_with_integer_labels(logits, y))

  updates, opt = _optimizer(steps).update(jax.grad(loss)(params), opt, params)
  return optax.apply_updates(params, updates), opt


@functools.partial(jax.jit, static_argnames='net')
def _forward(net, variables, x):
  return net.apply(variables, _scale(x), train=False)


def _scale(x):
  """uint8 -> float32 in [-1, 1]."""
  return jnp.asarray(x, jnp.float32) / 127.5 - 1


def _distort(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
  """Moves pictures by up to SHIFT pixels and slants them by up to SLANT.

  Both by whole pixels, so without interpolation; two slants make about a
  rotation. What comes in from outside repeats the border.
  """
  n, h, w = x.shape[:3]
  by = rng.integers(-SHIFT, SHIFT + 1, (n, 2, 1, 1))
  slant = rng.uniform(-SLANT, SLANT, (n, 2, 1, 1))
  row, column = np.arange(h)[:, None], np.arange(w)
  rows = row + by[:, 0] + np.rint(slant[:, 0] * (column - w / 2)).astype(int)
  columns = column + by[:, 1] + np.rint(slant[:, 1] * (row - h / 2)).astype(int)
  return x[np.arange(n)[:, None, None], np.clip(rows, 0, h - 1),
           np.clip(columns, 0, w - 1)]


def pictures(source: Source, most: int = MOST
             ) -> tuple[np.ndarray, np.ndarray]:
  """Pictures [N, H, W, C] uint8 and labels [N] of a source.

  Args:
    source: of labelled pictures.
    most: of a larger source that many are taken, evenly spaced.
  """
  n = len(source)
  rows = np.linspace(0, n - 1, min(n, most)).astype(int)
  parts = [source.batch(rows[i:i + CHUNK]) for i in range(0, len(rows), CHUNK)]
  y = np.concatenate([part['y'] for part in parts])
  return (np.concatenate([images.to_uint8(part['x'], source.spec.range)
                          for part in parts]),
          whole(y))


def whole(y: np.ndarray) -> np.ndarray:
  """Labels [N] whole, of whole or one-hot ones."""
  return y if y.ndim == 1 else y.argmax(1)


def _check_finite(x: np.ndarray) -> None:
  if not np.isfinite(x).all():
    raise ValueError('examples to be judged are nan or infinite')


@dataclasses.dataclass(frozen=True)
class Part:
  """Some examples of a source, as a source."""

  spec: Spec
  whole: Source
  rows: np.ndarray

  def __len__(self) -> int:
    return len(self.rows)

  def batch(self, indices: np.ndarray, keys: np.ndarray | None = None):
    return self.whole.batch(self.rows[indices], keys)


def held_out(train: Source, test: Source | None = None
             ) -> tuple[Source, Source, str]:
  """(train, test, name of the test): examples to judge the judge by.

  `test` if it is given; else the split 'test' of the data set of that name,
  if its pictures are made as those of `train` are; else a tenth of `train`.
  """
  spec = train.spec
  if test is None and spec.split == 'train':
    shape = spec.shapes['x']
    options = dict(size=shape[:2], channels=shape[2], range=spec.range)
    try:
      twin, found = (data.make(spec.name, split=split, **options)
                     for split in ('train', 'test'))
    except errors.ConfigError:
      twin = found = None
    if twin is not None and _alike(train, twin):
      test = found
  if test is not None:
    return train, test, test.spec.split
  rows = np.random.default_rng(0).permutation(len(train))
  cut = max(1, len(train) // 10)
  part = lambda rows: Part(
      dataclasses.replace(spec, size=len(rows)), train, np.sort(rows))
  return part(rows[cut:]), part(rows[:cut]), f'a tenth of {spec.split}'


def _alike(a: Source, b: Source) -> bool:
  """Whether two sources begin with the same pictures and have like labels."""
  if a.spec.classes != b.spec.classes or len(a) != len(b):
    return False
  rows = np.arange(min(8, len(a)))
  x, y = a.batch(rows)['x'], b.batch(rows)['x']
  return x.shape == y.shape and np.array_equal(x, y)
