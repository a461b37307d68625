"""Pairs of coupled nets by name: G and D of two domains, partly shared.

Both are a `nets.tied.Tied` of two: G's share their first layers, in which what
is on a picture is decided, D's their last (Liu and Tuzel 2016).
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import DTYPES, output
from gans_jax.nets import cogan, mlp
from gans_jax.nets.layers import ends
from gans_jax.nets.tied import Tied

Coupled = tuple[Tied, Tied]
DOMAINS = 'ab'


def liu(spec: Spec, *, widths: Sequence[int] = (1024, 512, 256, 128),
        dtype: str = 'float32') -> Coupled:
  """The published nets for MNIST, of 28 x 28.

  Args:
    widths: channels of G's shared layers.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  shape = spec.shapes['x']
  if shape[:2] != (cogan.SIZE, cogan.SIZE):
    raise errors.ConfigError(
        f"nets 'cogan' take pictures of {cogan.SIZE} x {cogan.SIZE}, not of "
        f'{shape[0]} x {shape[1]}: give the data size={cogan.SIZE}')
  return (Tied(cogan.GeneratorEnd(shape[-1], output(spec), dtype), 2,
               before=cogan.GeneratorStem(tuple(widths), dtype)),
          Tied(cogan.DiscriminatorStem(dtype=dtype), 2,
               after=cogan.DiscriminatorEnd(dtype=dtype)))


def local(spec: Spec, *, hidden: Sequence[int] = (128,), maps: int = 8,
          kernel: int = 3, norm: str | None = None,
          d_hidden: Sequence[int] = (128, 128), dtype: str = 'float32'
          ) -> Coupled:
  """Dense layers that are shared, convolutions that are not.

  Args:
    hidden: widths of G's dense layers, before those to the maps.
    maps: of features, of the picture's size, from which a domain's own layer
      draws in G, and which one finds in D.
    kernel: side of these layers' kernels: with 1 they map pixel to pixel.
    norm: of G's dense layers, None or 'batch'.
    d_hidden: widths of D's dense layers.
    dtype: to compute in.
  """
  dtype = errors.choose('dtype', dtype, DTYPES)
  *size, channels = spec.shapes['x']
  squash = functools.partial(ends.squashed, out=output(spec))
  return (Tied(cogan.Local(channels, kernel, squash, dtype), 2,
               before=cogan.Maps(tuple(size), tuple(hidden), maps, norm,
                                 dtype)),
          Tied(cogan.Local(maps, kernel, dtype=dtype), 2,
               after=mlp.Discriminator(tuple(d_hidden), dtype=dtype)))


COUPLED: Mapping[str, Callable[..., Coupled]] = dict(cogan=liu, local=local)


def make(spec: Spec, *, name: str, **options: Any) -> Coupled:
  """(G, D) of two domains.

  Args:
    spec: of domains, with keys a and b.
    name: of COUPLED.
    **options: of the named pair.

  Raises:
    errors.ConfigError: unknown names, or data without domains or that the nets
      cannot take.
  """
  missing = set(DOMAINS) - set(spec.shapes)
  if missing:
    raise errors.ConfigError(
        f'a coupled game is of two domains, and {spec.name!r} has '
        f"{sorted(spec.shapes)}: give the data domains='negative', say")
  one = dataclasses.replace(spec, shapes={'x': spec.shapes['a']})
  return errors.call(f'nets {name!r}', errors.choose('nets', name, COUPLED),
                     one, **options)
