"""Pairs for measurements: jet images, showers, sequences."""

from collections.abc import Sequence

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, Pair
from gans_jax.nets import calogan, dna, lagan


def oliveira(spec: Spec, classes: int, *, width: int = 128, channels: int = 64,
             local: int = 6, d_channels: int = 32, d_local: int = 8,
             dropout: float = .2, kernels: int = 20, dims: int = 10,
             dtype: str = 'float32') -> Pair:
  """De Oliveira et al. 2017 (LAGAN) for pictures of 4 n - 3 pixels.

  Args:
    width: of G, channels of its dense layer.
    channels: of G's convolution.
    local: of G's locally connected layers.
    d_channels: of D's convolution.
    d_local: of D's locally connected layers.
    dropout: of D, share that is dropped.
    kernels: of D's minibatch discrimination.
    dims: of each of its kernels.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  return (lagan.Generator(spec.shapes['x'], width, channels, local,
                          dtype=dtype),
          lagan.Discriminator(d_channels, d_local, dropout, kernels, dims,
                              dtype=dtype))


def paganini(spec: Spec, classes: int, *, width: int = 36, channels: int = 16,
             local: int = 6, attention: bool = True, d_channels: int = 64,
             d_local: Sequence[int] = (16, 8, 8), kernels: int = 10,
             dims: int = 10, dtype: str = 'float32') -> Pair:
  """Paganini et al. 2017 (CaloGAN) for layers of a calorimeter.

  Args:
    width: of G, channels of its dense layers.
    channels: of G's convolutions.
    local: of G's locally connected layers.
    attention: whether a layer of G looks at the one before it.
    d_channels: of D's convolutions.
    d_local: of D's locally connected layers.
    kernels: of D's minibatch discriminations.
    dims: of each of their kernels.
    dtype: to compute in.

  Raises:
    ConfigError: data without layers.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  shapes = tuple((k, tuple(spec.shapes[k])) for k in sorted(spec.shapes)
                 if k.startswith('layer'))
  if not shapes or 'energy' not in spec.shapes:
    raise errors.ConfigError(
        f"nets 'calogan' are of showers, with keys layer0, layer1, ... and "
        f'energy; {spec.name!r} has {", ".join(spec.shapes)}')
  return (calogan.Generator(shapes, width, channels, local, attention,
                            dtype=dtype),
          calogan.Discriminator(d_channels, tuple(d_local), kernels, dims,
                                dtype=dtype))


def killoran(spec: Spec, classes: int, *, width: int = 100, blocks: int = 5,
             d_width: int = 100, d_blocks: int = 5, dtype: str = 'float32'
             ) -> Pair:
  """Killoran et al. 2017, for sequences of letters [L, V].

  Args:
    width: of G, channels.
    blocks: of G.
    d_width: of D, channels.
    d_blocks: of D.
    dtype: to compute in.

  Raises:
    ConfigError: data that is no sequences of letters.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  if not spec.alphabet:
    raise errors.ConfigError(
        f"nets 'dna' are of sequences of letters, such as data 'dna' or "
        f"'sequences'; {spec.name!r} has none")
  return (dna.Generator(tuple(spec.shapes['x']), width, blocks, dtype=dtype),
          dna.Discriminator(d_width, d_blocks, dtype=dtype))
