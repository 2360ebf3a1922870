r"""Signalling games: a sender knows its type and sends a message; a receiver sees the message and responds.

Types :math:`t` are drawn with prior :math:`p_t`; the sender sends :math:`m` with probability
:math:`σ_t(m)`; the receiver, with belief :math:`μ_m` about the type, responds :math:`r` with probability
:math:`ρ_m(r)`; payoffs are :math:`u_S(t, m, r)` and :math:`u_R(t, m, r)`.

An equilibrium is *separating* if no two types ever send the same message (the receiver learns the type),
*pooling* if all types behave alike (it learns nothing), and *semi-separating* otherwise.

References
----------
Spence (1973), QJE 87. Cho & Kreps (1987), Signaling games and stable equilibria, QJE 102, 179-221.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from sim.arrays import FloatArray, finite, sealed
from sim.errors import ParameterError
from sim.games.extensive import Chance, Decision, ExtensiveGame, Terminal


@dataclass(frozen=True, eq=False)
class SignallingGame:
    """A signalling game in tables.

    Parameters
    ----------
    prior : float array [types]
        Positive probabilities.
    sender, receiver : float array [types, messages, responses]
    types, messages, responses : names, optional
    players : the names of sender and receiver, optional

    Raises
    ------
    ParameterError
        If shapes do not fit or the prior is not positive probabilities.
    """

    prior: FloatArray
    sender: FloatArray
    receiver: FloatArray
    types: tuple[str, ...] = None  # type: ignore[assignment]  # filled in below
    messages: tuple[str, ...] = None  # type: ignore[assignment]
    responses: tuple[str, ...] = None  # type: ignore[assignment]
    players: tuple[str, str] = ("sender", "receiver")
    name: str = ""

    def __post_init__(self) -> None:
        prior = finite(self.prior, "prior")
        sender = finite(self.sender, "sender's payoffs")
        receiver = finite(self.receiver, "receiver's payoffs")
        if (
            sender.ndim != 3
            or 0 in sender.shape
            or receiver.shape != sender.shape
            or prior.shape != sender.shape[:1]
        ):
            raise ParameterError(
                "payoffs must have shape [types, messages, responses] and the prior [types], got "
                f"{sender.shape}, {receiver.shape} and {prior.shape}"
            )
        if (prior <= 0).any() or abs(prior.sum() - 1) > 1e-9:
            raise ParameterError(f"prior must be positive probabilities summing to 1, got {prior.tolist()}")
        values: dict[str, Any] = {"prior": prior, "sender": sender, "receiver": receiver}
        for key, count in zip(("types", "messages", "responses"), sender.shape, strict=True):
            names = getattr(self, key)
            names = tuple(str(k + 1) for k in range(count)) if names is None else tuple(map(str, names))
            if len(names) != count or len(set(names)) != count:
                raise ParameterError(f"{key} must be {count} distinct names, got {list(names)}")
            values[key] = names
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def tree(self) -> ExtensiveGame:
        """Return the same game as a tree: chance, one information set per type, one per message."""
        branches = [
            Decision(
                0,
                kind,
                tuple(
                    Decision(
                        1,
                        message,
                        tuple(
                            Terminal(sealed([self.sender[t, m, r], self.receiver[t, m, r]]))
                            for r in range(len(self.responses))
                        ),
                        self.responses,
                    )
                    for m, message in enumerate(self.messages)
                ),
                self.messages,
            )
            for t, kind in enumerate(self.types)
        ]
        return ExtensiveGame(Chance(self.prior, tuple(branches), self.types), self.players, self.name)


def signalling_form(game: ExtensiveGame) -> SignallingGame | None:
    """Return `game` as a signalling game, or None if its tree has another shape.

    Examples
    --------
    >>> signalling_form(beer_quiche().tree()).messages
    ('Beer', 'Quiche')
    """
    root = game.nodes[0]
    if game.num_players != 2 or not isinstance(root, Chance) or (root.probabilities <= 0).any():
        return None
    senders = game.children[0]
    first = game.nodes[senders[0]]
    if not isinstance(first, Decision) or len({int(game.set_of[k]) for k in senders}) < len(senders):
        return None
    table = []
    sets: list[tuple[int, ...]] = []
    for k in senders:
        node = game.nodes[k]
        if not isinstance(node, Decision) or node.player != first.player or node.actions != first.actions:
            return None
        below = [game.nodes[child] for child in game.children[k]]
        if not all(isinstance(child, Decision) and child.player != first.player for child in below):
            return None
        sets.append(tuple(int(game.set_of[child]) for child in game.children[k]))
        ends = [[game.nodes[end] for end in game.children[child]] for child in game.children[k]]
        if (
            not all(isinstance(end, Terminal) for row in ends for end in row)
            or len({len(row) for row in ends}) > 1
        ):
            return None
        table.append([[game.payoffs[end] for end in game.children[child]] for child in game.children[k]])
    if len(set(sets)) > 1 or len(set(sets[0])) < len(sets[0]) or len({np.shape(rows) for rows in table}) > 1:
        return None
    payoffs = np.array(table)
    responses = game.information_sets[sets[0][0]].actions
    return SignallingGame(
        root.probabilities,
        payoffs[..., first.player],
        payoffs[..., 1 - first.player],
        root.actions,
        first.actions,
        responses,
        (game.players[first.player], game.players[1 - first.player]),
        game.name,
    )


def classify(strategies: Any, tol: float = 1e-9) -> str:
    """Return ``separating``, ``pooling`` or ``semi-separating`` for strategies [types, messages].

    Examples
    --------
    >>> classify([[1, 0], [0, 1]]), classify([[1, 0], [1, 0]]), classify([[1, 0], [0.3, 0.7]])
    ('separating', 'pooling', 'semi-separating')
    """
    table = np.asarray(strategies, dtype=float)
    if np.ptp(table, axis=0).max() <= tol:
        return "pooling"
    used = table > tol
    apart = not any((used[s] & used[t]).any() for s, t in combinations(range(len(table)), 2))
    return "separating" if apart else "semi-separating"


def beer_quiche(strong: float = 0.9) -> SignallingGame:
    """Return Cho and Kreps' game: breakfast tells a bully whether to duel.

    The sender gains 1 by its favourite breakfast (beer if strong, quiche if weak) and 2 by not being
    challenged; the receiver gains 1 by a duel with the weak or by leaving the strong alone.

    Parameters
    ----------
    strong : float
        Prior probability of the strong type, in (0, 1).

    References
    ----------
    Cho & Kreps (1987), figure IV.
    """
    if not 0 < strong < 1:
        raise ParameterError(f"strong must lie in (0, 1), got {strong}")
    favourite = np.eye(2)  # [type, message]
    sender = favourite[:, :, None] + np.array([0.0, 2.0])
    receiver = np.broadcast_to(np.array([[0.0, 1.0], [1.0, 0.0]])[:, None, :], (2, 2, 2))
    return SignallingGame(
        np.array([strong, 1 - strong]),
        sender,
        np.array(receiver),
        ("Strong", "Weak"),
        ("Beer", "Quiche"),
        ("Duel", "Retreat"),
        ("A", "B"),
        "Beer-quiche",
    )
