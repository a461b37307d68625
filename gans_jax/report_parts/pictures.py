"""The pictures of a report: samples over time, neighbours, reconstructions."""

import base64
import io
import pathlib

import numpy as np

from gans_jax import metrics
from gans_jax.report_parts import page
from gans_jax.report_parts.run import Run

THUMBNAILS = 12
THUMBNAIL, LARGE = 400, 1600    # most pixels of a side
PHOTOGRAPH = 200_000            # bytes of a PNG beyond which JPEG is taken


def samples(run: Run) -> str:
  """Grids of the fixed z over time, the last one large."""
  found = metrics.pictures(run.workdir)
  if not found:
    return page.note('No samples were written yet.')
  keep = np.unique(np.linspace(0, len(found) - 1, THUMBNAILS).round())
  shown = [found[int(i)] for i in keep]
  step, last = shown[-1]
  some = f', {len(shown)} are shown' if len(shown) < len(found) else ''
  were = 'pictures were' if len(found) > 1 else 'picture was'
  out = ['<p>The same noise at every step, so a place in the grid can be '
         f'followed over time. {len(found)} {were} written{some}. The last '
         f'one, at step {page.number(step)}:</p>',
         f'<div class="large">{picture(last, f"samples at step {step}")}</div>']
  if len(shown) > 1:
    few = ' few' if len(shown) <= 4 else ''
    out.append(f'<h3>Over time</h3><div class="thumbs{few}">')
    out += [f'<figure>{picture(path, f"samples at step {step}", THUMBNAIL)}'
            f'<figcaption class="soft">step {page.number(step)}</figcaption>'
            '</figure>' for step, path in shown]
    out.append('</div>')
  return ''.join(out)


def nearest(run: Run) -> str:
  """Samples beside the training examples nearest to them."""
  found = metrics.pictures(run.workdir, 'nearest')
  if not found:
    return page.note(
        'No picture of nearest neighbours was written; it is made when a run '
        'on pictures is done.')
  step, path = found[-1]
  return (
      '<p>In each row a generated picture comes first, then the pictures of '
      'the training data nearest to it. A generator that copies its training '
      'data shows the same picture again among its neighbours; one that '
      'generalises shows pictures that are similar, and different in detail. '
      + _large(step, path, 'nearest neighbours'))


def reconstructions(run: Run) -> str:
  """Held-out examples beside what the game makes of their codes."""
  step, path = metrics.pictures(run.workdir, 'reconstructions')[-1]
  return (
      '<p>Pairs: a held-out picture, and to its right what G makes of the code '
      'that E finds for it. Where E is the inverse of G both show the same. '
      'Where anomalies are looked for, what is left between the two is third. '
      'Of points, held-out ones are grey and reconstructions red. '
      + _large(step, path, 'reconstructions'))


def traversals(run: Run) -> str:
  """Codes through their values."""
  step, path = metrics.pictures(run.workdir, 'traversals')[-1]
  return (
      '<p>A block for each code, in the order of the config. In a row that '
      'code goes through its values, a column a value; noise and other codes '
      'stay. Of points, colours are values. '
      + _large(step, path, 'traversals of codes'))


def _large(step: int, path: pathlib.Path, text: str) -> str:
  """The end of a paragraph, and its picture."""
  return (f'Step {page.number(step)}.</p><div class="large">'
          f'{picture(path, f"{text} at step {step}")}</div>')


def picture(path: pathlib.Path, text: str, width: int | None = None) -> str:
  """An <img> with the picture inside, or a sentence if it cannot be read.

  Args:
    path: of a picture file.
    text: said instead of the picture where it cannot be seen.
    width: a thumbnail, of at most so many pixels; else it is shown large.
  """
  from PIL import Image
  try:
    with Image.open(path) as source:
      image = source.convert('L' if source.mode == 'L' else 'RGB')
  except (OSError, SyntaxError) as e:   # PIL raises both for broken files
    return page.note(f'{path.name} cannot be read: {type(e).__name__}.')
  most = width or LARGE
  if max(image.size) > most:
    image.thumbnail((most, most))
  kind, data = 'png', _encode(image, 'PNG', optimize=True)
  if len(data) > PHOTOGRAPH:
    kind, data = 'jpeg', _encode(image, 'JPEG', quality=90)
  source = f'data:image/{kind};base64,{base64.b64encode(data).decode()}'
  style = ''
  if not width:   # whole multiples of its pixels, which stay sharp
    scale = max(1, 720 // max(image.size))
    style = (f' style="max-width:{scale * image.width}px"'
             + (' class="sharp"' if scale > 1 else ''))
  return f'<img src="{source}" alt="{page.escape(text)}"{style}>'


def _encode(image, kind, **options):
  out = io.BytesIO()
  image.save(out, kind, **options)
  return out.getvalue()
