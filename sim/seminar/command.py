"""``treaty-sim seminar``: the classroom web page."""

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.app.build import typed
from sim.app.complaints import complaint
from sim.app.hydra_door import launch, stop
from sim.app.schema import RunConf
from sim.app.task import task_arguments

NOT_A_LESSON = ("seminar.", "scenario=", "reading=", "hydra.", "hydra/")
"""Arguments that are not handed on to the scenario of a lesson."""

DATABASE = "lessons.sqlite"


def command(arguments: Sequence[str]) -> None:
    """Open the classroom that the arguments describe, until Ctrl-C."""
    try:
        import nicegui  # noqa: F401
        import segno  # noqa: F401
    except ImportError:
        stop('seminar needs the extra "seminar": pip install "treaty-sim[seminar]"', 1)
    composed: list[tuple[Any, list[str]]] = []

    def keep(config: Any) -> None:
        composed.append((typed(config), task_arguments()))

    launch("seminar", arguments, keep, writes=False)
    for (
        conf,
        given,
    ) in composed:  # none if Hydra was only asked for help; served outside, for Hydra composes lessons
        try:
            seminar(conf, given)
        except Exception as error:
            found = complaint(error)
            if found is None:
                raise
            stop(*found)


def seminar(conf: RunConf, arguments: Sequence[str]) -> None:
    """Serve lessons on the configured scenario."""
    from sim.seminar.classroom import Classroom
    from sim.seminar.deals import deals_of
    from sim.seminar.games import Games
    from sim.seminar.network import listening
    from sim.seminar.setup import Setup, Timers
    from sim.seminar.store import Store
    from sim.seminar.text import t
    from sim.seminar.web.server import serve
    from sim.seminar.web.site import Web

    room = conf.seminar
    setup = Setup(
        scenario=conf.scenario.name,
        reading=conf.reading.name,
        overrides=lesson_arguments(arguments),
        robots=room.robots or "",
        tables=room.tables,
        rounds=room.rounds,
        months=room.months,
        seed=conf.engine.seed,
        timed=room.timed,
        timers=Timers(
            brief=room.brief_seconds,
            decision=room.decision_seconds,
            reveal=room.reveal_seconds,
            theory=room.theory_seconds,
            debrief=room.debrief_seconds,
        ),
    )
    place = listening(room.host, room.port)
    directory = Path(room.directory)
    store = Store(directory / DATABASE)
    games = Games(deals_of(setup.scenario, setup.arguments()))
    try:
        sys.stdout.write(t("command.preparing") + "\n")
        sys.stdout.flush()
        games.prepared(setup)  # what does not compose is found before anyone comes
        games.theory(setup)
        games.readings(setup)
        classroom = Classroom(store, games)
        desk = f"/desk/{classroom.new_desk_token()}"
        where = t("command.network" if place.network else "command.loopback")
        sys.stdout.write(
            f"{t('command.open', address=place.address, where=where)}\n"
            f"{t('command.desk', desk=place.address + desk)}\n"
            f"{t('command.store', store=store.path)}\n"
        )
        sys.stdout.flush()
        web = Web(classroom, setup, place.address, place.network, directory)
        serve(
            web,
            host=place.bind,
            port=room.port,
            hosts=list(place.names),
            show=desk if room.open_browser else None,
            secret=secrets.token_urlsafe(24),
        )
    finally:
        games.close()
        store.close()


def lesson_arguments(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments that change the scenario of a lesson.

    Examples
    --------
    >>> lesson_arguments(["scenario=inf_1988", "seminar.tables=3", "treaty.detection=0.8"])
    ('treaty.detection=0.8',)
    """
    kept = (a for a in arguments if not a.lstrip("+~").startswith(NOT_A_LESSON))
    return tuple(
        a for a in kept if not a.startswith(("engine.draws=", "engine.seed=", "engine.horizon_months="))
    )
