"""From what a browser sends to a command: every field is looked at, nothing is trusted."""

from collections.abc import Mapping
from typing import Any

from sim.seminar import commands as c
from sim.seminar import desk as d
from sim.seminar.commands import RefusedError
from sim.seminar.setup import Kind, Setup, Timers
from sim.seminar.state import Choice

Fields = Mapping[str, Any]


def message(sent: Any) -> tuple[str, dict[str, Any]]:
    """Return the action and the fields of what a page sent; RefusedError if it is neither."""
    if not isinstance(sent, dict) or not isinstance(sent.get("act"), str):
        raise RefusedError("refused_illegal")
    fields = sent.get("fields", {})
    if not isinstance(fields, dict) or len(fields) > 60:
        raise RefusedError("refused_illegal")
    return sent["act"], {str(name): value for name, value in fields.items()}


def command_of(act: str, fields: Fields) -> c.Command:
    """Return a participant's command.

    Raises
    ------
    RefusedError
        If there is no such action, or a field is missing or not what it must be.
    """
    match act:
        case "forecast":
            return c.StateForecast(whole(fields, "percent"))
        case "propose":
            return c.Propose(choice_of(fields), whole(fields, "round"))
        case "commit_now":
            return c.Commit(choice=choice_of(fields), round=whole(fields, "round"))
        case "commit":
            return c.Commit(proposal=whole(fields, "proposal"), round=whole(fields, "round"))
        case "vote":
            return c.Vote(whole(fields, "proposal"), whole(fields, "round"))
        case "pass_head":
            return c.PassHead(whole(fields, "to"))
        case "say":
            return c.Say(whole(fields, "to") if fields.get("to") else None, words(fields, "text"))
        case "offer":
            return c.MakeOffer(words(fields, "deal"))
        case "answer":
            return c.AnswerOffer(whole(fields, "offer"), words(fields, "accept") == "1")
        case "advance":
            return c.Advance()
    raise RefusedError("refused_illegal")


def desk_command_of(act: str, fields: Fields) -> d.DeskCommand:
    """Return a desk's command; RefusedError as in `command_of`."""
    match act:
        case "next":
            return d.NextScene()
        case "pause":
            return d.Pause()
        case "resume":
            return d.Resume()
        case "extend":
            table = whole(fields, "table") if fields.get("table") else None
            return d.Extend(float(whole(fields, "seconds")), table)
        case "open_table":
            return d.OpenTable()
        case "fill":
            return d.AddTestParticipants()
        case "reseat":
            table, seat = place_of(fields)
            return d.Reseat(whole(fields, "participant"), table, seat)
        case "finish":
            return d.FinishPlay(whole(fields, "table") if fields.get("table") else None)
        case "show":
            return d.ShowResults(words(fields, "shown") == "1")
        case "seat_device":
            table, seat = place_of(fields)
            return d.SeatForDevice(table, seat, words(fields, "name"))
    raise RefusedError("refused_illegal")


def setup_of(fields: Fields, base: Setup) -> Setup:
    """Return the setup that the desk's form describes, what it leaves open as in `base`."""
    kind = words(fields, "kind")
    if kind not in (Kind.CLASS.value, Kind.DEVICE.value):
        raise RefusedError("refused_illegal")
    seconds = whole(fields, "seconds")
    old = base.timers
    timers = Timers(
        brief=old.brief, decision=float(seconds), reveal=old.reveal, theory=old.theory, debrief=old.debrief
    )
    return Setup(
        kind=Kind(kind),
        scenario=config_name(fields, "scenario"),
        reading=config_name(fields, "reading"),
        overrides=base.overrides,
        robots=config_name(fields, "robots") if fields.get("robots") else "",
        tables=whole(fields, "tables"),
        rounds=whole(fields, "rounds"),
        months=base.months,
        seed=base.seed,
        timed=kind == Kind.CLASS.value and base.timed,
        timers=timers,
    )


def choice_of(fields: Fields) -> Choice:
    """Return the choice that a decision form describes."""
    said = [
        whole(fields, f"suspicion_{party}") if fields.get(f"suspicion_{party}") not in (None, "") else None
        for party in (0, 1)
    ]
    return Choice(
        move=whole(fields, "move"), breach=fields.get("breach") == "1", suspicion=(said[0], said[1])
    )  # fmt: skip


def place_of(fields: Fields) -> tuple[int, int]:
    """Return table and seat from one field, written ``table.seat``."""
    table, _, seat = words(fields, "place").partition(".")
    return whole({"": table}, ""), whole({"": seat}, "")


def whole(fields: Fields, name: str) -> int:
    """Return a field that must be a whole number of a few digits."""
    text = str(fields.get(name, "")).strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise RefusedError("refused_illegal")
    return int(text)


def words(fields: Fields, name: str) -> str:
    """Return a field that must be text."""
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > 4000:
        raise RefusedError("refused_illegal")
    return value


def config_name(fields: Fields, name: str) -> str:
    """Return a field that must be the name of a config: letters, digits and underscores, never a path."""
    value = words(fields, name)
    if not (value.isascii() and value.replace("_", "").isalnum() and len(value) <= 60):
        raise RefusedError("refused_illegal")
    return value
