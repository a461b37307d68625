"""Nothing is left out for long: changed systems always, all in six turns."""

from tests import rotation

SYSTEMS = ('gan', 'wgan', 'wgan_gp', 'sngan', 'biggan', 'biggan_deep')


def test_six_turns_make_all_once():
  turns = [rotation.share(SYSTEMS, turn) for turn in range(7, 13)]
  assert set().union(*turns) == set(SYSTEMS)
  assert sum(map(len, turns)) == len(SYSTEMS)
  assert rotation.share(SYSTEMS, 13) == turns[0]


def test_files_name_their_systems():
  paths = ['configs/wgan_gp_ring.py', 'gans_jax/systems/sngan.py', 'README.md',
           'configs/biggan_deep_digits.py', 'gans_jax/systems/__init__.py',
           'configs/unknown_ring.py', 'gans_jax/nets/gan.py']
  assert rotation.touched(SYSTEMS, paths) == {
      'wgan_gp', 'sngan', 'biggan_deep'}
  assert rotation.touched(SYSTEMS, ['configs/gan_ring.py']) == {'gan'}


def test_changed_systems_are_chosen_in_every_turn(monkeypatch):
  for count in '456789':
    monkeypatch.setattr(rotation, 'git', lambda *a, c=count: (
        [c] if 'rev-list' in a else
        ['gans_jax/systems/wgan.py'] if 'diff' in a else ['base']))
    chosen = rotation.chosen(SYSTEMS)
    assert 'wgan' in chosen and len(chosen) < len(SYSTEMS)


def test_many_changes_are_enough(monkeypatch):
  systems = [f's{i}' for i in range(60)]
  paths = [f'gans_jax/systems/s{i}.py' for i in range(rotation.MANY + 1)]
  monkeypatch.setattr(rotation, 'git', lambda *a: (
      ['4'] if 'rev-list' in a else paths if 'diff' in a else ['base']))
  assert rotation.chosen(systems) == {p[17:-3] for p in paths}


def test_changed_configs_are_built_in_every_turn(monkeypatch):
  names, seen = ['gan_ring', 'gan_mnist', 'wgan_ring', 'biggan_emoji'], set()
  for count in '456789':
    monkeypatch.setattr(rotation, 'git', lambda *a, c=count: (
        [c] if 'rev-list' in a else
        ['configs/gan_ring.py'] if 'diff' in a else ['base']))
    chosen = rotation.chosen_configs(names)
    assert 'gan_ring' in chosen
    seen |= chosen
  assert seen == set(names)


def test_without_history_everything_is_tried(monkeypatch):
  monkeypatch.setattr(rotation, 'git', lambda *a: [])
  assert rotation.chosen(SYSTEMS) == set(SYSTEMS)
