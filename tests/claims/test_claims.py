"""The claims of the default scenario, against the record of their shares."""

from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.study.claims.catalogue import CLAIMS, check_claims
from sim.study.claims.claim import share_error

README = Path(__file__).parents[2] / "experiments" / "claims" / "README.md"
NUMBERS = sorted(CLAIMS)


@pytest.fixture(scope="module")
def results(worlds):
    return {each.claim.number: each for each in check_claims(worlds)}


def test_the_record_is_of_the_configs_as_they_are(worlds, record):
    assert record["rationality"] == worlds.solver.rationality
    assert [int(number) for number in record["claims"]] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_every_draw_comes_out_as_recorded(number, results, record):
    entry = record["claims"][str(number)]
    for kind in ("found", "counterfactual"):
        measured = getattr(results[number], kind)
        draws, usable = len(measured.usable), measured.usable
        assert entry[kind]["usable"][:draws] == [int(each) for each in usable]
        for name, holds in measured.parts.items():
            recorded = np.array(entry[kind]["parts"][name][:draws])
            assert holds[usable].tolist() == recorded[usable].tolist(), name


@pytest.mark.parametrize("number", NUMBERS)
def test_the_share_agrees_with_the_recorded_one_within_its_error(number, results, record):
    found, recorded = results[number].found, record["claims"][str(number)]["found"]
    error = sqrt(found.standard_error**2 + recorded["standard_error"] ** 2)
    assert abs(found.share - recorded["share"]) <= 4 * error


@pytest.mark.parametrize("number", NUMBERS)
def test_the_recorded_share_is_that_of_the_recorded_draws(number, record):
    for kind in ("found", "counterfactual"):
        entry = record["claims"][str(number)][kind]
        holds = np.all(list(entry["parts"].values()), axis=0)[np.array(entry["usable"]) > 0]
        assert len(holds) == entry["draws"]
        assert entry["share"] == pytest.approx(holds.mean(), abs=1e-4)
        assert entry["standard_error"] == pytest.approx(share_error(holds.sum(), len(holds)), abs=1e-4)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_measured_lies_within_the_recorded_range(number, results, record):
    entry = record["claims"][str(number)]
    for kind in ("found", "counterfactual"):
        measured = getattr(results[number], kind)
        for name, every in measured.effects.items():
            values = every[measured.usable]
            recorded = entry[kind]["effects"][name]
            slack = 1e-4 * (1 + abs(recorded["mean"]))
            assert recorded["low"] - slack <= values.min() <= values.max() <= recorded["high"] + slack


def test_the_readme_shows_the_record(record):
    text = README.read_text()
    assert f"commit {record['commit']}" in text
    for number, entry in record["claims"].items():
        found = entry["found"]
        share = f"**{found['share']:.2f}** ± {found['standard_error']:.2f} | {found['draws']}"
        assert f"| **{number}** {entry['sentence']} | {share} |" in text


def test_the_counterfactual_fails_where_it_must_by_construction(results):
    """Without false alarms nothing dies, without missiles none are deployed, without an answer none comes."""
    for number in (3, 5, 6):  # of usable draws
        assert not results[number].counterfactual.holds.any()
    alone = results[7].counterfactual  # nothing that depends on conference and climate is left
    assert not any(part.any() for part in alone.parts.values())
    assert not results[2].counterfactual.parts["rises"].any()


def test_the_classes_of_path_are_disjoint_and_exhaustive(results):
    total = sum(results[8].found.effects.values())
    assert np.abs(total - 1).max() < 1e-12


def test_a_claim_that_does_not_exist_is_refused(worlds):
    with pytest.raises(ParameterError, match="claims must be among 1, 2, 3, 4, 5, 6, 7, 8, got 9"):
        check_claims(worlds, [9])
