"""``treaty-sim bargain``: its directory, its one-line errors, that the same seed gives the same bytes; the finder."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.app.bargain_plan import load_bargain
from sim.app.commands.bargain import spelt_out
from sim.app.levers import read_levers
from sim.model.lever import moved
from sim.study.bargaining.finder import shortened
from sim.study.bargaining.found import summarised

SMALL = (
    *(f"components.{name}=false" for name in ("climate", "review", "restoration", "consent")),
    *(
        "components.deployment_levels=1",
        "components.outsider_levels=1",
        "components.evidence_levels.russia=1",
    ),
    *("start.toxic=false", "treaty.notice_months=2", "treaty.ultimatum_months=0.6"),
    *("bargain.draws=2", "bargain.examined=1", "engine.horizon_months=36"),
)
ROUNDED = "treaty.ultimatum_months = 0.6 is not a whole number of periods of 1 months: rounded up to 1"
DEALS = "deals=[dismantling,escape_clause,dismantling+escape_clause,verification.inspected]"


def written(root: Path) -> Path:
    (directory,) = (root / "results" / "bargain").glob("*/*")
    return directory


@pytest.fixture(scope="module")
def studied():
    """A study of four deals in a small world."""
    return load_bargain(overrides=[*SMALL, f"bargain.{DEALS}", "engine.workers=1"]).run()


def test_a_study_leaves_its_files(treaty_sim, monkeypatch):
    monkeypatch.setattr("sim.report.bargaining.draw_bargaining", lambda *_: _no_pictures())
    ended = treaty_sim("bargain", DEALS, *SMALL, "engine.workers=1")
    assert ended.status == 0, ended.err
    assert "4 deals at the medians" in ended.err
    directory = written(Path.cwd())
    table = pq.read_table(directory / "deals.parquet").to_pydict()
    assert table["deal"][0] == "no_deal"
    assert len(table["deal"]) == 5
    assert {"gain_usa", "gain_china", "individually_rational", "self_enforcing", "slack"} <= set(table)
    told = json.loads((directory / "summary.json").read_text())
    assert told["deals"] == 4
    assert told["players"] == ["usa", "russia"]
    assert told["notes"].count(ROUNDED) == 1
    assert ROUNDED in " ".join(ended.out.split())
    manifest = json.loads((directory / "manifest.json").read_text())
    assert manifest["command"].startswith("treaty-sim bargain 'bargain.deals=[")
    assert (directory / "report.html").read_text().count("<h1") == 1


def _no_pictures():
    from sim.report.page import Picture

    names = ("zone", "linkage", "offers", "draws", "negotiation")
    return {name: Picture(name=name, png=b"", caption="", alt="") for name in names}


def test_no_number_depends_on_the_number_of_threads(studied):
    again = load_bargain(overrides=[*SMALL, f"bargain.{DEALS}", "engine.workers=2"]).run()
    for one, two in zip(studied.deals, again.deals, strict=True):
        assert np.array_equal(one.gains, two.gains)
        assert one.collapse == two.collapse
    for one, two in zip(studied.over_draws, again.over_draws, strict=True):
        assert np.array_equal(one.collapse, two.collapse)
        assert np.array_equal(one.enforced, two.enforced)


def test_what_a_study_says_of_no_deal(studied):
    """No deal gains nothing, is efficient only if nothing is better, and is what the others are measured by."""
    none = studied.deals[0]
    assert none.gains == pytest.approx([0] * 4)
    assert studied.over_draws[0].gains == pytest.approx(np.zeros((2, 4)))
    for deal in studied.deals:
        assert deal.payoffs - studied.disagreements[0].payoffs == pytest.approx(deal.gains)
        assert deal.consented == all(
            deal.gains[studied.scenario.actor_names.index(name)] >= -1e-9 for name in deal.package.signatories
        )


def test_sanctions_are_counted_against_those_that_stay():
    """Lifted on the first day, relief is worth w / (-ln δ) more to the target than the change of play."""
    plan = load_bargain(
        overrides=[*SMALL, "bargain.deals=[sanctions_relief.full]", "bargain.examined=0", "engine.workers=1"]
    )
    result = plan.run()
    scenario, deal = plan.base.scenario, result.deals[1]
    values = scenario.values({}, 1)
    for actor in ("usa", "russia"):
        k = scenario.actor_names.index(actor)
        term = "sanctions_target" if actor == "russia" else "sanctions_sender"
        weight = values[f"actors.{actor}.weights.{term}"][0]
        standing = weight / -np.log(values[f"actors.{actor}.discount"][0])
        change = deal.payoffs[k] - result.deals[0].payoffs[k]
        assert deal.gains[k] == pytest.approx(change + standing)


def test_offers_come_to_what_the_strategies_say(studied):
    found = studied.negotiation
    assert found is not None
    assert len(found.exchanges) == 16
    assert found.shares.max(axis=0) == pytest.approx([1, 1])
    for each in found.exchanges:
        assert each.collapse == (found.collapse if each.agreed is None else found.deals[each.agreed].collapse)


def test_figures_and_page_are_drawn(studied, tmp_path):
    from sim.report.bargaining import write_bargaining_report
    from sim.report.provenance import Provenance

    paths = write_bargaining_report(studied, tmp_path, Provenance())
    assert {path.name for path in paths} >= {"zone.png", "linkage.png", "offers.png", "report.html"}


def test_a_change_is_made_as_small_as_the_target_allows():
    """Where the treaty stands with probability equal to the sum of shares moved, the boundary is known."""
    scenario = load_bargain(overrides=["bargain.deals=[moratorium]"]).base.scenario
    levers = read_levers(["detection", "souring"])
    here = [lever.present(scenario) for lever in levers]
    ends = (levers[0].high, levers[1].low)
    tried = []

    def stands(values):
        shares = [(v - a) / (b - a) for v, a, b in zip(values, here, ends, strict=True)]
        tried.append(values)
        return summarised(np.full(3, 0.2 + 0.7 * shares[0] + 0.1 * shares[1]), np.zeros((3, 4)), np.zeros(3))

    values, alive = shortened(levers, scenario, ends, stands(ends), stands, 0.55, bisections=12)
    assert alive.mean >= 0.55
    assert alive.mean == pytest.approx(0.55, abs=2e-3)
    assert len(tried) <= 1 + 3 * 12
    changed = moved(scenario, {lever.path: v for lever, v in zip(levers, values, strict=True)})
    assert changed.treaty.detection == values[0]


def test_the_finder_checks_afresh_and_says_what_comes_closest():
    plan = load_bargain(
        overrides=[
            *SMALL,
            "bargain.deals=[dismantling+escape_clause]",
            "bargain.levers=[detection,fading]",
            "bargain.target=0.999999",
            "engine.workers=1",
        ]
    )
    found = plan.find()
    assert not found.change_reached
    assert found.cheapest == {}
    assert found.notes.count(ROUNDED) == 1
    assert found.closest is not None
    assert found.closest.fresh is not None
    assert not np.array_equal(found.closest.fresh.by_draw, found.closest.searched.by_draw)
    assert found.closest.fresh.mean > found.fresh_without.mean
    for each in (found.closest.fresh, found.fresh_without):
        assert 0 <= each.suspended <= each.mean + 1e-12
    from sim.report.finder import headline, sentences

    assert headline(found).startswith("Nothing that was tried")
    assert any("comes closest" in sentence for sentence in sentences(found))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("find", "target=1.5"), "bargain.target must be a probability, in (0, 1), got 1.5"),
        (("deals=[moratorum]",), "there is no issue 'moratorum'; did you mean moratorium"),
        (("deals=[moratorium]", "bargain.trigger=[alrm]"), "bargain.trigger must name public events"),
    ],
)
def test_bad_input_is_one_line(treaty_sim, arguments, words):
    ended = treaty_sim("bargain", *arguments, "bargain.most_issues=1", "bargain.issues=[moratorium]")
    assert ended.status == 1
    assert words in ended.err.splitlines()[-1]


def test_short_words_stand_for_whole_keys():
    assert spelt_out("horizon_months=24") == "engine.horizon_months=24"
    assert spelt_out("offers=[linear,boulware]") == "bargain.offers.strategies=[linear,boulware]"
