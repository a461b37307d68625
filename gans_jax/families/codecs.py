"""Nets of adversarial autoencoders, by the name in a config.

Each entry is a function of the data's spec, of the number of classes, of the
dimensions of z and of arguments of its own; it gives nets by the name that they
have in the game.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flax.linen as nn

from gans_jax import errors
from gans_jax.data.spec import Spec
from gans_jax.families.pairs.common import output
from gans_jax.nets import cvae_gan, dcgan, flows, ian, mlp, vae_gan

Nets = dict[str, nn.Module]


def dense(spec: Spec, classes: int, z: int, *,
          hidden: Sequence[int] = (128, 128),
          e_hidden: Sequence[int] | None = None,
          d_hidden: Sequence[int] | None = None,
          c_hidden: Sequence[int] | None = None, norm: str | None = None
          ) -> Nets:
  """Dense layers: G with ReLU, the others with LeakyReLU(.2).

  Args:
    hidden: widths of G.
    e_hidden: of E; those of G by default.
    d_hidden: of D; likewise.
    c_hidden: of C, if there are classes; likewise.
    norm: of G, None or 'batch'.
  """
  widths = lambda own: tuple(hidden if own is None else own)
  nets = dict(
      g=mlp.Generator(spec.shapes['x'], widths(None), norm=norm,
                      out=output(spec)),
      e=mlp.Discriminator(widths(e_hidden), outputs=2 * z),
      d=mlp.Discriminator(widths(d_hidden)))
  if classes:
    nets['c'] = mlp.Discriminator(widths(c_hidden), outputs=classes)
  return nets


def larsen(spec: Spec, classes: int, z: int, *,
           widths: Sequence[int] = (64, 128, 256), fc: int = 2048,
           g_widths: Sequence[int] = (256, 128, 32),
           d_widths: Sequence[int] = (32, 128, 256, 256), d_fc: int = 512
           ) -> Nets:
  """Those of VAE/GAN, for 64 pixels.

  Args:
    widths: of E, channels after each halving.
    fc: of E's dense layer; 1024 in the published code.
    g_widths: of G, channels after each doubling; before the first there are as
      many as E has in the end.
    d_widths: of D, channels of its first layer and after each halving.
    d_fc: of D's dense layer.

  Raises:
    errors.ConfigError: labels.
  """
  if classes:
    raise errors.ConfigError(
        "nets 'vae_gan' take no labels: choose 'dense' or 'cvae_gan'")
  return dict(
      g=vae_gan.Generator(spec.shapes['x'], widths[-1], tuple(g_widths),
                          output(spec)),
      e=vae_gan.Encoder(2 * z, tuple(widths), fc),
      d=vae_gan.Discriminator(tuple(d_widths), d_fc))


def bao(spec: Spec, classes: int, z: int, *, fc: int = 1024,
        widths: Sequence[int] = (256, 256, 128, 92, 64),
        kernels: Sequence[int] = (3, 3, 5, 5, 5, 5), d_width: int = 64,
        share: float = 1.) -> Nets:
  """Those of CVAE-GAN, for 128 pixels.

  Args:
    fc: of G, width of its first layer.
    widths: of G, channels after each doubling but the last.
    kernels: of G, sizes, one more than widths.
    d_width: of D, channels after the first of DCGAN's halvings.
    share: of the channels of E, a GoogLeNet, and of C, an AlexNet.

  Raises:
    errors.ConfigError: no labels, or another number of kernels.
  """
  if not classes or len(kernels) != len(widths) + 1:
    raise errors.ConfigError(
        f"nets 'cvae_gan' need labels, not {classes} classes, and one kernel "
        f'more than {len(widths)} widths, not {len(kernels)}')
  return dict(
      g=cvae_gan.Generator(spec.shapes['x'], fc, tuple(widths),
                           tuple(kernels), output(spec)),
      e=cvae_gan.Encoder(2 * z, share), d=dcgan.Discriminator(d_width),
      c=cvae_gan.Classifier(classes, share))


def brock(spec: Spec, classes: int, z: int, *,
          d_widths: Sequence[int] = (128, 256, 512, 1024), kernels: int = 500,
          fc: int = 1000, first: int = 512,
          widths: Sequence[int] = (512, 256, 128, 128),
          scales: Sequence[Sequence[int]] = (
              (0, 2), (0, 2, 3), (0, 2, 3), ()),
          beta: Sequence[int] = (2, 3, 4), flow: int = 0,
          flow_hidden: Sequence[int] = (100,)) -> Nets:
  """Those of IAN, for 64 pixels; E's input are D's last maps.

  The simple ones of the published code are first 1024, widths (512, 256, 128),
  scales ((), (), ()), beta ().

  Args:
    d_widths: of D, channels after each halving.
    kernels: of D's minibatch discrimination.
    fc: of E's hidden layer.
    first: of G, channels before the first doubling.
    widths: of G, channels after each doubling.
    scales: of G, dilations of the block after each doubling; () for none.
    beta: of G, dilations of its last layer; () for a plain one.
    flow: steps of an inverse autoregressive flow behind E; 0 for none.
    flow_hidden: widths of its nets.

  Raises:
    errors.ConfigError: labels, or not as many scales as widths.
  """
  if classes or len(scales) != len(widths):
    raise errors.ConfigError(
        f"nets 'ian' take no labels, not {classes}, and a list of scales for "
        f'each of {len(widths)} widths, not {len(scales)}')
  return _flowing(dict(
      g=ian.Generator(spec.shapes['x'], first, tuple(widths),
                      tuple(map(tuple, scales)), tuple(beta), output(spec)),
      e=ian.Head(z, fc),
      d=ian.Discriminator(widths=tuple(d_widths), kernels=kernels)),
                  flow, flow_hidden)


def brock_dense(spec: Spec, classes: int, z: int, *,
                hidden: Sequence[int] = (128, 128),
                d_hidden: Sequence[int] | None = None, kernels: int = 0,
                e_hidden: Sequence[int] = (128,), flow: int = 0,
                flow_hidden: Sequence[int] = (64,)) -> Nets:
  """Dense layers in the same places.

  Args:
    hidden: widths of G.
    d_hidden: of D; those of G by default.
    kernels: of D's minibatch discrimination; 0 for none.
    e_hidden: of E, on the last of D's.
    flow: as of 'ian'.
    flow_hidden: likewise.
  """
  nets = dense(spec, 0, z, hidden=hidden, e_hidden=e_hidden)
  d = ian.DenseDiscriminator(hidden=tuple(d_hidden or hidden), kernels=kernels)
  return _flowing({**nets, 'd': d}, flow, flow_hidden)


def _flowing(nets: Nets, steps: int, hidden: Sequence[int]) -> Nets:
  """With a flow 'f' behind E, if it has any steps."""
  return {**nets, 'f': flows.IAF(steps, tuple(hidden))} if steps else nets


# Of E beside D, and of E on D's trunk.
CODECS: Mapping[str, Callable[..., Nets]] = dict(
    cvae_gan=bao, dense=dense, vae_gan=larsen)
INTROSPECTIVE: Mapping[str, Callable[..., Nets]] = dict(
    ian=brock, ian_dense=brock_dense)


def make(table: Mapping[str, Callable[..., Nets]], spec: Spec, *, z: int,
         name: str, classes: int = 0, **options: Any) -> Nets:
  """Nets for the data.

  Args:
    table: CODECS, or INTROSPECTIVE.
    spec: of the data.
    z: dimensions of the codes.
    name: of the table.
    classes: of the labels that E and G see; 0 for none.
    **options: of the named nets.

  Raises:
    errors.ConfigError: unknown names, or data the nets cannot take.
  """
  return errors.call(f'nets {name!r}', errors.choose('nets', name, table),
                     spec, classes, z, **options)
