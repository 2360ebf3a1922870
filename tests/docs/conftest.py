"""The scripts of docs, as modules."""

import importlib.util
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def script(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def run_pages():
    return script("run_pages")


@pytest.fixture(scope="session")
def make_reference():
    return script("make_reference")


@pytest.fixture(scope="session")
def run_notebooks():
    return script("run_notebooks")
