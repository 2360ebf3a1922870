"""Sentences agree with the numbers that they tell."""

from dataclasses import replace
from datetime import date

import pytest

from sim.report.inf_timeline import INF_FACTS, INF_HISTORY, history_of, months_between
from sim.report.words import against_history, findings, headline, margin_note, stage_sentence


def test_the_headline_tells_estimate_and_interval(result, fake):
    estimate = fake.estimate("collapse_probability", "probability", 0.714, 0.012)
    told = headline(replace(result, estimates={**result.estimates, "collapse_probability": estimate}))
    assert told.replace("\u00a0", " ") == (
        "The treaty ends within 84 months in 71 % of plays (95 % interval 69 to 74 %)."
    )


def test_history_is_told_as_the_most_probable_class_only_when_it_is(result, fake):
    observed = INF_HISTORY.path_class

    def classes(share):
        others = [name for name in result.path_classes if name != observed]
        made = {name: fake.estimate(name, "probability", (1 - share) / 3) for name in others}
        return made | {observed: fake.estimate(observed, "probability", share)}

    assert "the most probable of the 4" in against_history(replace(result, path_classes=classes(0.7)))
    told = against_history(replace(result, path_classes=classes(0.1)))
    assert "the most probable of the 4 classes is" in told
    assert "10" in told


def test_nothing_is_told_that_was_not_computed(result):
    collapse = replace(result.estimates["collapse_probability"], exact=None, epistemic_share=None)
    bare = replace(
        result, estimates={"collapse_probability": collapse}, path_classes={}, equilibrium=None, notes=()
    )
    text = " ".join(findings(bare))
    for absent in ("exact", "variance", "First notice", "nan", "None"):
        assert absent not in text
    assert "Half of all plays have not ended" in text


def test_a_game_without_pure_equilibria_is_told_so(result):
    stage = replace(result.stage, frequency=0 * result.stage.frequency)
    assert "in no draw" in stage_sentence(replace(result, stage=stage))


def test_the_margin_names_what_a_figure_was_made_from(result):
    assert f"seed {result.seed}" in margin_note(result)
    note = margin_note(result, "seed 3, config 0123456789")
    for part in (result.scenario.name, "seed 3, config 0123456789", "24 draws"):
        assert part in note


def test_facts_are_in_order_and_name_a_source():
    days = [fact.day for fact in INF_FACTS]
    assert days == sorted(days)
    assert all(fact.source and fact.text and fact.label for fact in INF_FACTS)


def test_the_notice_ran_for_181_days():
    """REFERENCE: termination on 2 August 2019, 181 days after the notice of 2 February."""
    assert (INF_HISTORY.end - INF_HISTORY.notice).days == 181
    assert months_between(INF_HISTORY.notice, INF_HISTORY.end) == pytest.approx(6, abs=0.06)


@pytest.mark.parametrize(
    ("parties", "day", "known"),
    [
        (("usa", "russia"), date(1988, 6, 1), True),
        (("usa", "russia"), date(2020, 1, 1), False),
        (("russia", "usa"), date(2018, 10, 1), False),
    ],
)
def test_history_belongs_to_one_treaty_and_its_lifetime(parties, day, known):
    assert (history_of(parties, day) is not None) == known


def test_the_observed_class_depends_on_when_the_play_begins():
    """In October 2018 the notice lay four months ahead, in June 1988 more than thirty years."""
    parties = ("usa", "russia")
    assert history_of(parties, date(2018, 10, 1)).path_class == "ended_without_russian_deployment"
    assert history_of(parties, date(1988, 6, 1)).path_class == "no_notice"


@pytest.mark.parametrize(
    ("middle", "words"),
    [(0.99999, "more than 99.9 % of plays, the whole 95 % interval included"), (0.0, "0 % of plays")],
)
def test_near_certainty_is_told_in_words(result, fake, middle, words):
    estimate = fake.estimate("collapse_probability", "probability", middle, 1e-6)
    told = headline(replace(result, estimates={**result.estimates, "collapse_probability": estimate}))
    assert words in told.replace("\u00a0", " ")
