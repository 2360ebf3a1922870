"""How each side's own analysts read the disputed facts: the readings of the configs, one per seat."""

from dataclasses import dataclass, replace

from sim.app.config_dir import config_dir
from sim.errors import ParameterError
from sim.games.treaty.rules import PARTIES
from sim.seminar.setup import NUM_SEATS, Setup
from sim.seminar.table_game import load_plan

READING_OF_SEAT = ("washington", "moscow", "washington", "neutral")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One view of the disputed facts; probabilities within a year, by party."""

    name: str
    sentence: str
    detection: tuple[float, float]
    false_alarm: tuple[float, float]


def readings_of(setup: Setup) -> dict[str, Reading]:
    """Return the readings that seats of this lesson may hold, and the one that its dice follow, by name.

    A reading that does not fit the scenario is left out; its seat then sees the lesson's own.
    """
    found = {}
    for name in dict.fromkeys((setup.reading, *READING_OF_SEAT)):
        if not (config_dir() / "reading" / f"{name}.yaml").is_file() and name != setup.reading:
            continue
        try:
            found[name] = _reading(replace(setup, reading=name))
        except ParameterError:
            if name == setup.reading:
                raise
    return found


def reading_of_seat(readings: dict[str, Reading], setup: Setup, seat: int) -> Reading:
    """Return what a seat's own analysts believe."""
    assert 0 <= seat < NUM_SEATS
    return readings.get(READING_OF_SEAT[seat], readings[setup.reading])


def _reading(setup: Setup) -> Reading:
    from sim.app.build import compose

    plan = load_plan(setup)
    parameters = plan.parameters()
    sentence = compose([f"scenario={setup.scenario}", *setup.arguments()]).reading.sentence
    detection, alarm = (
        tuple(float(each[0, party]) for party in PARTIES)
        for each in (parameters.detection, parameters.false_alarm)
    )
    return Reading(name=setup.reading, sentence=sentence, detection=detection, false_alarm=alarm)  # type: ignore[arg-type]
