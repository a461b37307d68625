"""Every config builds, tiny and whole, and says where its numbers come from."""

import importlib
import pkgutil
import re

import jax
import pytest

import configs
from gans_jax import config as config_lib
from gans_jax import errors, experiment

NAMES = sorted(m.name for m in pkgutil.iter_modules(configs.__path__))
# Data of the published size that a machine has only after launch/prepare.py.
ELSEWHERE = {'emoji', 'folder', 'tfds', 'mnist'}

# Data of the same kind as some that is elsewhere and is no pictures.
STAND_INS = dict(calogan=dict(name='showers', n=100),
                 jet_images=dict(name='jets', n=100),
                 sequences=dict(name='dna', n=100, length=36))
# Sizes of data that has its own, by what configs are called.
SIZES = dict(cifar=32, emoji=64)


def module(name):
  return importlib.import_module(f'configs.{name}')


@pytest.mark.parametrize('name', NAMES)
def test_tiny_builds(name):
  exp = experiment.build(module(name).get_config('tiny'))
  assert jax.eval_shape(exp.init).params


@pytest.mark.parametrize('name', NAMES)
def test_whole_builds_or_lacks_only_its_data(name):
  c = module(name).get_config()
  assert c.steps > module(name).get_config('tiny').steps
  config_lib.check(config_lib.plain(c))
  try:
    experiment.build(c)
  except errors.ConfigError as e:
    assert c.data.name in {*ELSEWHERE, *STAND_INS}, e
    # The nets still take data of the right kind.
    more = dict(domains='negative', labels=c.data.get('labels', False)) if (
        'domains' in c.data) else {}
    c.data = STAND_INS.get(c.data.name) or dict(
        name='digits', range=c.data.get('range', (-1., 1.)),
        size=c.data.get('size', next(
            (size for part, size in SIZES.items() if part in name), 8)), **more)
    c.evals = {}
    assert jax.eval_shape(experiment.build(c).init).params


@pytest.mark.parametrize('name, arg', [
    (name, arg) for name in NAMES
    for arg in re.findall(r'`:(\w+=[a-z\d.]+)`', module(name).__doc__)])
def test_arguments_that_docstrings_name_are_taken(name, arg):
  config_lib.check(config_lib.plain(module(name).get_config(arg)))


@pytest.mark.parametrize('name', NAMES)
def test_docstring_gives_source_and_command(name):
  text = module(name).__doc__
  assert re.search(r'et al\.|&|\b[A-Z]\w+ (19|20)\d\d', text)
  assert f'launch/train.py --config configs/{name}.py' in text


@pytest.mark.parametrize('name', NAMES)
def test_claims_name_a_bound_and_a_metric_that_will_exist(name):
  c = module(name).get_config()
  for claim in c.accept.values():
    assert 'min' in claim or 'max' in claim
    if ':' not in claim['metric']:
      label = claim['metric'].split('/')[0]
      assert label in c.evals


def test_every_system_has_an_acceptance_run():
  systems = {module(n).get_config().system for n in NAMES
             if module(n).get_config().accept}
  assert systems >= {'gan', 'dcgan', 'cgan', 'wgan', 'wgan_gp'}


def test_arguments():
  a = config_lib.parse_arg('tiny,width=8,name=x', tiny=False, width=4, name='')
  assert a.tiny and a.width == 8 and a.name == 'x'
  assert not config_lib.parse_arg('tiny=false', tiny=True).tiny
  assert config_lib.with_args('', 'a=1') == 'a=1'
  assert config_lib.with_args('tiny', 'a=1', 'b') == 'tiny,a=1,b'


@pytest.mark.parametrize('arg, message', [
    ('tny', "Did you mean 'tiny'"), ('width=x', "no int"),
    ('width', 'needs a value'), ('tiny=maybe', "value of tiny 'maybe'")])
def test_bad_arguments(arg, message):
  with pytest.raises(errors.ConfigError, match=message):
    config_lib.parse_arg(arg, tiny=False, width=4)


