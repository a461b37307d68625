"""Data sets, by name: `make` gives a source, `Loader` turns it into batches."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from gans_jax import buckets, errors
from gans_jax.data import (
    clusters, dna, embedded, emoji, folder, jets, showers, simulated, sources,
    stacked, synthetic, tfds_source, triangles)
from gans_jax.data import domains as domains_of
from gans_jax.data import labelled as labels_of
from gans_jax.data import only as some_of
from gans_jax.data.loader import Loader
from gans_jax.data.sources import arrays, pictures, raw
from gans_jax.data.spec import Batch, Source, Spec

__all__ = ['Batch', 'Loader', 'Source', 'Spec', 'arrays', 'make', 'pictures',
           'raw']

# Sources of points, which are ready as they come.
POINTS = {
    'bits2x2': synthetic.bits2x2,
    'clusters100': clusters.clusters100,
    'gauss1': synthetic.gauss1,
    'grid25': synthetic.grid25,
    'grid25_p': synthetic.grid25_p,
    'mixture1': synthetic.mixture1,
    'moons': synthetic.moons,
    'ring3': synthetic.ring3,
    'ring8': synthetic.ring8,
    'ring8_p': synthetic.ring8_p,
    'scattered': synthetic.scattered,
    'simulated': simulated.simulated,
}
# Sources of other kinds, as ready.
KINDS = {
    'calogan': showers.calogan,
    'dna': dna.dna,
    'jet_images': jets.jet_images,
    'jets': jets.jets,
    'sequences': dna.sequences,
    'showers': showers.showers,
}
# Sources of pictures, to which the options of `sources.pictures` apply too.
PICTURES = {
    'digits': embedded.digits,
    'emoji': emoji.emoji,
    'emoji_twitter': emoji.emoji_twitter,
    'fashion_mnist': embedded.fashion_mnist,
    'folder': folder.folder,
    'mnist': embedded.mnist,
    'mnist5k': embedded.mnist5k,
    'stacked_digits': stacked.stacked_digits,
    'stacked_mnist': stacked.stacked_mnist,
    'tfds': tfds_source.tfds,
    'triangles': triangles.triangles,
}


def make(name: str, *, labelled: int = 0, label_seed: int = 0,
         beside: bool = False, only: Sequence[int] | None = None,
         domains: str | Mapping[str, Any] | None = None,
         **options: Any) -> Source:
  """Makes a data set.

      make('ring8', labels=True)
      make('mnist5k', split='test', size=32, range=(0, 1))
      make('folder', path='photos', size=64, flip=True, skip_bad=True)
      make('tfds', tfds_name='cifar10', flip=True, one_hot=True)

  Args:
    name: one of POINTS, KINDS or PICTURES.
    labelled: if not 0, how many labels a semi-supervised game may use: the
      batch has a key 'labelled'; see `labelled.few`.
    label_seed: which ones.
    beside: labelled examples come beside each batch, too, as many.
    only: None, or the classes that are kept, numbered anew; see `only.only`.
    domains: None, or what domain b of a batch without pairs is, keys 'a' and
      'b'; see `domains.unpaired`. `labels=True` adds labels.
    **options: arguments of the function that makes the set, `split` among
      them; for pictures also those of `sources.pictures`, such as `size`,
      `range`, `crop`, `flip`, `channels`, `labels` and `one_hot`.

  Paths may be URLs, gs:// or s3://: their files are copied once, see
  `buckets.cached`.

  Raises:
    ConfigError: no such data set or option (the nearest names are shown), a
      set that isn't there (with the command that gets it), or bad data.
  """
  if domains is not None:
    labels = bool(options.pop('labels', False))
    return domains_of.unpaired(make, dict(
        options, name=name, labelled=labelled, label_seed=label_seed,
        beside=beside, only=only), domains, labels)
  if labelled:
    return labels_of.few(
        make(name, only=only, **options), labelled, label_seed, beside)
  if beside:
    raise errors.ConfigError(
        'beside=True is of few labels: give labelled=N, or leave it out')
  if only is not None:
    return some_of.only(make(name, **options), only)
  function = errors.choose('data set', name, POINTS | KINDS | PICTURES)
  # Of a folder of tfds only the set that is asked for.
  below = (options.get('tfds_name') or '').partition(':')[0]
  options = {k: str(buckets.cached(v, below)) if isinstance(v, str)
             and buckets.is_url(v) else v for k, v in options.items()}
  own = inspect.signature(function).parameters
  shared = (inspect.signature(sources.pictures).parameters.keys() - {'raw'}
            if name in PICTURES else set())
  for option in options:
    if option not in own and option not in shared:
      errors.unknown(f'argument of data set {name!r}:', option,
                     [*own, *shared])
  kind = f'data set {name!r}'
  made = errors.call(
      kind, function, **{k: v for k, v in options.items() if k in own})
  if name not in PICTURES:
    return made
  return errors.call(
      kind, sources.pictures, made,
      **{k: v for k, v in options.items() if k not in own})
