"""From configuration to objects: the only place where the vocabulary of Hydra and that of the model meet.

What is built here has the right shape and meaning; whether its parts fit together `plan_of` checks.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from sim.app.about import about_of
from sim.app.automata import offer_automata
from sim.app.complaints import complaint, stray_key, unknown_key
from sim.app.config_dir import config_dir
from sim.app.schema import RunConf, register_schema
from sim.app.types import belief_options, types_of
from sim.engine.options import EngineOptions, SolverOptions
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.treaty.terms import TERMS
from sim.model.actors import Actor
from sim.model.components import Components, Start
from sim.model.history import History, parse_history
from sim.model.scenario import Scenario
from sim.model.stakes import stake_of, staked
from sim.model.treaty import BY_PARTY, DOMAINS, Treaty
from sim.model.uncertain import About


def compose(overrides: Sequence[str] = (), *, directories: Iterable[Path | str] = ()) -> DictConfig:
    """Return the configuration that the command line would compose from the same `overrides`.

    `directories` are searched for config files before the shipped ones, like ``--config-dir``.

    Raises
    ------
    ParameterError
        If a file cannot be read or an override fits nowhere, in the line that the command would print.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir

    register_schema()
    places = [Path(directory) for directory in directories]
    offer_automata(places)
    search = [f"file://{Path(directory).resolve()}" for directory in places]
    path = [f"hydra.searchpath=[{','.join(search)}]"] if search else []
    with _in_one_line(), initialize_config_dir(version_base="1.3", config_dir=str(config_dir())):
        return hydra_compose("config", overrides=[*path, *overrides])


def load(
    name: str = "inf_2019", overrides: Sequence[str] = (), *, directories: Iterable[Path | str] = ()
) -> Scenario:
    """Return the shipped or user's scenario `name`, with `overrides` as on the command line.

    Examples
    --------
    >>> load("inf_2019", ["treaty.detection=0.8"]).treaty.detection
    0.8
    """
    given = [f"scenario={name}", *overrides]
    return scenario_of(typed(compose(given, directories=directories)), command_line=given)


def typed(config: DictConfig) -> RunConf:
    """Return the configuration as dataclasses; refuses keys and types that the schema does not know."""
    stray = stray_key(config)
    if stray:
        raise ParameterError(unknown_key(stray))
    with _in_one_line():
        conf = OmegaConf.to_object(config)
    assert isinstance(conf, RunConf)
    return conf


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Raise what Hydra and OmegaConf have to complain of as the command would print it."""
    try:
        yield
    except Exception as error:
        found = complaint(error)
        if found is None:
            raise
        raise ParameterError(found[0]) from None


def scenario_of(conf: RunConf, *, command_line: Sequence[str] = ()) -> Scenario:
    """Return the scenario that `conf` describes; `command_line` marks the numbers that it set as its own."""
    scenario = Scenario(
        name=conf.scenario.name,
        title=conf.scenario.title,
        question=conf.scenario.question,
        reading=conf.reading.name,
        start_date=conf.scenario.start_date,
        levers=tuple(conf.scenario.levers),
        actors=tuple(
            Actor(
                name=name,
                title=actor.title,
                role=actor.role,
                discount=actor.discount,
                weights=staked(_fields_of(actor.weights), actor.stakes, f"actors.{name}.stakes"),
            )
            for name, actor in conf.actors.items()
        ),
        treaty=_treaty_of(conf),
        components=Components(**_fields_of(conf.components)),
        start=Start(**_fields_of(conf.start)),
        types=types_of(conf.types),
        beliefs=belief_options(conf.beliefs),
        history=_history_of(conf),
    )
    return replace(scenario, about=_with_stakes(conf, about_of(conf.about, scenario, command_line)))


def engine_options(conf: RunConf) -> EngineOptions:
    """Return the engine's options."""
    return EngineOptions(**_fields_of(conf.engine))


def solver_options(conf: RunConf) -> SolverOptions:
    """Return the options of the solver of the treaty game."""
    return SolverOptions(
        rationality=conf.solver.rationality,
        tol=conf.solver.tol,
        max_steps=conf.solver.max_steps,
        start=conf.solver.start,
    )


def matrix_game(conf: RunConf) -> NormalFormGame:
    """Return the game of a matrix that `conf` holds under ``game``.

    Raises
    ------
    ParameterError
        If it holds none, or an action set is empty, a payoff is not finite, or names do not fit.
    """
    game = conf.game
    if game.kind != "matrix":
        raise ParameterError(f"game.kind must be matrix, got {game.kind!r}")
    if game.payoffs is None:
        raise ParameterError("game.payoffs must hold one table per player, got null")
    try:
        return NormalFormGame(
            game.payoffs,
            players=tuple(game.players) or None,
            actions=None if game.actions is None else tuple(tuple(names) for names in game.actions),
            name=game.title or "",
        )
    except ParameterError as error:
        line = str(error)
        named = line.split(maxsplit=1)[0] in ("payoffs", "players", "actions")
        raise ParameterError(f"game{'.' if named else ': '}{line}") from None


def _with_stakes(conf: RunConf, about: dict[str, About]) -> dict[str, About]:
    """Return `about` with what the coded stakes did to each weight said in its source."""
    told = dict(about)
    for name, actor in conf.actors.items():
        if not actor.stakes:
            continue
        for term in TERMS:
            path = f"actors.{name}.weights.{term}"
            if path in told:
                moved = stake_of(term, actor.stakes)
                source = f"carried over from the INF Treaty{', ' * bool(moved)}{moved}: {told[path].source}"
                told[path] = replace(told[path], source=source, assumed=True)
    return told


def _history_of(conf: RunConf) -> History | None:
    given = _fields_of(conf.history)
    return parse_history(**given, actors=tuple(conf.actors)) if given["name"] else None


def _treaty_of(conf: RunConf) -> Treaty:
    numbers: dict[str, Any] = {name: getattr(conf.treaty, name) for name in DOMAINS}
    by_party: dict[str, Any] = {
        name: {party: value for party, value in getattr(conf.treaty, name).items() if value is not None}
        for name in BY_PARTY
    }
    return Treaty(**numbers, **by_party)


def _fields_of(conf: Any) -> dict[str, Any]:
    return {part.name: getattr(conf, part.name) for part in fields(conf)}