def ring(**changes):
  c = module('gan_ring').get_config('tiny')
  c.update_from_flattened_dict(changes)
  return c


@pytest.mark.parametrize('changes, message', [
    ({'system': 'gna'}, "unknown system 'gna'. Did you mean 'gan'"),
    ({'data.name': 'ring9'}, "unknown data set 'ring9'. Did you mean 'ring8'"),
    ({'model.objective': 'hnge'}, "Did you mean 'hinge'"),
    ({'model.nets.name': 'mpl'}, "Did you mean 'mlp'"),
    ({'batch': 0}, 'config.batch=0'),
    ({'steps': -1}, 'config.steps=-1'),
])
def test_mistakes_name_what_is_allowed(changes, message):
  with pytest.raises(errors.ConfigError, match=message):
    experiment.build(ring(**changes))


@pytest.mark.parametrize('section, key, message', [
    ('model', 'zz', r"argument of system 'gan' 'zz'.*Allowed: d_optim, ema"),
    ('data', 'radius', "argument of data set 'ring8'"),
    ('evals', 'fdi', "unknown evaluator 'fdi'"),
])
def test_unknown_arguments_list_the_allowed(section, key, message):
  c = ring()
  with c.unlocked():
    c[section][key] = dict(n=1) if section == 'evals' else 1
  with pytest.raises(errors.ConfigError, match=message):
    experiment.build(c)


def test_unknown_and_missing_keys():
  c = config_lib.plain(ring())
  with pytest.raises(errors.ConfigError, match="Did you mean 'steps'"):
    config_lib.check({**c, 'stpes': 1})
  del c['log']['every']
  with pytest.raises(errors.ConfigError, match='every'):
    config_lib.check(c)


def test_changes_are_found_by_path():
  a, b = ring(), ring(**{'model.z': 9, 'seed': 3})
  assert config_lib.changes(a, b) == {'model.z': (8, 9), 'seed': (0, 3)}
  config_lib.check_same_experiment(a, ring(steps=999), 'w')
  with pytest.raises(errors.ConfigError, match=r'model.z: 8 there, 9 asked'):
    config_lib.check_same_experiment(a, b, 'w')


@pytest.mark.parametrize('size, nets', [
    (20, dict(name='dcgan', width=4)), (18, dict(name='dc28', width=4)),
    (18, dict(name='resnet', width=4, d_width=4))])
def test_a_size_that_a_net_cannot_take(size, nets):
  c = module('dcgan_mnist').get_config('tiny')
  c.data = dict(name='digits', size=size)
  c.model.nets = nets
  with pytest.raises(errors.ConfigError, match='28|32|64'):
    experiment.build(c)


def test_labels_asked_of_data_without_labels():
  c = module('cgan_ring').get_config('tiny')
  c.data.labels = False
  with pytest.raises(errors.ConfigError, match='needs labels'):
    experiment.build(c)


@pytest.mark.parametrize('name', ['gan_mnist', 'dcgan_mnist_labels'])
def test_published_sizes_build_on_pictures_of_their_kind(name):
  c = module(name).get_config('paper')
  c.data = dict(name='mnist5k', range=c.data.get('range', (-1., 1.)))
  c.evals = {}
  state = jax.eval_shape(experiment.build(c).init)
  counts = experiment.parameter_counts(state)
  assert counts == dict(gan_mnist=dict(g=2_503_984, d=1_231_441),
                        dcgan_mnist_labels=dict(g=6_835_259, d=6_690_571))[name]


def test_players_given_one_optimizer_can_be_set_apart():
  adam = dict(name='adam', lr=1e-3, decay=dict(name='linear', steps=5))
  c = config_lib.base('gan', dict(name='ring8'), steps=1, batch=1,
                      model=dict(g_optim=adam, d_optim=adam))
  c.model.g_optim.lr, c.model.g_optim.decay.steps = 1e-4, 9
  assert c.model.d_optim.lr == 1e-3 and c.model.d_optim.decay.steps == 5
