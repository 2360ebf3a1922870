"""The gallery: README says what its numbers say, and the code still makes them."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from sim.app.artifacts import as_json, summary
from sim.app.plan import load

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "results" / "gallery"


def numbers(directory):
    """Return the outcomes of a run's summary."""
    return json.loads((directory / "summary.json").read_text("utf-8"))["outcomes"]


def test_the_first_screen_says_what_the_gallery_says():
    page = (ROOT / "README.md").read_text("utf-8")
    found = re.search(
        r"ends within seven years in ([\d.]+) % of plays \(95 % interval ([\d.]+) to ([\d.]+) %\), "
        r"half of them within (\d+) months",
        page,
    )
    assert found
    crisis = numbers(GALLERY / "inf_2019")
    collapse = crisis["collapse_probability"]
    for shown, key in zip(found.groups()[:3], ("estimate", "low", "high"), strict=True):
        assert float(shown) == pytest.approx(100 * collapse[key], abs=0.051)
    assert float(found[4]) == crisis["median_months_to_collapse"]["estimate"]
    for name, directory in (("the figure", "inf_2019"), ("1988", "inf_1988")):
        of = json.loads((GALLERY / directory / "summary.json").read_text("utf-8"))
        played = re.search(rf"{name}[^()]*?(\d+)(?: parameter draws)? × ([\d,]+)", page)
        assert [int(number.replace(",", "")) for number in played.groups()] == [
            of["draws"],
            of["replications"],
        ]
    young = re.search(r"June 1988 ends within seven years in (\d+) % of plays \((\d+) to (\d+) %\)", page)
    assert young
    collapse = numbers(GALLERY / "inf_1988")["collapse_probability"]
    for shown, key in zip(young.groups(), ("estimate", "low", "high"), strict=True):
        assert float(shown) == pytest.approx(100 * collapse[key], abs=0.51)


@pytest.mark.parametrize("name", ["inf_2019", "inf_1988"])
def test_the_code_still_makes_the_gallery(name):
    """The numbers behind the figures; the figures themselves are drawn in the tests of the report."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "experiments" / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    made = summary(load(name, gallery.RUNS[name]).run())
    kept = json.loads((GALLERY / name / "summary.json").read_text("utf-8"))
    assert (made["draws"], made["replications"]) == (kept["draws"], kept["replications"])
    assert made["outcomes"].keys() == kept["outcomes"].keys()
    for outcome, values in json.loads(as_json(made["outcomes"])).items():
        for key, value in values.items():
            # the last digits depend on the linear algebra library and on how kernels were compiled
            if isinstance(value, float):
                assert value == pytest.approx(kept["outcomes"][outcome][key], rel=1e-9, abs=1e-12), (
                    outcome,
                    key,
                )
            else:
                assert value == kept["outcomes"][outcome][key], (outcome, key)
