"""What the scenes after play show, for a seat, the projector and the report alike: values for their templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.arrays import FloatArray, IntArray
from sim.model.scenario import Scenario
from sim.report.labels import sentence_case, term_label
from sim.seminar import drawing
from sim.seminar.analysis import Theory, plan_followed
from sim.seminar.classroom import Classroom
from sim.seminar.setup import Kind, Scene
from sim.seminar.state import PARTIES, Lesson, Table
from sim.seminar.table_game import TableGame
from sim.seminar.text import t, t_or
from sim.seminar.truth import REVEALED, TableTruth, debrief_of, ended_at, history_month, truth_of
from sim.seminar.views import interests, month_at, the, titles
from sim.seminar.web.templates import drawn


@dataclass(frozen=True)
class Shown:
    """A lesson with its game and theory, as far as they are ready."""

    classroom: Classroom
    lesson: Lesson
    game: TableGame

    @property
    def theory(self) -> Theory | None:
        """The theory of the game, None while it is worked out."""
        return self.classroom.games.theory(self.lesson.setup)

    @property
    def solo(self) -> bool:
        """Whether the lesson is one visitor's own."""
        return self.lesson.setup.kind is Kind.SOLO

    @property
    def horizon(self) -> str:
        """The month in which the play ends."""
        return month_at(self.game, self.game.periods)

    def hidden(self, scene: Scene) -> bool:
        """Whether results of a scene must not be shown yet."""
        return not self.lesson.results_shown or self.lesson.scene not in REVEALED or scene not in REVEALED


def brief(shown: Shown) -> dict[str, Any]:
    """Return what everyone may see of the brief."""
    game, names = shown.game, titles(shown.game)
    sides = [(title, [term_label(term) for term in terms]) for title, terms in interests(game)]
    return {
        "scenario": game.scenario.title,
        "question": game.scenario.question,
        "said": [(name, t_or(f"brief.says_{seat}", "")) for seat, name in enumerate(names)],
        "sides": tuple((title, tuple(words)) for title, words in sides),
        "month": shown.horizon,
    }


def reveal(shown: Shown, table: Table) -> dict[str, Any]:
    """Return what the reveal shows of a table; nothing before its time."""
    names = titles(shown.game)
    if shown.hidden(Scene.REVEAL):
        return {"hidden": True, "row": None, "names": names, "strips": [], "reading": ""}
    row = truth_of(shown.lesson, table, shown.game)
    readings = shown.classroom.games.readings(shown.lesson.setup)
    true = readings[shown.lesson.setup.reading] if readings else None
    reading = t("reveal.reading_true", reading=true.name, sentence=true.sentence) if true else ""
    return {"hidden": False, "row": row, "names": names, "strips": strips(shown, row), "reading": reading}


def strips(shown: Shown, row: TableTruth) -> list[dict[str, Any]]:
    """Return a strip per party: its hidden course and what others suspected."""
    found = []
    for party in row.parties:
        who = the(titles(shown.game)[party.party])
        percents = [percent for _, _, percent in party.suspected]
        mean = f"{sum(percents) / len(percents):.0f} %" if percents else t("reveal.not_asked")
        alt = t(
            "reveal.chart_alt",
            who=who,
            breached=party.course.count("b"),
            all=len(party.course),
            suspected=mean,
        )
        strip = drawing.course_strip(party.course, row.months, party.suspected, party.alarms, alt)
        title = sentence_case(t("reveal.truth_of", who=who))
        found.append({"title": title, "svg": drawn(strip), "told": sentence_case(alt)})
    return found


def theory(shown: Shown) -> dict[str, Any]:
    """Return what the theory scene shows, with nothing in it while it is worked out."""
    known = shown.theory
    if known is None:
        return {"matrix": None, "threats": [], "survival": ""}
    return {
        "matrix": matrix(shown, known),
        "threats": threats(shown, known),
        "survival": survival(shown, known),
    }


def matrix(shown: Shown, known: Theory) -> dict[str, Any]:
    """Return the payoff matrix with the class's conduct on it."""
    counts = np.zeros(known.payoffs.shape[1:], dtype=np.int64)
    if not shown.hidden(Scene.THEORY):
        for table in counted(shown.lesson):
            followed = [plan_followed(table, party, known.plans) for party in PARTIES]
            if None not in followed:
                counts[known.plans.index(followed[0] or ""), known.plans.index(followed[1] or "")] += 1
    return payoff_table(known.plans, known.payoffs, shown.game.scenario, counts)


def payoff_table(
    names: Sequence[str], payoffs: FloatArray, scenario: Scenario, counts: IntArray | None = None
) -> dict[str, Any]:
    """Return a matrix of plans for its template: payoffs, best replies, equilibria, and how often each was played."""
    first, second = payoffs[0], payoffs[1]
    plans = [t_or(f"theory.plan_{plan}", plan.replace("_", " ")) for plan in names]
    best = [first >= first.max(axis=0) - 1e-12, second >= second.max(axis=1, keepdims=True) - 1e-12]
    rows = [
        [
            {
                "first": first[i, j],
                "second": second[i, j],
                "best_first": bool(best[0][i, j]),
                "best_second": bool(best[1][i, j]),
                "equilibrium": bool(best[0][i, j] and best[1][i, j]),
                "count": 0 if counts is None else int(counts[i, j]),
            }
            for j in range(len(plans))
        ]
        for i in range(len(plans))
    ]
    equilibria = [f"{plans[i]} / {plans[j]}" for i, j in np.argwhere(best[0] & best[1])]
    who = [actor.title for actor in scenario.actors]
    alt = t("theory.matrix_alt", first=who[0], second=who[1], equilibria=", ".join(equilibria) or "–")
    return {
        "plans": plans, "rows": rows, "first": the(who[0]), "second": the(who[1]), "alt": alt,
        "equilibria": equilibria,
    }  # fmt: skip


