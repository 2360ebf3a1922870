"""The game that ``treaty-sim solve`` is asked for: of a matrix, of a file, of the catalogue of trees, or repeated."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from sim.app.build import matrix_game
from sim.app.schema import RunConf
from sim.errors import ParameterError
from sim.games.extensive import ExtensiveGame
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.study.solved_game import Game


def _beer_quiche() -> ExtensiveGame:
    from sim.games.signalling import beer_quiche

    return beer_quiche().tree()


def _ultimatum() -> ExtensiveGame:
    from sim.games.ultimatum_game import UltimatumGame

    return UltimatumGame().tree()


TREES: MappingProxyType[str, Callable[[], ExtensiveGame]] = MappingProxyType(
    {"beer_quiche": _beer_quiche, "ultimatum": _ultimatum}
)
"""Shipped games in extensive form."""

KINDS = ("treaty", "matrix", "tree", "file")
FORMATS: MappingProxyType[str, Callable[[Path], NormalFormGame | ExtensiveGame]] = MappingProxyType(
    {".nfg": NormalFormGame.read, ".efg": ExtensiveGame.read}
)


def game_of(conf: RunConf) -> Game:
    """Return the game that `conf` holds under ``game``, repeated if it has a discount.

    Raises
    ------
    ParameterError
        If the kind, tree or format is unknown, the file is malformed, or only a game in normal form can be repeated.
    ArtifactError
        If the file cannot be opened.
    """
    game = _one_shot(conf)
    if conf.game.discount is None:
        if conf.game.profile is not None:
            raise ParameterError(
                "game.profile is for repeated games: game.discount must be in [0, 1), got null"
            )
        return game
    if not isinstance(game, NormalFormGame):
        raise ParameterError("game.discount must be null for a tree: only games in normal form are repeated")
    try:
        return RepeatedGame(game, conf.game.discount)
    except ParameterError as error:
        raise ParameterError(f"game.{error}") from None


def _one_shot(conf: RunConf) -> NormalFormGame | ExtensiveGame:
    kind = conf.game.kind
    if kind == "matrix":
        return matrix_game(conf)
    if kind == "tree":
        tree = TREES.get(conf.game.tree or "")
        if tree is None:
            raise ParameterError(f"game.tree must be one of {', '.join(TREES)}, got {conf.game.tree!r}")
        return tree()
    if kind == "file":
        if conf.game.file is None:
            raise ParameterError("game.file must name a .nfg or .efg file, got null")
        path = Path(conf.game.file)
        if path.suffix not in FORMATS:
            raise ParameterError(f"game.file must end in {' or '.join(FORMATS)}, got {conf.game.file!r}")
        return FORMATS[path.suffix](path)
    raise ParameterError(f"game.kind must be one of {', '.join(KINDS)}, got {kind!r}")
