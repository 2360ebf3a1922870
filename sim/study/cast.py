"""The cast of a treaty game with types: the game and the profile of every combination, and what is believed."""

from dataclasses import dataclass

from sim.arrays import FloatArray
from sim.engine.belief_law import BeliefLaw
from sim.engine.tables import PlayTables, build_tables, tables_of_draws
from sim.engine.type_draws import whole_weights
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyAutomaton, TreatyProfile
from sim.games.treaty.rules import PARTIES
from sim.games.treaty.type_space import TypeSpace
from sim.study.belief_profile import BeliefCertificate


@dataclass(frozen=True, eq=False, kw_only=True)
class Cast:
    """The treaty game with types; `C` combinations of types, `K_p` types of party `p`.

    Attributes
    ----------
    space : TypeSpace
    games, profiles [C] : game and profile of each combination, all on one graph
    played [parties][K_p] : the automaton that each type plays
    conjectured [parties][K_p] : the automaton that the others take it to play; empty where nothing is believed
    solution : label of how the types' strategies were solved for, empty where none was
    certificate : of the equilibrium in beliefs; None where another is played, or it was read back from tables
    reason : why that equilibrium is not what is played, empty where it is or nothing was solved for
    failed : number of replies, over types and draws, that did not converge
    laws [D] : how beliefs move in each draw; empty where nobody's strategy conditions on them
    """

    space: TypeSpace
    games: tuple[TreatyGames, ...]
    profiles: tuple[TreatyProfile, ...]
    played: tuple[tuple[TreatyAutomaton, ...], ...]
    conjectured: tuple[tuple[TreatyAutomaton, ...], ...]
    solution: str = ""
    failed: int = 0
    laws: tuple[BeliefLaw, ...] = ()
    certificate: BeliefCertificate | None = None
    reason: str = ""

    def law(self, draw: int) -> BeliefLaw | None:
        """Return how beliefs move in a draw, None where nobody's strategy conditions on them."""
        return self.laws[draw] if self.laws else None

    @property
    def weights(self) -> FloatArray:
        """Probability of each combination in every draw as it is drawn, [D, C]."""
        return whole_weights(self.space)

    def tables(self) -> tuple[PlayTables, ...]:
        """Return the tables of all draws, each draw's combinations in a row."""
        pairs = tuple(zip(self.games, self.profiles, strict=True))
        if self.laws:
            return tuple(
                build_tables(g, draw, p, law) for draw, law in enumerate(self.laws) for g, p in pairs
            )
        parts = [tables_of_draws(g, p) for g, p in pairs]
        return tuple(part[draw] for draw in range(self.games[0].num_draws) for part in parts)


def alone(games: TreatyGames, profile: TreatyProfile, space: TypeSpace) -> Cast:
    """Return the cast of plays in which nobody has a secret."""
    played = tuple((profile.automata[party],) for party in PARTIES)
    return Cast(space=space, games=(games,), profiles=(profile,), played=played, conjectured=((), ()))
