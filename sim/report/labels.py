"""The names that readers see: of actors, outcomes, paths, plans, terms and dates."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.history import History
    from sim.model.scenario import Scenario
    from sim.study.result import ScenarioResult

PATH_CLASSES = {
    "no_notice": "no notice by {deadline}",
    "rescinded": "notice taken back",
    "ended_without_russian_deployment": "ended, {second} does not deploy at once",
    "ended_with_russian_deployment": "ended, {second} deploys at once",
}
"""The four disjoint classes of path, in the order in which they are shown."""

_OUTCOMES = {
    "collapse_probability": "the treaty ends",
    "months_to_collapse": "time to the end, cut at the horizon",
    "median_months_to_collapse": "time by which half have ended",
    "mirror_delay_months": "delay of the mirror response",
    "notice_rescinded_probability": "a notice is taken back",
    "restored_probability": "the treaty is restored",
    "crises": "crises in Europe",
}

_TERMS = {
    "predictability": "the treaty's predictability",
    "own_forces": "own banned forces",
    "own_forces_outsider": "own forces against the outsider",
    "security": "security lost to deployments",
    "breach_harm": "the other's hidden breach",
    "arming": "cost of arming",
    "reputation": "standing accused",
    "finding": "being found out",
    "sanctions_target": "under sanctions",
    "sanctions_sender": "having imposed sanctions",
    "domestic": "bound in a toxic climate",
    "concession": "conceding in a toxic climate",
    "crisis": "crisis in Europe",
    "space": "race in space",
    "common_gains": "working together elsewhere",
    "outsider_threat": "the outsider's build-up",
    "reassurance": "reassurance by missiles",
    "notice": "giving notice",
    "blame": "blame for leaving first",
    "review_blame": "blame near a review conference",
    "cohesion": "alliance cohesion",
    "backing": "backing on weak evidence",
    "mediation": "mediation",
    "secrecy": "secrets lost",
    "pressure": "being pressed",
    "pressing": "cost of pressing",
    "audience": "not following through",
    "ratification": "ratifying afresh",
    "host": "hosting missiles",
    "building": "cost of the build-up",
}


def titles(scenario: "Scenario") -> tuple[str, ...]:
    """Return the actors' titles in the order of their roles."""
    return tuple(actor.title for actor in scenario.actors)


def the(title: str) -> str:
    """Return a title as it stands in a sentence.

    Examples
    --------
    >>> the("United States"), the("Russia")
    ('the United States', 'Russia')
    """
    return f"the {title}" if {"United", "Union", "allies", "States"} & set(title.split()) else title


def possessive(title: str) -> str:
    """Return a title in the possessive.

    Examples
    --------
    >>> possessive("Russia"), possessive("United States")
    ("Russia's", "United States'")
    """
    return f"{title}'" if title.endswith("s") else f"{title}'s"


def sentence_case(text: str) -> str:
    """Return `text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def outcome_label(name: str, scenario: "Scenario") -> str:
    """Return what an outcome is called in tables and figures."""
    if name in _OUTCOMES:
        return _OUTCOMES[name]
    for actor in scenario.actors:
        if name == f"payoff_{actor.name}":
            return f"payoff of {the(actor.title)}"
        if name == f"first_leaver_{actor.name}":
            return f"{the(actor.title)} gives first notice"
    return path_label(name, scenario)


def path_label(name: str, scenario: "Scenario") -> str:
    """Return what a path of the public state is called: a deployment, evidence, the outsider's level."""
    by_name = {actor.name: actor.title for actor in scenario.actors}
    match name.split("_"):
        case ["deployment", actor, region] if actor in by_name:
            return f"{possessive(by_name[actor])} missiles in {region.title()}"
        case ["evidence", actor] if actor in by_name:
            return f"Evidence against {the(by_name[actor])}"
        case ["outsider", "level"]:
            return f"{possessive(titles(scenario)[-1])} build-up"
    return sentence_case(name.replace("_", " "))


def term_label(term: str) -> str:
    """Return what a payoff term is called."""
    return _TERMS.get(term, term.replace("_", " "))


def plan_label(plan: str) -> str:
    """Return what a plan of the stage game is called."""
    return plan.replace("_", " ")


def class_label(path_class: str, scenario: "Scenario") -> str:
    """Return what a class of path is called, with the deadline in the calendar of the scenario."""
    from sim.engine.exact import NOTICE_BY_MONTHS

    start = start_of(scenario)
    years, month = divmod(start.month - 1 + round(NOTICE_BY_MONTHS), 12)
    deadline = month_name(date(start.year + years, month + 1, 1))
    label = PATH_CLASSES.get(path_class, path_class.replace("_", " "))
    return label.format(deadline=deadline, second=the(titles(scenario)[1]))


def day_name(day: date) -> str:
    """Return a day in words, whatever the locale.

    Examples
    --------
    >>> day_name(date(2019, 2, 2))
    '2 February 2019'
    """
    return f"{day.day} {month_name(day)}"


def start_of(scenario: "Scenario") -> date:
    """Return the day on which plays begin."""
    return date.fromisoformat(str(scenario.start_date)[:10])


def month_name(day: date) -> str:
    """Return month and year, whatever the locale.

    Examples
    --------
    >>> month_name(date(2019, 8, 2))
    'August 2019'
    """
    months = "January February March April May June July August September October November December"
    return f"{months.split()[day.month - 1]} {day.year}"


def history(result: "ScenarioResult") -> "History | None":
    """Return what happened to the scenario's treaty, if its record covers the start."""
    happened = result.scenario.history
    return happened if happened is not None and happened.lived(start_of(result.scenario)) else None


def observed_class(result: "ScenarioResult") -> str | None:
    """Return the class of path that was observed, if what happened is known."""
    from sim.engine.exact import AT_ONCE_MONTHS, NOTICE_BY_MONTHS

    happened = history(result)
    if happened is None:
        return None
    second = result.scenario.party_names[1]
    return happened.path_class(
        start_of(result.scenario), second, deadline=NOTICE_BY_MONTHS, at_once=AT_ONCE_MONTHS
    )


def observed_sentence(result: "ScenarioResult") -> str:
    """Return how the observed path is counted, in words."""
    happened, observed = history(result), observed_class(result)
    if happened is None:
        return ""
    if observed != "no_notice" or happened.notice is None:
        return happened.sentence or "no notice was given by the deadline of this scenario"
    return f"no notice was given before {day_name(happened.notice)}, long after the deadline of this scenario"
