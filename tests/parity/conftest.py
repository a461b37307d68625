"""torchvision from PyPI beside a torch for CPUs alone.

Its compiled operators do not load there, and its Python code then fails where
it describes two of them; nothing here uses any. So their schemas are defined
where they are missing.
"""

import torch

BOXES = '(Tensor dets, Tensor scores, float iou_threshold) -> Tensor'


def _define(name: str) -> None:
  try:
    torch._C._get_schema(f'torchvision::{name}', '')
  except RuntimeError:
    LIBRARY.define(name + BOXES)


# Kept alive: a library's definitions go with it.
LIBRARY = torch.library.Library('torchvision', 'FRAGMENT')
try:
  import torchvision  # noqa: F401
except RuntimeError:
  for operator in ('nms', 'qnms'):
    _define(operator)
