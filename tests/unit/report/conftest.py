"""A synthetic result for all tests of figures and tables."""

import importlib.util
from pathlib import Path

import pytest


def _fake_module():
    path = Path(__file__).with_name("fake_result.py")
    spec = importlib.util.spec_from_file_location("fake_result", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fake():
    """Return the module that makes up results."""
    return _fake_module()


@pytest.fixture(scope="session")
def result(fake):
    """Return the synthetic result of the default scenario."""
    return fake.fake_result()
