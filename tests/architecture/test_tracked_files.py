"""What git holds: names that every system can check out, no address of a package index, no file of a run."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN_IN_NAMES = re.compile(r'[:<>"|?*\\]|[ .]$')


def tracked():
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [name.decode() for name in listed.split(b"\0") if name]


def test_names_can_be_checked_out_everywhere():
    names = tracked()
    assert not [name for name in names if any(FORBIDDEN_IN_NAMES.search(part) for part in name.split("/"))]
    assert len({name.lower() for name in names}) == len(names)


def test_pinned_versions_say_nothing_of_where_they_come_from():
    lists = [
        name for name in tracked() if re.search(r"constraints|requirements|\.lock$|\.pip$|pip\.conf", name)
    ]
    assert "constraints.txt" in lists
    for name in lists:
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
        assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[^\s:/@]+(?: *;.*)?", line)]


def test_results_hold_only_what_is_meant_to_be_kept():
    kept = [name for name in tracked() if name.startswith("results/")]
    assert not [
        name for name in kept if name != "results/README.md" and not name.startswith("results/gallery/")
    ]


def test_constraints_are_exact_versions_and_cover_what_is_installed():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert not [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", pin)]
    pinned = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    text = (ROOT / "pyproject.toml").read_text()
    wanted = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r'"([A-Za-z0-9._-]+)>=', text)}
    assert not wanted - pinned