def threats(shown: Shown, known: Theory) -> list[dict[str, str]]:
    """Return every threat in words, with its verdict."""
    seats = {f"seat_{seat}": the(title) for seat, title in enumerate(titles(shown.game))}
    found = []
    for threat in known.threats:
        words = t(f"theory.{threat.key}", **seats)
        verdict = t(
            "theory.credible" if threat.credible else "theory.empty_threat", gain=f"{abs(threat.gain):.2f}"
        )
        frequency = t("theory.frequency", percent=round(100 * threat.probability))
        found.append({"words": sentence_case(words), "verdict": verdict, "frequency": frequency})
    return found


def survival(shown: Shown, known: Theory) -> Markup:
    """Return the survival curve of the model with the class's steps and history's moment."""
    game = shown.game
    ends = [ended_at(table, game) for table in counted(shown.lesson)]
    steps = None
    if ends and not shown.hidden(Scene.THEORY):
        steps = np.array([np.mean([end is None or end > k for end in ends]) for k in range(game.periods + 1)])
    happened = history_month(game)
    mark = None
    if happened is not None:
        months = game.scenario.treaty.period_months
        mark = (happened / months, t("debrief.history"))
    every = max(1, game.periods // 4)
    values = ", ".join(
        f"{month_at(game, k)} {100 * known.survival[k]:.0f} %" for k in range(0, game.periods + 1, every)
    )
    months_shown = [month_at(game, k) for k in range(game.periods + 1)]
    return drawn(
        drawing.survival_curves(
            [(t("debrief.model"), known.survival)], months_shown, t("theory.survival_alt", values=values),
            steps=steps, mark=mark,
        )
    )  # fmt: skip


def debrief(shown: Shown, own: int | None = None) -> dict[str, Any]:
    """Return what the debrief shows; nothing of results before its time, or while they are hidden."""
    names, known = titles(shown.game), shown.theory
    hidden = shown.hidden(Scene.DEBRIEF)
    if hidden or known is None:
        return {"hidden": hidden, "d": None, "strip": "", "rows": [], "names": names}
    d = debrief_of(shown.lesson, shown.game, known)
    history = {None: "history_unknown", 0.0: "history_ended", 1.0: "history_stood"}[d.history]
    mean = f"{100 * d.mean_forecast:.0f} %" if d.mean_forecast is not None else t("debrief.none_given")
    share = d.class_share
    marks = [] if d.mean_forecast is None else [(t("debrief.class_mean"), d.mean_forecast, "diamond")]
    if share is not None:
        marks.append((t("debrief.class_result", month=shown.horizon), share, "square"))
    marks.append((t("debrief.model"), d.model, "triangle"))
    if d.history is not None:
        marks.append((t("debrief.history"), d.history, "circle"))
    alt = t(
        "debrief.forecasts_alt", count=len(d.forecasts), mean=mean.removesuffix(" %"),
        class_share="–" if share is None else f"{100 * share:.0f}", model=f"{100 * d.model:.1f}",
        history=t(f"debrief.{history}"),
    )  # fmt: skip
    table = {
        "mean": mean,
        "own": own,
        "month": shown.horizon,
        "result": t("debrief.of_tables", kept=d.kept, all=d.tables) if d.tables else t("debrief.no_tables"),
        "model": f"{100 * d.model:.1f} %",
        "history": t(f"debrief.{history}"),
        "brier": f"{d.brier:.2f}" if d.brier is not None else "",
    }
    strip = drawn(drawing.forecast_strip(d.forecasts, marks, alt, own))
    return {"hidden": False, "d": table, "strip": strip, "rows": conduct(shown, known), "names": names}


def conduct(shown: Shown, known: Theory) -> list[tuple[str, list[str]]]:
    """Return what each table's parties did, beside equilibrium and history: rows of (label, cells)."""

    def plan(name: str | None) -> str:
        return "–" if name is None else t_or(f"theory.plan_{name}", name.replace("_", " "))

    rows = [
        (
            t("common.table", number=table.number),
            [plan(plan_followed(table, party, known.plans)) for party in PARTIES],
        )
        for table in counted(shown.lesson)
    ]
    for i, j in known.equilibria:
        rows.append((sentence_case(t("theory.equilibrium")), [plan(known.plans[i]), plan(known.plans[j])]))
    if history_month(shown.game) is not None:
        rows.append((t("debrief.history"), [plan("ultimatum"), t("move.suspend")]))
    return rows


def counted(lesson: Lesson) -> Sequence[Table]:
    """Return finished tables at which someone real sat, or all finished ones if nobody did anywhere."""
    peopled = {p.table for p in lesson.participants if not p.test}
    return [table for table in lesson.tables if table.finished and (table.number in peopled or not peopled)]


__all__ = ["Shown", "brief", "conduct", "debrief", "reveal", "theory"]
