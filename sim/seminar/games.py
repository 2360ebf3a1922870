"""The games that tables play, prepared in the background and kept: one per scenario, reading and deals in force."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sim.app.plan import RunPlan
from sim.seminar.analysis import Theory, theory_of
from sim.seminar.deals import SHIPPED, Deal, by_name
from sim.seminar.readings import Reading, readings_of
from sim.seminar.setup import Setup
from sim.seminar.table_game import TableGame, build_table_game, load_plan
from sim.seminar.text import t_or

Kind = TypeVar("Kind")
Key = tuple[Any, ...]


class Games:
    """Prepares games, one after the other, in a thread of their own.

    Parameters
    ----------
    deals : that can be offered, by name
    wait : whether what is not ready is waited for, instead of being prepared in the background

    Attributes
    ----------
    finished : int, how much has been prepared so far; grows when something new is ready
    """

    def __init__(self, deals: Mapping[str, Deal] | None = None, *, wait: bool = False) -> None:
        self.deals = by_name(SHIPPED) if deals is None else dict(deals)
        self._wait = wait
        self._plans: dict[Key, RunPlan] = {}
        self._futures: dict[Key, Future[Any]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="games")
        self.finished = 0

    def title(self, deal: str) -> str:
        """Return what a deal is called, from the language file if it stands there."""
        return t_or(f"deal.{deal}", self.deals[deal].title if deal in self.deals else deal)

    def text(self, deal: str) -> str:
        """Return what a deal does, from the language file if it stands there."""
        return t_or(f"deal.{deal}_text", self.deals[deal].sentence)

    def find(self, setup: Setup, deals: tuple[str, ...] = ()) -> TableGame | None:
        """Return a game, or None while it is being prepared; the first to ask sets it going.

        Raises
        ------
        ParameterError
            If it cannot be built.
        """
        return self._found(self._game(setup, deals))

    def prepared(self, setup: Setup, deals: tuple[str, ...] = ()) -> TableGame:
        """Return a game, waiting for it."""
        return self._game(setup, deals).result()

    def theory(self, setup: Setup) -> Theory | None:
        """Return the theory of a setup's game, or None while it is worked out."""
        key = ("theory", *_arguments(setup))

        def build() -> Theory:
            return theory_of(self._built(setup, ()), self._plan(setup))

        return self._found(self._future(key, build))

    def readings(self, setup: Setup) -> dict[str, Reading] | None:
        """Return the readings of a setup's disputed facts, or None while they are composed."""
        return self._found(self._future(("readings", *_arguments(setup)), lambda: readings_of(setup)))

    def submit(self, build: Callable[[], Kind]) -> Future[Kind]:
        """Prepare something else in the same thread, after what waits there."""
        future = self._pool.submit(build)
        future.add_done_callback(self._count)
        return future

    def close(self) -> None:
        """Finish what runs and prepare nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def _found(self, future: Future[Kind]) -> Kind | None:
        return future.result() if self._wait or future.done() else None

    def _game(self, setup: Setup, deals: tuple[str, ...]) -> Future[TableGame]:
        return self._future(("game", deals, *_arguments(setup)), lambda: self._built(setup, deals))

    def _future(self, key: Key, build: Callable[[], Kind]) -> Future[Kind]:
        if key not in self._futures:
            self._futures[key] = self._pool.submit(build)
            self._futures[key].add_done_callback(self._count)
        return self._futures[key]

    def _count(self, _: Future[Any]) -> None:
        self.finished += 1

    def _plan(self, setup: Setup) -> RunPlan:
        key = _arguments(setup)
        if key not in self._plans:
            self._plans[key] = load_plan(setup)
        return self._plans[key]

    def _built(self, setup: Setup, deals: tuple[str, ...]) -> TableGame:
        """Return a game, built unless it is there; runs in the thread of the pool."""
        done = self._futures.get(("game", deals, *_arguments(setup)))
        if done is not None and done.done():
            game: TableGame = done.result()
            return game
        game = build_table_game(self._plan(setup), deals, self.deals)
        game.prepare()
        return game


def _arguments(setup: Setup) -> tuple[str, ...]:
    return (setup.scenario, *setup.arguments())
