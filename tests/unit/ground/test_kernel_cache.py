"""The cache of compiled kernels: fresh after any relevant edit, somewhere writable, cheap to ask."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import kernel_cache


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `sim` of four files: a kernel's, one that it imports, one behind that, and a stranger."""
    root = tmp_path / "sim"
    (root / "far").mkdir(parents=True)
    (root / "far" / "__init__.py").write_text("")
    (root / "kernels.py").write_text(
        "from sim.near import (\n    double,\n)\n\n\n@kernel\ndef f(x):\n    return double(x)\n"
    )
    (root / "near.py").write_text("from sim.far import constants\n\n\ndef double(x):\n    return 2 * x\n")
    (root / "far" / "constants.py").write_text("import sim.near\n\nTWO = 2\n")
    (root / "stranger.py").write_text("import os\n")
    monkeypatch.setattr(kernel_cache, "PACKAGE", root)
    kernel_cache._facts.cache_clear()
    yield root
    kernel_cache._facts.cache_clear()


def edit(file: Path) -> None:
    file.write_text(file.read_text() + "# edited\n")
    kernel_cache._facts.cache_clear()


@pytest.mark.parametrize(
    ("edited", "changes"),
    [("kernels.py", True), ("near.py", True), ("far/constants.py", True), ("stranger.py", False)],
)
def test_the_fingerprint_changes_with_every_file_that_a_kernel_can_see_and_no_other(package, edited, changes):
    before = kernel_cache.fingerprint(package / "kernels.py")
    edit(package / edited)
    assert (kernel_cache.fingerprint(package / "kernels.py") != before) is changes


def test_files_with_kernels_are_found(package):
    assert kernel_cache.kernel_sources() == [package / "kernels.py"]


def test_a_kernel_file_is_cold_until_compiled_code_lies_in_its_directory(package, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    kernels = package / "kernels.py"
    assert kernel_cache.is_cold()
    assert kernel_cache.is_cold(kernels)
    compiled = kernel_cache.cache_directory(kernels) / "sim_0" / "kernels.f-6.py311.1.nbc"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(b"")
    assert not kernel_cache.is_cold()
    assert not kernel_cache.is_cold(kernels)
    edit(package / "near.py")
    assert kernel_cache.is_cold()


def test_a_directory_that_cannot_be_written_is_passed_over(tmp_path, monkeypatch):
    blocked = tmp_path / "a file, not a directory"
    blocked.write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    kernel_cache._writable_root.cache_clear()
    root = kernel_cache.cache_root()
    kernel_cache._writable_root.cache_clear()
    assert root.is_dir()
    assert blocked not in root.parents


def test_an_edit_in_another_file_reaches_a_compiled_kernel(tmp_path):
    """With numba's own key the second process would load the first one's code and print 20 again."""
    source = Path(kernel_cache.__file__).parent
    root = tmp_path / "sim"
    root.mkdir()
    for name in ("kernel_cache.py", "compiled.py"):
        shutil.copy(source / name, root / name)
    (root / "__init__.py").write_text("")
    (root / "factor.py").write_text("FACTOR = 2\n")
    (root / "scaled.py").write_text(
        "from sim.compiled import kernel\nfrom sim.factor import FACTOR\n\n\n"
        "@kernel\ndef scaled(x):\n    return FACTOR * x\n"
    )
    program = "from sim.scaled import scaled; print(scaled(10), sum(scaled.stats.cache_hits.values()))"

    def run():
        command = [sys.executable, "-c", program]
        environment = {"PATH": "", "HOME": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.split()

    assert run() == ["20", "0"]
    assert run() == ["20", "1"]
    (root / "factor.py").write_text("FACTOR = 3\n")
    assert run() == ["30", "0"]
