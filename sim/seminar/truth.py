"""What the reveal and the debrief tell: hidden courses, beliefs, forecasts. Never shown before its scene."""

from dataclasses import dataclass
from datetime import date

from sim.games.treaty.rules import PARTIES
from sim.games.treaty.situation import Phase
from sim.seminar.analysis import Theory, plan_followed
from sim.seminar.setup import NUM_SEATS, Scene
from sim.seminar.state import Lesson, Table
from sim.seminar.table_game import TableGame
from sim.seminar.views import author_of, choice_words, month_at

REVEALED = (Scene.REVEAL, Scene.THEORY, Scene.DEBRIEF, Scene.OVER)


@dataclass(frozen=True, kw_only=True)
class PartyTruth:
    """A party's hidden course by period, and what others believed at each decision.

    `course` has "u" upheld, "b" broke, "f" released for every period; `suspected` (period, seat, percent).
    """

    party: int
    course: str
    alarms: tuple[int, ...]
    suspected: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class DecisionTruth:
    """One decision: month, and per seat what was chosen and by whom."""

    round: int
    month: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class TableTruth:
    """Everything about a finished table."""

    number: int
    months: tuple[str, ...]
    ended: int | None
    parties: tuple[PartyTruth, ...]
    decisions: tuple[DecisionTruth, ...]
    payoffs: tuple[float, ...]
    plans: tuple[str | None, ...]
    deals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Debrief:
    """The class against its forecasts, the model and history; shares from 0 to 1."""

    forecasts: tuple[int, ...]
    mean_forecast: float | None
    brier: float | None
    kept: int
    tables: int
    model: float
    history: float | None

    @property
    def class_share(self) -> float | None:
        """Share of tables that kept the treaty."""
        return self.kept / self.tables if self.tables else None


def truth_of(lesson: Lesson, table: Table, game: TableGame) -> TableTruth:
    """Return everything about a table; refuses before the reveal.

    Raises
    ------
    PermissionError
        If the lesson has not come to its reveal.
    """
    if lesson.scene not in REVEALED:
        raise PermissionError("what is hidden is told in the reveal")
    plans = tuple(plan_followed(table, party, lesson_plans(game)) for party in PARTIES)
    return TableTruth(
        number=table.number,
        months=tuple(month_at(game, p) for p in range(len(table.played) + 1)),
        ended=ended_at(table, game),
        parties=tuple(_party(table, game, party) for party in PARTIES),
        decisions=tuple(
            DecisionTruth(
                round=decided.round,
                month=month_at(game, decided.period),
                choices=tuple(
                    (
                        choice_words(
                            decided.choices[seat], seat, _had_course(table, game, seat, decided.period)
                        ),
                        author_of(lesson, decided.by[seat]),
                    )
                    for seat in range(NUM_SEATS)
                ),
            )
            for decided in table.decided
        ),
        payoffs=tuple(round(sum(p.payoffs[seat] for p in table.played), 3) for seat in range(NUM_SEATS)),
        plans=plans,
        deals=table.deals,
    )


def lesson_plans(game: TableGame) -> tuple[str, ...]:
    """Return the plans of the game's stage game."""
    return game.plan.plans


def ended_at(table: Table, game: TableGame) -> int | None:
    """Return the period at whose start the treaty had first ended, None if it stood throughout."""
    situations = [p.situation for p in table.played]
    if table.position is not None:
        situations.append(table.position.situation)
    for period, m in enumerate(situations):
        if game.graph.situations[m].phase is Phase.ENDED:
            return period
    return None


def debrief_of(lesson: Lesson, game: TableGame, theory: Theory) -> Debrief:
    """Return the class's forecasts and results beside the model's and history's.

    Test participants count for nothing; tables count when they have finished and someone real sat there, or all
    of them if nobody real sat anywhere.
    """
    forecasts = tuple(
        sorted(p.forecast for p in lesson.participants if p.forecast is not None and not p.test)
    )
    peopled = {p.table for p in lesson.participants if not p.test}
    tables = [t for t in lesson.tables if t.finished and (t.number in peopled or not peopled)]
    kept = sum(ended_at(table, game) is None for table in tables)
    mean = sum(forecasts) / len(forecasts) / 100 if forecasts else None
    brier = None
    if forecasts and tables:
        share = kept / len(tables)
        brier = sum((f / 100 - share) ** 2 for f in forecasts) / len(forecasts)
    return Debrief(
        forecasts=forecasts,
        mean_forecast=mean,
        brier=brier,
        kept=kept,
        tables=len(tables),
        model=float(theory.survival[-1]),
        history=_history(game),
    )


def history_month(game: TableGame) -> float | None:
    """Return after how many months of the play the treaty ended in history, None if unknown or not within it."""
    happened = _happened(game)
    if happened is None:
        return None
    months = (happened[1] - happened[0]).days / (365.25 / 12)
    return months if 0 <= months <= game.periods * game.scenario.treaty.period_months else None


def _history(game: TableGame) -> float | None:
    """Return 1 if the treaty still stood at the end of the play in history, 0 if it had ended, None if unknown."""
    if _happened(game) is None:
        return None
    return 0.0 if history_month(game) is not None else 1.0


def _happened(game: TableGame) -> tuple[date, date] | None:
    start = date.fromisoformat(game.scenario.start_date[:10])
    happened = game.scenario.history
    if happened is None or happened.end is None or not happened.lived(start):
        return None
    return start, happened.end


def _had_course(table: Table, game: TableGame, seat: int, period: int) -> bool:
    if seat not in PARTIES:
        return False
    m = next(p.situation for p in table.played if p.period == period)
    return not game.graph.free[m, seat]


def _party(table: Table, game: TableGame, party: int) -> PartyTruth:
    course = "".join(
        "f" if game.graph.free[p.situation, party] else "b" if p.breaches >> party & 1 else "u"
        for p in table.played
    )
    suspected = tuple(
        (decided.period, seat, percent)
        for decided in table.decided
        for seat, choice in enumerate(decided.choices)
        if (percent := choice.suspicion[party]) is not None
    )
    alarms = tuple(p.period for p in table.played if p.signals[party] == 1)
    return PartyTruth(party=party, course=course, alarms=alarms, suspected=suspected)
