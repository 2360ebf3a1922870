r"""Games in extensive form: a finite tree with chance, information sets and payoffs.

A tree is written with three kinds of node, `Terminal`, `Chance` and `Decision`, and frozen by
`ExtensiveGame`, which numbers the nodes in depth-first order (the root is 0, a subtree is a contiguous
range) and the *information sets* in order of first appearance.  Decision nodes with the same player and the
same label form one information set: the player cannot tell them apart.

A *behaviour profile* is one probability vector per information set, in the order of
``game.information_sets``; this is what solvers return for an extensive game.

Only games of *perfect recall* are accepted (Kuhn 1953): every player remembers what it knew and what it
did, so that behaviour strategies are as good as mixed ones.  Absent-mindedness (a path that meets one
information set twice) is the extreme failure of it.

References
----------
Kuhn (1953), Extensive games and the problem of information. Kreps & Wilson (1982), Econometrica 50, 863-894.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import FloatArray, IntArray, finite, sealed
from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame


@dataclass(frozen=True, eq=False)
class Terminal:
    """An end of the play, with the payoff of every player."""

    payoffs: FloatArray
    name: str = ""

    def __post_init__(self) -> None:
        payoffs = finite(self.payoffs, f"payoffs of outcome {self.name!r}")
        if payoffs.ndim != 1 or not len(payoffs):
            raise ParameterError(
                f"outcome {self.name!r} needs one payoff per player, got shape {payoffs.shape}"
            )
        object.__setattr__(self, "payoffs", payoffs)


@dataclass(frozen=True, eq=False)
class Chance:
    """A move of nature with known probabilities.

    Examples
    --------
    >>> Chance([0.5, 0.6], [Terminal([0.0]), Terminal([1.0])])
    Traceback (most recent call last):
        ...
    sim.errors.ParameterError: chance node '': probabilities must lie in [0, 1] and sum to 1, got [0.5, 0.6]
    """

    probabilities: FloatArray
    children: tuple["Node", ...]
    actions: tuple[str, ...] = None  # type: ignore[assignment]  # filled in below
    name: str = ""

    def __post_init__(self) -> None:
        where = f"chance node {self.name!r}"
        probabilities = finite(self.probabilities, f"{where}: probabilities")
        children = tuple(self.children)
        if not children:
            raise ParameterError(f"{where}: the action set is empty, it needs at least one branch")
        if probabilities.shape != (len(children),):
            raise ParameterError(
                f"{where} needs {len(children)} probabilities, one per branch, got {probabilities.shape}"
            )
        if (probabilities < 0).any() or abs(probabilities.sum() - 1) > 1e-9:
            raise ParameterError(
                f"{where}: probabilities must lie in [0, 1] and sum to 1, got {probabilities.tolist()}"
            )
        object.__setattr__(self, "probabilities", probabilities)
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "actions", _action_names(self.actions, len(children), where))


@dataclass(frozen=True, eq=False)
class Decision:
    """A move of `player` (a number from 0) at the information set called `information_set`."""

    player: int
    information_set: str
    children: tuple["Node", ...]
    actions: tuple[str, ...] = None  # type: ignore[assignment]
    name: str = ""

    def __post_init__(self) -> None:
        where = f"information set {self.information_set!r} of player {self.player}"
        children = tuple(self.children)
        if not children:
            raise ParameterError(f"{where}: the action set is empty, it needs at least one action")
        object.__setattr__(self, "information_set", str(self.information_set))
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "actions", _action_names(self.actions, len(children), where))


Node = Terminal | Chance | Decision


@dataclass(frozen=True, eq=False)
class InformationSet:
    """Nodes that their player cannot tell apart.

    `previous` is the player's own last (information set, action) before it, which is the same for every node
    in a game of perfect recall, or None when this is its first move.
    """

    label: str
    player: int
    actions: tuple[str, ...]
    nodes: tuple[int, ...]
    previous: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class ExtensiveGame:
    """A game in extensive form with perfect recall.

    Parameters
    ----------
    root : Terminal, Chance or Decision
    players : names, one per player, optional
        Default ``("1", "2", …)``, as many as the outcomes have payoffs.
    name : str

    Attributes
    ----------
    nodes : tuple of nodes, depth-first
    parents, branches : int arrays [nodes]
        Parent of each node and the action that leads to it; −1 at the root.
    children : tuple of tuples of node numbers
    ends : int array [nodes]
        The subtree of node ``k`` is ``range(k, ends[k])``.
    information_sets : tuple of InformationSet, in order of first appearance
    set_of : int array [nodes]
        Information set of each node, −1 where nobody decides.
    payoffs : float array [nodes, players]
        Zero at nodes that are not terminal.

    Raises
    ------
    ParameterError
        If outcomes differ in their number of payoffs, a player does not exist, nodes of one information set
        differ in their actions, a path meets an information set twice, or a player forgets.

    Examples
    --------
    >>> threat = Decision(1, "after entry", [Terminal([-1, -1]), Terminal([1, 1])], ["fight", "yield"])
    >>> game = ExtensiveGame(Decision(0, "entry", [Terminal([0, 2]), threat], ["out", "in"]))
    >>> [s.label for s in game.information_sets], len(game.nodes)
    (['entry', 'after entry'], 5)
    """

    root: Node
    players: tuple[str, ...] = None  # type: ignore[assignment]
    name: str = ""
    nodes: tuple[Node, ...] = field(init=False, repr=False)
    parents: IntArray = field(init=False, repr=False)
    branches: IntArray = field(init=False, repr=False)
    children: tuple[tuple[int, ...], ...] = field(init=False, repr=False)
    ends: IntArray = field(init=False, repr=False)
    information_sets: tuple[InformationSet, ...] = field(init=False, repr=False)
    set_of: IntArray = field(init=False, repr=False)
    payoffs: FloatArray = field(init=False, repr=False)

    if TYPE_CHECKING:  # what the constructor takes is more than what the fields hold

        def __init__(self, root: Node, players: Sequence[str] | None = None, name: str = "") -> None: ...

    def __post_init__(self) -> None:
        nodes, parents, branches = _walk(self.root)
        num_players = _count_players(nodes)
        players = (
            tuple(str(k + 1) for k in range(num_players))
            if self.players is None
            else tuple(map(str, self.players))
        )
        if len(players) != num_players or len(set(players)) != num_players:
            raise ParameterError(f"players must be {num_players} distinct names, got {list(players)}")
        children: list[list[int]] = [[] for _ in nodes]
        ends = np.arange(1, len(nodes) + 1)
        for k in range(len(nodes) - 1, 0, -1):  # children come after their parent
            children[parents[k]].insert(0, k)
            ends[parents[k]] = max(ends[parents[k]], ends[k])
        sets, set_of = _information_sets(nodes, parents, branches, players)
        payoffs = np.zeros((len(nodes), num_players))
        for k, node in enumerate(nodes):
            if isinstance(node, Terminal):
                payoffs[k] = node.payoffs
        values = {
            "players": players, "nodes": nodes, "parents": sealed(parents, np.int64),
            "branches": sealed(branches, np.int64), "children": tuple(map(tuple, children)),
            "ends": sealed(ends, np.int64), "information_sets": sets, "set_of": sealed(set_of, np.int64),
            "payoffs": sealed(payoffs),
        }  # fmt: skip
        for key, value in values.items():
            object.__setattr__(self, key, value)

    @property
    def num_players(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def num_actions(self) -> tuple[int, ...]:
        """Number of actions at each information set."""
        return tuple(len(s.actions) for s in self.information_sets)

    @property
    def terminals(self) -> tuple[int, ...]:
        """Numbers of the terminal nodes, from left to right."""
        return tuple(k for k, node in enumerate(self.nodes) if isinstance(node, Terminal))

    @property
    def has_perfect_information(self) -> bool:
        """Whether every information set is a single node."""
        return all(len(s.nodes) == 1 for s in self.information_sets)

    def subgame_roots(self) -> tuple[int, ...]:
        """Return the nodes at which a subgame begins: no information set reaches both into and out of it.

        Terminal nodes are left out; the root is always in.

        Examples
        --------
        >>> inner = [Decision(1, "b", [Terminal([0, 0]), Terminal([1, 1])]) for _ in range(2)]
        >>> ExtensiveGame(Decision(0, "a", inner)).subgame_roots()
        (0,)
        """
        first = np.array([s.nodes[0] for s in self.information_sets], dtype=np.int64)
        last = np.array([s.nodes[-1] for s in self.information_sets], dtype=np.int64)
        roots = []
        for k, node in enumerate(self.nodes):
            if isinstance(node, Terminal):
                continue
            touched = (last >= k) & (first < self.ends[k])
            if not (touched & ((first < k) | (last >= self.ends[k])) & self._meets(k)).any():
                roots.append(k)
        return tuple(roots)

    def path(self, node: int) -> tuple[tuple[int, int], ...]:
        """Return the (node, action) pairs that lead from the root to `node`."""
        steps: list[tuple[int, int]] = []
        while self.parents[node] >= 0:
            steps.append((int(self.parents[node]), int(self.branches[node])))
            node = int(self.parents[node])
        return tuple(reversed(steps))

    def describe(self, node: int) -> str:
        """Return the actions that lead to `node`, for messages.

        Examples
        --------
        >>> game = ExtensiveGame(Decision(0, "entry", [Terminal([0]), Terminal([1])], ["out", "in"]))
        >>> game.describe(2)
        'in'
        """
        return ", ".join(_actions(self.nodes[k])[action] for k, action in self.path(node)) or "the root"

    def normal_form(self) -> NormalFormGame:
        """Return the reduced normal form; see `sim.games.reduced_form`."""
        from sim.games.reduced_form import reduced_form

        return reduced_form(self).game

    @classmethod
    def read(cls, path: str | Path) -> "ExtensiveGame":
        """Read a Gambit ``.efg`` file; see `sim.games.gambit_files`."""
        from sim.games.gambit_files import read_extensive

        return read_extensive(path)

    def write(self, path: str | Path) -> None:
        """Write a Gambit ``.efg`` file."""
        from sim.games.gambit_files import write_extensive

        write_extensive(self, path)

    def _meets(self, root: int) -> np.ndarray:
        """Return which information sets have a node in the subtree of `root`, [information sets]."""
        inside = np.zeros(len(self.information_sets), dtype=bool)
        members = self.set_of[root : self.ends[root]]
        inside[members[members >= 0]] = True
        return inside


def _walk(root: Node) -> tuple[tuple[Node, ...], list[int], list[int]]:
    """Return nodes, parents and branches in depth-first order; a loop, since ladders of moves can be deep."""
    nodes: list[Node] = []
    parents: list[int] = []
    branches: list[int] = []
    stack: list[tuple[Node, int, int]] = [(root, -1, -1)]
    while stack:
        node, parent, branch = stack.pop()
        if not isinstance(node, Terminal | Chance | Decision):
            raise ParameterError(
                f"a tree consists of Terminal, Chance and Decision nodes, got {type(node).__name__}"
            )
        number = len(nodes)
        nodes.append(node)
        parents.append(parent)
        branches.append(branch)
        if not isinstance(node, Terminal):
            stack += [(child, number, action) for action, child in reversed(list(enumerate(node.children)))]
    return tuple(nodes), parents, branches


def _count_players(nodes: Sequence[Node]) -> int:
    counts = {len(node.payoffs): k for k, node in enumerate(nodes) if isinstance(node, Terminal)}
    if len(counts) != 1:
        raise ParameterError(
            f"every outcome needs one payoff per player, got outcomes with {sorted(counts)} payoffs "
            f"(for instance nodes {sorted(counts.values())})"
        )
    return next(iter(counts))


def _information_sets(
    nodes: Sequence[Node], parents: Sequence[int], branches: Sequence[int], players: Sequence[str]
) -> tuple[tuple[InformationSet, ...], list[int]]:
    """Group decision nodes, and refuse sets that no player with perfect recall could have."""
    index: dict[tuple[int, str], int] = {}
    members: list[list[int]] = []
    set_of = [-1] * len(nodes)
    own_last: list[dict[int, tuple[int, int]]] = []  # per node and player: last own (information set, action)
    previous: list[tuple[int, int] | None] = []
    for k, node in enumerate(nodes):
        own = dict(own_last[parents[k]]) if k else {}
        above = nodes[parents[k]] if k else None
        if isinstance(above, Decision):
            own[above.player] = (set_of[parents[k]], branches[k])
        own_last.append(own)
        if not isinstance(node, Decision):
            continue
        if not 0 <= node.player < len(players):
            raise ParameterError(
                f"information set {node.information_set!r}: player must lie in 0..{len(players) - 1}, "
                f"got {node.player}"
            )
        where = f"information set {node.information_set!r} of player {players[node.player]!r}"
        number = index.setdefault((node.player, node.information_set), len(members))
        set_of[k] = number
        last = own.get(node.player)
        if number == len(members):
            members.append([k])
            previous.append(last)
            continue
        first = nodes[members[number][0]]
        assert isinstance(first, Decision)
        if node.actions != first.actions:
            raise ParameterError(
                f"{where}: its nodes need equal actions, got {list(first.actions)} and {list(node.actions)}"
            )
        ancestor = parents[k]
        while ancestor >= 0:
            if set_of[ancestor] == number:
                raise ParameterError(
                    f"{where} is absent-minded: a path passes through it twice (nodes {ancestor}, {k})"
                )
            ancestor = parents[ancestor]
        if last != previous[number]:
            raise ParameterError(
                f"{where} has imperfect recall: its nodes {members[number][0]} and {k} follow different "
                "own moves; only games of perfect recall are solved"
            )
        members[number].append(k)
    sets = tuple(
        InformationSet(
            label, player, _actions(nodes[members[number][0]]), tuple(members[number]), previous[number]
        )
        for (player, label), number in index.items()
    )
    return sets, set_of


def _actions(node: Node) -> tuple[str, ...]:
    return () if isinstance(node, Terminal) else node.actions


def _action_names(names: Sequence[str] | None, count: int, where: str) -> tuple[str, ...]:
    if names is None:
        return tuple(str(k + 1) for k in range(count))
    names = tuple(str(name) for name in names)
    if len(names) != count or len(set(names)) != count:
        raise ParameterError(
            f"{where}: {count} branches need {count} distinct action names, got {list(names)}"
        )
    return names
