"""What every test can rely on."""

import os

import pytest
from hypothesis import settings

# The machine's speed must not decide a test; in CI the examples are the same each time.
settings.register_profile("default", deadline=None, max_examples=30)
settings.register_profile("ci", deadline=None, max_examples=30, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture
def empty_directory(tmp_path, monkeypatch):
    """An empty working directory, as a user's who has just installed the command."""
    directory = tmp_path / "empty"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory
