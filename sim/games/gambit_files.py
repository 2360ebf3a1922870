"""Read and write Gambit's game files: ``.nfg`` (normal form) and ``.efg`` (extensive form).

Both are lists of tokens: quoted text, braces, numbers (``3``, ``-0.5``, ``1/3``, ``2e-4``); commas and line
breaks only separate.  A normal form gives its payoffs either one by one or as numbered *outcomes*; the first
player's strategy varies fastest.  A tree lists its nodes in depth-first order; an outcome may stand at any
node, and one at an inner node is added to all ends below it.

Chance probabilities are written as fractions where that is exact (1/3), because Gambit demands that they sum
to exactly 1.

References
----------
Gambit documentation, "Representation of games in files".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import prod
from pathlib import Path

import numpy as np

from sim.arrays import FloatArray
from sim.errors import ArtifactError, ParameterError
from sim.games.extensive import Chance, Decision, ExtensiveGame, Node, Terminal
from sim.games.gambit_tokens import Tokens
from sim.games.normal_form import NormalFormGame

MOST_STRATEGIES = 100_000
"""Of one player in a ``.nfg`` file: beyond, it is a slip."""


def read_normal_form(path: str | Path) -> NormalFormGame:
    """Return the game in a ``.nfg`` file, with payoffs or with outcomes.

    Raises
    ------
    ParameterError
        If the file is not a normal form; the message has the path and the line.
    ArtifactError
        If the file cannot be opened.
    """
    tokens = Tokens(_text(path), str(path))
    tokens.literal("NFG")
    tokens.header()
    title = tokens.text("the title")
    players = tokens.texts("player names")
    actions = _strategies(tokens, len(players))
    if tokens.kind() == "text":
        tokens.text("a comment")
    shape = tuple(len(own) for own in actions)
    cells = prod(shape)
    rows: list[list[float]] = []  # one per joint action, the first player's action varying fastest
    if tokens.kind() == "{":
        outcomes = [[0.0] * len(players), *_outcome_table(tokens, len(players))]
        for _ in range(cells):
            line = tokens.line()
            number = tokens.integer("an outcome number")
            if not 0 <= number < len(outcomes):
                tokens.fail(f"an outcome number must lie in 0..{len(outcomes) - 1}, got {number}", line)
            rows.append(outcomes[number])
    else:
        what = f"one of {cells * len(players)} payoffs"
        rows = [[tokens.number(what) for _ in players] for _ in range(cells)]
    payoffs = np.array(rows).reshape(*reversed(shape), len(players)).T
    tokens.end()
    with _located(f"{tokens.path}, line {tokens.line()}"):
        return NormalFormGame(payoffs, tuple(players), tuple(map(tuple, actions)), title)


def write_normal_form(game: NormalFormGame, path: str | Path) -> None:
    """Write `game` as a ``.nfg`` file with payoffs; reading it back gives the same floats."""
    lines = [
        f"NFG 1 R {_quoted(game.name)} {_braced(map(_quoted, game.players))}",
        "",
        "{ " + "\n".join(_braced(map(_quoted, own)) for own in game.actions),
        "}",
        '""',
        "",
    ]
    rows = game.payoffs.T.reshape(-1, game.num_players)  # the first player's action varies fastest
    lines += [" ".join(map(_decimal, row)) for row in rows.tolist()]
    _save(path, lines)


def read_extensive(path: str | Path) -> ExtensiveGame:
    """Return the game in a ``.efg`` file.

    Raises
    ------
    ParameterError
        If the file is not a tree (path and line are given), or is one that `ExtensiveGame` refuses: imperfect
        recall, absent-mindedness, probabilities that do not sum to 1.
    ArtifactError
        If the file cannot be opened.
    """
    tokens = Tokens(_text(path), str(path))
    tokens.literal("EFG")
    tokens.header()
    title = tokens.text("the title")
    players = tokens.texts("player names")
    if tokens.kind() == "text":
        tokens.text("a comment")
    root = _TreeReader(tokens, len(players)).tree()
    tokens.end()
    with _located(tokens.path):
        return ExtensiveGame(root, tuple(players), title)


def write_extensive(game: ExtensiveGame, path: str | Path) -> None:
    """Write `game` as a ``.efg`` file, one outcome per terminal node."""
    lines = [f"EFG 2 R {_quoted(game.name)} {_braced(map(_quoted, game.players))}", '""', ""]
    local = {}  # Gambit numbers information sets per player, from 1
    counts = [0] * game.num_players
    for number, at in enumerate(game.information_sets):
        counts[at.player] += 1
        local[number] = counts[at.player]
    chances = ends = 0
    for k, node in enumerate(game.nodes):
        if isinstance(node, Terminal):
            ends += 1
            values = ", ".join(_decimal(float(x)) for x in node.payoffs)
            lines.append(f't "" {ends} {_quoted(node.name)} {{ {values} }}')
        elif isinstance(node, Chance):
            chances += 1
            exact = _exact_probabilities(node.probabilities)
            moves = " ".join(f"{_quoted(a)} {_fraction(p)}" for a, p in zip(node.actions, exact, strict=True))
            lines.append(f'c {_quoted(node.name)} {chances} "" {{ {moves} }} 0')
        else:
            number = int(game.set_of[k])
            moves = _braced(map(_quoted, node.actions))
            label = _quoted(node.information_set)
            lines.append(f"p {_quoted(node.name)} {node.player + 1} {local[number]} {label} {moves} 0")
    _save(path, lines)


@dataclass
class _Set:
    """What the file said when it first mentioned an information set."""

    label: str
    actions: list[str]
    probabilities: list[float] = field(default_factory=list)


class _TreeReader:
    """Reads nodes in depth-first order; by a loop, since trees may be deeper than Python recurses."""

    def __init__(self, tokens: Tokens, num_players: int) -> None:
        self.tokens = tokens
        self.num_players = num_players
        self.outcomes: dict[int, FloatArray] = {}
        self.sets: dict[tuple[int, int], _Set] = {}
        self.labels: set[tuple[int, str]] = set()

    def tree(self) -> Node:
        """Return the root."""
        # a frame: what the node needs to be built, its payoff from above, and the children read so far
        frames: list[tuple[str, int, _Set, FloatArray, list[Node]]] = []
        above: FloatArray = np.zeros(self.num_players)
        while True:
            kind = self.tokens.word("a node (c, p or t)", ("c", "p", "t"))
            name = self.tokens.text("the node's name")
            if kind == "t":
                payoff, title = self._outcome()
                node: Node = Terminal(above + payoff, title or name)
                while frames:
                    label, player, at, inherited, children = frames[-1]
                    children.append(node)
                    if len(children) < len(at.actions):
                        above = inherited
                        break
                    frames.pop()
                    node = self._built(label, player, at, children)
                else:
                    return node
                continue
            player = -1 if kind == "c" else self._player()
            at = self._set(player)
            payoff, _ = self._outcome()
            above = above + payoff
            frames.append((name, player, at, above, []))

    def _built(self, name: str, player: int, at: _Set, children: list[Node]) -> Node:
        if player < 0:
            return Chance(np.array(at.probabilities), tuple(children), tuple(at.actions), name)
        return Decision(player, at.label, tuple(children), tuple(at.actions), name)

    def _player(self) -> int:
        line = self.tokens.line()
        player = self.tokens.integer("the player")
        if not 1 <= player <= self.num_players:
            self.tokens.fail(f"the player must lie in 1..{self.num_players}, got {player}", line)
        return player - 1

    def _set(self, player: int) -> _Set:
        line = self.tokens.line()
        number = self.tokens.integer("the information set")
        name = self.tokens.text("its name") if self.tokens.kind() == "text" else ""
        known = self.sets.get((player, number))
        if self.tokens.kind() != "{":
            if known is None:
                self.tokens.fail(f"information set {number} is mentioned before its actions are given", line)
            return known
        actions, probabilities = self._actions(player < 0)
        if known is None:
            label = name if name and (player, name) not in self.labels else str(number)
            while (player, label) in self.labels:
                label += "'"
            self.labels.add((player, label))
            known = self.sets[player, number] = _Set(label, actions, probabilities)
            if player < 0 and abs(sum(probabilities) - 1) > 1e-9:
                self.tokens.fail(f"chance probabilities must sum to 1, got {sum(probabilities):.12g}", line)
        elif known.actions != actions or known.probabilities != probabilities:
            self.tokens.fail(f"information set {number} has other actions than before: {known.actions}", line)
        return known

    def _actions(self, chance: bool) -> tuple[list[str], list[float]]:
        line = self.tokens.line()
        self.tokens.literal("{")
        names: list[str] = []
        probabilities: list[float] = []
        while self.tokens.kind() != "}":
            names.append(self.tokens.text("an action's name"))
            if chance:
                at = self.tokens.line()
                probabilities.append(self.tokens.number("an action's probability"))
                if not 0 <= probabilities[-1] <= 1:
                    self.tokens.fail(f"a probability must lie in [0, 1], got {probabilities[-1]}", at)
        self.tokens.literal("}")
        if not names:
            self.tokens.fail("the action set is empty, it needs at least one action", line)
        return _distinct(names), probabilities

    def _outcome(self) -> tuple[FloatArray, str]:
        line = self.tokens.line()
        number = self.tokens.integer("an outcome number")
        name = self.tokens.text("the outcome's name") if self.tokens.kind() == "text" else ""
        if self.tokens.kind() == "{":
            self.outcomes[number] = np.array(self.tokens.numbers(self.num_players, "payoffs"))
        if number == 0:
            return np.zeros(self.num_players), name
        if number not in self.outcomes:
            self.tokens.fail(f"outcome {number} is mentioned before its payoffs are given", line)
        return self.outcomes[number], name


@contextmanager
def _located(where: str) -> Iterator[None]:
    """Put the place in the file before what a game's constructor refuses."""
    try:
        yield
    except ParameterError as error:
        raise ParameterError(f"{where}: {error}") from None


