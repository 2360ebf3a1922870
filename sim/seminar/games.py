"""The games that tables play, prepared in the background and kept: one per scenario, reading and deals in force."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from sim.app.plan import RunPlan
from sim.seminar.deals import SHIPPED, Deal, by_name
from sim.seminar.setup import Setup
from sim.seminar.table_game import TableGame, build_table_game, load_plan

Key = tuple[tuple[str, ...], tuple[str, ...]]


class Games:
    """Prepares games, one after the other, in a thread of their own.

    Parameters
    ----------
    deals : that can be offered, by name
    wait : whether `find` prepares a missing game at once, instead of in the background
    """

    def __init__(self, deals: Mapping[str, Deal] | None = None, *, wait: bool = False) -> None:
        self.deals = by_name(SHIPPED) if deals is None else dict(deals)
        self._wait = wait
        self._plans: dict[tuple[str, ...], RunPlan] = {}
        self._games: dict[Key, Future[TableGame]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="games")

    def find(self, setup: Setup, deals: tuple[str, ...] = ()) -> TableGame | None:
        """Return a game, or None while it is being prepared; the first to ask sets it going.

        Raises
        ------
        ParameterError
            If it cannot be built.
        """
        future = self._future(setup, deals)
        return future.result() if self._wait or future.done() else None

    def prepared(self, setup: Setup, deals: tuple[str, ...] = ()) -> TableGame:
        """Return a game, waiting for it."""
        return self._future(setup, deals).result()

    def plan(self, setup: Setup) -> RunPlan:
        """Return the plan of a setup, waiting for it."""
        return self.prepared(setup).plan

    def close(self) -> None:
        """Finish what runs and prepare nothing more."""
        self._pool.shutdown(cancel_futures=True)

    def _future(self, setup: Setup, deals: tuple[str, ...]) -> Future[TableGame]:
        key = ((setup.scenario, *setup.arguments()), deals)
        if key not in self._games:
            self._games[key] = self._pool.submit(self._build, setup, key)
        return self._games[key]

    def _build(self, setup: Setup, key: Key) -> TableGame:
        arguments, deals = key
        if arguments not in self._plans:
            self._plans[arguments] = load_plan(setup)
        game = build_table_game(self._plans[arguments], deals, self.deals)
        game.prepare()
        return game
