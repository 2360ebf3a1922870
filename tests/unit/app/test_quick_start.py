"""What makes the command start quicker changes nothing that it does."""

import omegaconf._utils
import pytest
import yaml
from hydra._internal.hydra import Hydra
from omegaconf import OmegaConf

from sim.app.config_dir import config_dir
from sim.app.quick_yaml import quick_loader, quick_yaml

FILES = sorted(config_dir().rglob("*.yaml"))

TRICKY = """
numbers: [1e3, 1_000, 0x1F, 017, .5, 1., -.inf, .nan, 1:30, 2e-3, +3]
words: [yes, no, on, off, "yes", null, ~, 2018-10-20, '1e3']
folded: >
  one
  two
on: [a, {b: c}]
anchors: [&x {k: 1}, *x]
"""


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without its C parser")
def test_the_c_parser_reads_what_omegaconf_reads():
    slow = omegaconf._utils.get_yaml_loader()
    for text in (TRICKY, *(file.read_text(encoding="utf-8") for file in FILES)):
        assert repr(yaml.load(text, Loader=quick_loader())) == repr(yaml.load(text, Loader=slow))
    with pytest.raises(yaml.constructor.ConstructorError, match="found duplicate key a"):
        yaml.load("a: 1\na: 2", Loader=quick_loader())


def test_the_loader_is_put_back(tmp_path):
    (tmp_path / "a.yaml").write_text("x: 1e3\n")
    before = omegaconf._utils.get_yaml_loader
    with quick_yaml():
        assert OmegaConf.load(tmp_path / "a.yaml").x == 1000.0
        assert omegaconf._utils.get_yaml_loader is quick_loader
    with pytest.raises(FileNotFoundError), quick_yaml():
        OmegaConf.load(tmp_path / "b.yaml")
    assert omegaconf._utils.get_yaml_loader is before


@pytest.mark.parametrize(
    ("arguments", "compositions"), [((), 1), (("treaty.detection=0.7",), 1), (("hydra.mode=RUN",), 2)]
)
def test_the_configuration_is_composed_once_unless_it_may_say_how_to_run(
    treaty_sim, monkeypatch, arguments, compositions
):
    calls, compose = [], Hydra.compose_config

    def counted(*args, **kwargs):
        calls.append(kwargs)
        return compose(*args, **kwargs)

    monkeypatch.setattr(Hydra, "compose_config", counted)
    mode = Hydra.get_mode
    assert treaty_sim("check", *arguments).status == 0
    assert len(calls) == compositions
    assert Hydra.get_mode is mode


def test_a_multirun_asked_for_by_a_setting_is_one(treaty_sim):
    once = treaty_sim("check", "reading=neutral")
    twice = treaty_sim("check", "hydra.mode=MULTIRUN", "reading=neutral,moscow")
    assert once.status == twice.status == 0
    assert twice.out.count("public states") == 2 * once.out.count("public states") > 0