def _strategies(tokens: Tokens, num_players: int) -> list[list[str]]:
    """Read either numbers of strategies or lists of their names."""
    line = tokens.line()
    tokens.literal("{")
    actions: list[list[str]] = []
    while tokens.kind() != "}":
        if tokens.kind() == "{":
            actions.append(tokens.texts("strategy names"))
        else:
            count = tokens.integer("a number of strategies")
            if count > MOST_STRATEGIES:
                tokens.fail(f"a player may have at most {MOST_STRATEGIES} strategies, got {count}", line)
            actions.append([str(k + 1) for k in range(count)])
    tokens.literal("}")
    if len(actions) != num_players:
        tokens.fail(f"{num_players} players need {num_players} strategy sets, got {len(actions)}", line)
    for player, own in enumerate(actions):
        if not own:
            tokens.fail(f"player {player + 1}: the action set is empty, it needs at least one action", line)
        actions[player] = _distinct(own)
    return actions


def _distinct(names: list[str]) -> list[str]:
    """Add numbers to empty and repeated names, which Gambit allows; they would not tell strategies."""
    times = Counter(names)
    return [name if name and times[name] == 1 else f"{name}#{k + 1}" for k, name in enumerate(names)]


def _outcome_table(tokens: Tokens, num_players: int) -> list[list[float]]:
    outcomes = []
    tokens.literal("{")
    while tokens.kind() != "}":
        tokens.literal("{")
        tokens.text("the outcome's name")
        outcomes.append([tokens.number("a payoff") for _ in range(num_players)])
        tokens.literal("}")
    tokens.literal("}")
    return outcomes


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ArtifactError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path} is not a text file in UTF-8") from None


def _save(path: str | Path, lines: Sequence[str]) -> None:
    try:
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ArtifactError(f"cannot write {path}: {error.strerror}") from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _braced(parts: Iterable[str]) -> str:
    return "{ " + " ".join(parts) + " }"


def _decimal(x: float) -> str:
    """Return the shortest decimal that reads back as `x`, without an exponent."""
    text = format(Decimal(repr(x)), "f")
    return text[:-2] if text.endswith(".0") else text


def _fraction(p: Fraction) -> str:
    return str(p.numerator) if p.denominator == 1 else f"{p.numerator}/{p.denominator}"


def _exact_probabilities(probabilities: FloatArray) -> list[Fraction]:
    """Return fractions summing to exactly 1 that read back as `probabilities`, up to round-off."""
    exact = []
    for p in probabilities.tolist():
        simple = Fraction(p).limit_denominator(1_000_000)
        exact.append(simple if float(simple) == p else Fraction(Decimal(repr(p))))
    largest = max(range(len(exact)), key=lambda k: exact[k])
    exact[largest] += 1 - sum(exact)
    return exact
