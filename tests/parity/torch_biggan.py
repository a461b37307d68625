"""BigGAN's nets in PyTorch, written independently; no spectral normalisation.

Pictures are [B, C, H, W]. Layers have the names of the Flax tree.
"""

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d, softmax


def double(x):
  return interpolate(x, scale_factor=2, mode='nearest')


class ByCode(nn.Module):
  """(h - mean) / std, times 1 + W c, plus V c."""

  def __init__(self, channels, code):
    super().__init__()
    self.norm = nn.BatchNorm2d(channels, affine=False)
    self.scale = nn.Linear(code, channels, bias=False)
    self.bias = nn.Linear(code, channels, bias=False)

  def forward(self, h, c):
    row = lambda layer: layer(c)[:, :, None, None]
    return self.norm(h) * (1 + row(self.scale)) + row(self.bias)


class Attention(nn.Module):

  def __init__(self, channels):
    super().__init__()
    conv = lambda a, b: nn.Conv2d(a, b, 1, bias=False)
    self.query = conv(channels, channels // 8)
    self.key = conv(channels, channels // 8)
    self.value = conv(channels, channels // 2)
    self.out = conv(channels // 2, channels)
    self.gain = nn.Parameter(torch.zeros(()))

  def forward(self, x):
    query = self.query(x).flatten(2)
    key, value = (max_pool2d(layer(x), 2).flatten(2)
                  for layer in (self.key, self.value))
    beta = softmax(query.transpose(1, 2) @ key, -1)      # [B, HW, HW / 4]
    out = (value @ beta.transpose(1, 2)).unflatten(2, x.shape[2:])
    return x + self.gain * self.out(out)


class UpBlock(nn.Module):

  def __init__(self, channels, width, code):
    super().__init__()
    self.ConditionalBatchNorm_0 = ByCode(channels, code)
    self.Conv_0 = nn.Conv2d(channels, width, 3, padding=1)
    self.ConditionalBatchNorm_1 = ByCode(width, code)
    self.Conv_1 = nn.Conv2d(width, width, 3, padding=1)
    self.Conv_2 = nn.Conv2d(channels, width, 1)

  def forward(self, x, c):
    h = double(torch.relu(self.ConditionalBatchNorm_0(x, c)))
    h = torch.relu(self.ConditionalBatchNorm_1(self.Conv_0(h), c))
    return self.Conv_1(h) + self.Conv_2(double(x))


class Narrow(nn.Module):
  """The four convolutions of a block of BigGAN-deep."""

  def __init__(self, channels, inner, width):
    super().__init__()
    self.Conv_0 = nn.Conv2d(channels, inner, 1)
    self.Conv_1 = nn.Conv2d(inner, inner, 3, padding=1)
    self.Conv_2 = nn.Conv2d(inner, inner, 3, padding=1)
    self.Conv_3 = nn.Conv2d(inner, width, 1)


class DeepUpBlock(Narrow):

  def __init__(self, channels, width, code, up):
    super().__init__(channels, channels // 4, width)
    self.up, self.width = up, width
    for i in range(4):
      setattr(self, f'ConditionalBatchNorm_{i}', ByCode(
          channels // 4 if i else channels, code))

  def forward(self, x, c):
    act = lambda i, h: torch.relu(
        getattr(self, f'ConditionalBatchNorm_{i}')(h, c))
    h = act(1, self.Conv_0(act(0, x)))
    x = x[:, :self.width]
    if self.up:
      h, x = double(h), double(x)
    h = self.Conv_2(act(2, self.Conv_1(h)))
    return self.Conv_3(act(3, h)) + x


class DeepDownBlock(Narrow):

  def __init__(self, channels, width, halve):
    super().__init__(channels, width // 4, width)
    self.halve = halve
    if width > channels:
      self.Conv_4 = nn.Conv2d(channels, width - channels, 1)

  def forward(self, x):
    h = torch.relu(self.Conv_1(torch.relu(self.Conv_0(torch.relu(x)))))
    h = torch.relu(self.Conv_2(h))
    if self.halve:
      h, x = avg_pool2d(h, 2), avg_pool2d(x, 2)
    if hasattr(self, 'Conv_4'):
      x = torch.cat([x, self.Conv_4(x)], 1)
    return self.Conv_3(h) + x


class DownBlock(nn.Module):

  def __init__(self, channels, width, halve, first):
    super().__init__()
    self.halve, self.first = halve, first
    self.Conv_0 = nn.Conv2d(channels, width, 3, padding=1)
    self.Conv_1 = nn.Conv2d(width, width, 3, padding=1)
    if halve or channels != width:
      self.Conv_2 = nn.Conv2d(channels, width, 1)

  def forward(self, x):
    h = self.Conv_1(torch.relu(self.Conv_0(x if self.first else torch.relu(x))))
    if hasattr(self, 'Conv_2'):
      x = self.Conv_2(x)
    return avg_pool2d(h + x, 2) if self.halve else h + x


class Generator(nn.Module):
  """Both, by `deep`; attention after every size in `attention`."""

  def __init__(self, widths, z, classes, shared, attention, deep):
    super().__init__()
    self.attention, self.deep, self.chunk = attention, deep, z
    if not deep:
      self.chunk = z // len(widths)
    code = self.chunk + shared
    self.shared = nn.Linear(classes, shared, bias=False)
    self.Dense_0 = nn.Linear(code if deep else self.chunk, 16 * widths[0])
    self.blocks = 0
    for a, b in zip(widths, widths[1:]):
      blocks = ([DeepUpBlock(a, a, code, False), DeepUpBlock(a, b, code, True)]
                if deep else [UpBlock(a, b, code)])
      for block in blocks:
        setattr(self, f'UpBlock_{self.blocks}', block)
        self.blocks += 1
      if 4 << (self.blocks // len(blocks)) == attention:
        self.SelfAttention_0 = Attention(b)
    self.BatchNorm_0 = nn.BatchNorm2d(widths[-1])
    self.Conv_0 = nn.Conv2d(widths[-1], 3, 3, padding=1)

  def forward(self, z, y):
    label = self.shared(y)
    if self.deep:
      first = torch.cat([z, label], 1)
      each = [first] * self.blocks
    else:
      first, *rest = z.split(self.chunk, 1)
      each = [torch.cat([c, label], 1) for c in rest]
    h = self.Dense_0(first).view(len(z), 4, 4, -1).permute(0, 3, 1, 2)
    for i, c in enumerate(each):
      before = h.shape[2]
      h = getattr(self, f'UpBlock_{i}')(h, c)
      if h.shape[2] == self.attention and before != h.shape[2]:
        h = self.SelfAttention_0(h)
    return torch.tanh(self.Conv_0(torch.relu(self.BatchNorm_0(h))))


class Discriminator(nn.Module):
  """Both, by `deep`: `halved` of the sizes are half of what came before."""

  def __init__(self, widths, classes, halved, attention, deep):
    super().__init__()
    self.attention, self.blocks = attention, 0
    if deep:
      self.Conv_0 = nn.Conv2d(3, widths[0], 3, padding=1)
      pairs = list(zip(widths, widths[1:]))
    else:
      pairs = list(zip((3, *widths), widths))
    for i, (a, b) in enumerate(pairs):
      blocks = ([DeepDownBlock(a, b, i < halved), DeepDownBlock(b, b, False)]
                if deep else [DownBlock(a, b, i < halved, i == 0)])
      for block in blocks:
        setattr(self, f'DownBlock_{self.blocks}', block)
        self.blocks += 1
    self.each = len(blocks)
    if attention:
      self.SelfAttention_0 = Attention(widths[1] if deep else widths[0])
    self.Dense_0 = nn.Linear(widths[-1], 1)
    self.projection = nn.Linear(classes, widths[-1], bias=False)

  def forward(self, x, y):
    h = self.Conv_0(x) if hasattr(self, 'Conv_0') else x
    for i in range(self.blocks):
      h = getattr(self, f'DownBlock_{i}')(h)
      if self.attention and i == self.each - 1:     # of the first size
        h = self.SelfAttention_0(h)
    h = torch.relu(h).sum((2, 3))
    return self.Dense_0(h)[:, 0] + (self.projection(y) * h).sum(1)
