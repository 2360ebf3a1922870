"""The strategies of the textbooks as automata, for games with two actions: 0 comply, 1 breach.

A strategy is written once, over the *events* that it cares about, and read through a game's signals:

* over pairs: the event is ``2 * own + other`` (0 both complied, 1 only the other breached, 2 only I breached,
  3 both breached).  `seated` reads the joint actions of a two-player game with perfect monitoring in this
  way.
* over alarms: 0 quiet, 1 alarm.  `reading_breaches` makes an alarm of any breach of any number of players;
  ``automaton.reading(events)`` makes one of any public signal.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from sim.errors import ParameterError
from sim.games.automaton import Automaton

COMPLY, BREACH = (1.0, 0.0), (0.0, 1.0)


def seated(automaton: Automaton, player: int) -> Automaton:
    """Return a strategy over pairs as `player` 0 or 1 of a two-player game with perfect monitoring.

    Examples
    --------
    >>> seated(tit_for_tat(), 1).transitions.tolist()
    [[0, 0, 1, 1], [0, 0, 1, 1]]
    """
    if automaton.num_signals != 4:
        raise ParameterError(
            f"{automaton.name!r} must be a strategy over pairs (4 events), it has {automaton.num_signals}"
        )
    if player not in (0, 1):
        raise ParameterError(f"player must be 0 or 1, got {player}")
    return automaton.reading([0, 1, 2, 3] if player == 0 else [0, 2, 1, 3])


def reading_breaches(automaton: Automaton, num_players: int) -> Automaton:
    """Return a strategy over alarms that takes any breach by anybody for an alarm (perfect monitoring)."""
    if automaton.num_signals != 2:
        raise ParameterError(
            f"{automaton.name!r} must be a strategy over alarms (2 events), it has {automaton.num_signals}"
        )
    return automaton.reading((np.arange(2**num_players) > 0).astype(np.int64))


def always_comply() -> Automaton:
    """Return the strategy that always complies, over pairs."""
    return _automaton("always comply", ("comply",), 0, [COMPLY], [[0] * 4])


def always_breach() -> Automaton:
    """Return the strategy that always breaches, over pairs."""
    return _automaton("always breach", ("breach",), 0, [BREACH], [[0] * 4])


def random(probability: float = 0.5) -> Automaton:
    """Return the strategy that complies with `probability`, over pairs."""
    _check_probability(probability)
    return _automaton("random", ("mix",), 0, [(probability, 1 - probability)], [[0] * 4])


def grim() -> Automaton:
    """Return grim trigger: comply until anybody has breached, then breach for ever; over pairs."""
    return _automaton(
        "grim", ("trust", "punish"), 0, [COMPLY, BREACH], [[0, 1, 1, 1], [1] * 4], "Friedman (1971)"
    )


def grudger() -> Automaton:
    """Return grim trigger that forgives its own slips: breach for ever once the *other* has; over pairs."""
    return _automaton(
        "grudger", ("trust", "punish"), 0, [COMPLY, BREACH], [[0, 1, 0, 1], [1] * 4], "Axelrod (1980)"
    )


def tit_for_tat() -> Automaton:
    """Return tit for tat: comply first, then do what the other did; over pairs."""
    return _automaton(
        "tit for tat",
        ("comply", "breach"),
        0,
        [COMPLY, BREACH],
        [[0, 1, 0, 1]] * 2,
        "Rapoport, in Axelrod (1980)",
    )


def suspicious_tit_for_tat() -> Automaton:
    """Return tit for tat that begins with a breach; over pairs."""
    return _automaton(
        "suspicious tit for tat",
        ("comply", "breach"),
        1,
        [COMPLY, BREACH],
        [[0, 1, 0, 1]] * 2,
        "Boyd & Lorberbaum (1987)",
    )


def generous_tit_for_tat(generosity: float = 1 / 3) -> Automaton:
    """Return tit for tat that overlooks a breach with probability `generosity`; over pairs."""
    _check_probability(generosity)
    outputs = [COMPLY, (generosity, 1 - generosity)]
    return _automaton(
        "generous tit for tat",
        ("comply", "forgive"),
        0,
        outputs,
        [[0, 1, 0, 1]] * 2,
        "Nowak & Sigmund (1992)",
    )


def tit_for_two_tats() -> Automaton:
    """Return the strategy that breaches only after two breaches of the other in a row; over pairs."""
    return _automaton(
        "tit for two tats",
        ("calm", "warned", "breach"),
        0,
        [COMPLY, COMPLY, BREACH],
        [[0, 1, 0, 1], [0, 2, 0, 2], [0, 2, 0, 2]],
        "Axelrod (1980)",
    )


def two_tits_for_tat() -> Automaton:
    """Return the strategy that answers each breach with two; over pairs."""
    return _automaton(
        "two tits for tat",
        ("comply", "last", "first"),
        0,
        [COMPLY, BREACH, BREACH],
        [[0, 2, 0, 2], [0, 2, 0, 2], [1, 2, 1, 2]],
        "Axelrod (1984)",
    )


def contrite_tit_for_tat() -> Automaton:
    """Return contrite tit for tat: breach only in good standing against one in bad standing; over pairs.

    Standing is lost by a breach that was not called for and regained by complying once, so that after an own
    slip the strategy accepts the answer to it instead of striking back.
    """
    states = (
        "both in good standing",
        "other in bad standing",
        "self in bad standing",
        "both in bad standing",
    )
    tables = []
    for own_bad, other_bad in ((False, False), (False, True), (True, False), (True, True)):
        row = []
        for own, other in ((0, 0), (0, 1), (1, 0), (1, 1)):
            own_excused = not own_bad and other_bad
            other_excused = not other_bad and own_bad
            row.append(2 * int(own == 1 and not own_excused) + int(other == 1 and not other_excused))
        tables.append(row)
    return _automaton(
        "contrite tit for tat",
        states,
        0,
        [COMPLY, BREACH, COMPLY, COMPLY],
        tables,
        "Sugden (1986); Boyd (1989)",
    )


def win_stay_lose_shift() -> Automaton:
    """Return Pavlov: repeat the action that went with the other's compliance, switch otherwise; over pairs.

    The reading is of *actions executed*: after an own slip that the other did not answer, it stays with
    the slip.
    """
    return _automaton(
        "win-stay lose-shift",
        ("comply", "breach"),
        0,
        [COMPLY, BREACH],
        [[0, 1, 1, 0], [0, 1, 1, 0]],
        "Kraines & Kraines (1989); Nowak & Sigmund (1993)",
    )


def alternator() -> Automaton:
    """Return the strategy that complies and breaches by turns; over pairs."""
    return _automaton("alternator", ("comply", "breach"), 0, [COMPLY, BREACH], [[1] * 4, [0] * 4])


def bully() -> Automaton:
    """Return the strategy that breaches first and then does the opposite of the other; over pairs."""
    return _automaton(
        "bully", ("comply", "breach"), 1, [COMPLY, BREACH], [[1, 0, 1, 0]] * 2, "Axelrod (1984)"
    )


def cycler(pattern: str = "CCD") -> Automaton:
    """Return the strategy that repeats `pattern`, a word of C and D; over pairs."""
    if not pattern or set(pattern) - {"C", "D"}:
        raise ParameterError(f"pattern must be a word of C and D, got {pattern!r}")
    size = len(pattern)
    return _automaton(
        f"cycler {pattern}",
        tuple(f"{k}: {letter}" for k, letter in enumerate(pattern)),
        0,
        [COMPLY if letter == "C" else BREACH for letter in pattern],
        [[(k + 1) % size] * 4 for k in range(size)],
    )


def trigger() -> Automaton:
    """Return grim trigger over alarms: comply until the first alarm, then breach for ever."""
    return _automaton(
        "trigger", ("trust", "punish"), 0, [COMPLY, BREACH], [[0, 1], [1, 1]], "Green & Porter (1984)"
    )


def suspension(periods: int) -> Automaton:
    """Return the strategy over alarms that suspends compliance for `periods` after an alarm, then resumes."""
    _check_count(periods, "periods")
    states = ("comply", *(f"suspended, {periods - k} to go" for k in range(periods)))
    tables = [[0, 1], *([(k + 1) % (periods + 1)] * 2 for k in range(1, periods + 1))]
    return _automaton(
        f"suspension of {periods}", states, 0, [COMPLY] + [BREACH] * periods, tables, "Green & Porter (1984)"
    )


def tolerance(alarms: int) -> Automaton:
    """Return the strategy over alarms that complies until `alarms` have sounded, then breaches for ever."""
    _check_count(alarms, "alarms")
    states = (*(f"{alarms - k} left" for k in range(alarms)), "ended")
    tables = [*([k, k + 1] for k in range(alarms)), [alarms, alarms]]
    return _automaton(
        f"tolerance of {alarms}",
        states,
        0,
        [COMPLY] * alarms + [BREACH],
        tables,
        "after Langlois & Langlois (1996)",
    )


OVER_PAIRS: Mapping[str, Callable[[], Automaton]] = MappingProxyType(
    {
        "always_comply": always_comply,
        "always_breach": always_breach,
        "random": random,
        "grim": grim,
        "grudger": grudger,
        "tit_for_tat": tit_for_tat,
        "suspicious_tit_for_tat": suspicious_tit_for_tat,
        "generous_tit_for_tat": generous_tit_for_tat,
        "contrite_tit_for_tat": contrite_tit_for_tat,
        "tit_for_two_tats": tit_for_two_tats,
        "two_tits_for_tat": two_tits_for_tat,
        "win_stay_lose_shift": win_stay_lose_shift,
        "alternator": alternator,
        "bully": bully,
        "cycler": cycler,
    }
)


def by_name(name: str) -> Automaton:
    """Return the shipped strategy over pairs called `name`; an unknown name lists the legal ones."""
    if name not in OVER_PAIRS:
        raise ParameterError(f"strategy must be one of {sorted(OVER_PAIRS)}, got {name!r}")
    return OVER_PAIRS[name]()


def _automaton(
    name: str,
    states: Sequence[str],
    initial: int,
    outputs: Sequence[tuple[float, float]],
    transitions: Sequence[Sequence[int]],
    source: str = "",
) -> Automaton:
    return Automaton(name, tuple(states), initial, np.array(outputs), np.array(transitions), source)


def _check_probability(probability: float) -> None:
    if not 0 <= probability <= 1:
        raise ParameterError(f"a probability must lie in [0, 1], got {probability}")


def _check_count(count: int, name: str) -> None:
    if count < 1 or count != int(count):
        raise ParameterError(f"{name} must be a whole number of at least 1, got {count}")
