"""Completion: what fits a line typed so far, and that bash puts it in its place."""

import os
import shutil
import subprocess
import sys

import pytest

from sim.app.commands.completion import SCRIPTS, command, fitting
from sim.app.main import COMMANDS


def test_the_first_word_is_a_command():
    assert fitting("treaty-sim ") == [*COMMANDS, "--help", "--version"]
    assert fitting("treaty-sim se") == ["seminar"]


def test_then_come_groups_files_and_keys():
    assert "scenario=" in fitting("treaty-sim run sc")
    assert fitting("treaty-sim run engine=quick reading=m") == ["reading=moscow"]
    assert fitting("treaty-sim run engine.see") == ["engine.seed="]
    assert fitting("treaty-sim run treaty.notice") == ["treaty.notice_months="]
    assert fitting("treaty-sim run nothing=") == []


def test_own_configs_are_offered(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").touch()
    assert fitting(f"treaty-sim run --config-dir {tmp_path} scenario=mi") == ["scenario=mine"]


def test_an_unknown_shell_is_named_with_the_known_ones(capsys):
    with pytest.raises(SystemExit, match="2"):
        command(["tcsh"])
    assert capsys.readouterr().err == "error: completion needs a shell, one of bash, zsh, fish, got tcsh\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "words", "replies"),
    [
        ("treaty-sim hi", ("treaty-sim", "hi"), ["history "]),
        ("treaty-sim run scen", ("treaty-sim", "run", "scen"), ["scenario="]),
        ("treaty-sim run scenario=inf_1", ("treaty-sim", "run", "scenario", "=", "inf_1"), ["inf_1988 "]),
        ("treaty-sim run executor=", ("treaty-sim", "run", "executor", "="), None),
    ],
)
def test_bash_completes(line, words, replies, tmp_path):
    shim = tmp_path / "treaty-sim"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sim "$@"\n')
    shim.chmod(0o755)
    quoted = " ".join(f"'{word}'" for word in words)
    asked = (
        f"{SCRIPTS['bash']}\nCOMP_LINE='{line}' COMP_POINT={len(line)} COMP_CWORD={len(words) - 1}\n"
        f"COMP_WORDS=({quoted})\n_treaty_sim\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, check=True, env=environment
    ).stdout.splitlines()
    assert done == (replies or ["dask ", "local ", "ray ", "serial ", "slurm "])
