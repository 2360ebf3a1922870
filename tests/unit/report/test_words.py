"""Sentences agree with the numbers that they tell."""

from dataclasses import replace

import pytest

from sim.model.history import months_between
from sim.report.labels import history, observed_class, observed_sentence
from sim.report.words import against_history, findings, headline, margin_note, stage_sentence


def test_the_headline_tells_estimate_and_interval(result, fake):
    estimate = fake.estimate("collapse_probability", "probability", 0.714, 0.012)
    told = headline(replace(result, estimates={**result.estimates, "collapse_probability": estimate}))
    assert told.replace("\u00a0", " ") == (
        "The treaty ends within 84 months in 71 % of plays (95 % interval 69 to 74 %)."
    )


def test_history_is_told_as_the_most_probable_class_only_when_it_is(result, fake):
    observed = observed_class(result)

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


def test_the_notice_ran_for_181_days(result):
    """REFERENCE: termination on 2 August 2019, 181 days after the notice of 2 February."""
    happened = history(result)
    assert (happened.end - happened.notice).days == 181
    assert months_between(happened.notice, happened.end) == pytest.approx(6, abs=0.06)


def test_history_is_told_of_starts_within_the_lifetime_of_the_treaty_only(result):
    def starting(day):
        return replace(result, scenario=replace(result.scenario, start_date=day))

    assert history(starting("1988-06-01")) is not None
    assert history(starting("2020-01-01")) is None
    assert observed_class(starting("2020-01-01")) is None
    assert observed_sentence(starting("2020-01-01")) == ""


def test_the_observed_class_depends_on_when_the_play_begins(result):
    """In October 2018 the notice lay four months ahead, in June 1988 more than thirty years."""
    early = replace(result, scenario=replace(result.scenario, start_date="1988-06-01"))
    assert observed_class(result) == "ended_without_russian_deployment"
    assert observed_class(early) == "no_notice"
    assert "before 2 February 2019" in observed_sentence(early)


@pytest.mark.parametrize(
    ("middle", "words"),
    [(0.99999, "more than 99.9 % of plays, the whole 95 % interval included"), (0.0, "0 % of plays")],
)
def test_near_certainty_is_told_in_words(result, fake, middle, words):
    estimate = fake.estimate("collapse_probability", "probability", middle, 1e-6)
    told = headline(replace(result, estimates={**result.estimates, "collapse_probability": estimate}))
    assert words in told.replace("\u00a0", " ")
