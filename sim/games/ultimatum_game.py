r"""The ultimatum of 2018-19 as a game of incomplete information on both sides.

Russia knows whether its missile is in breach; the United States knows whether it wants the treaty or a
pretext to leave it.  In order:

1. Russia *shows* the missile and invites inspectors, or stays *silent*. Showing costs secrecy, more if
there is
   something to hide.
2. After a display the United States *accepts* the inspection, *tolerates* (lets the matter rest) or sends an
   *ultimatum*; after silence it tolerates or sends an ultimatum.  An inspection finds a breach with
   probability ``detection``, and a breach that is found is dismantled.
3. Under an ultimatum Russia *dismantles* the missile (also a lawful one) or *defies* it.
4. After defiance the United States *leaves* the treaty or *backs down*, at an audience cost.

Leaving costs the United States blame, more when a display had been ignored, and frees Russia to keep what
it has. The sequence is that of the dated facts (ultimatum of 4 December 2018, display of 23 January 2019
without American visitors, notice of 2 February 2019); the numbers are assumed and carry no claim.
"""

from dataclasses import dataclass, fields

from sim.arrays import sealed
from sim.errors import ParameterError
from sim.games.extensive import Chance, Decision, ExtensiveGame, Node, Terminal

RUSSIA, USA = 0, 1
PROBABILITIES = ("breach", "pretext", "detection")


@dataclass(frozen=True, kw_only=True)
class UltimatumGame:
    """Parameters of the ultimatum game; payoff units throughout, all values assumed.

    Attributes
    ----------
    breach, pretext : float
        Prior probabilities that Russia is in breach and that the United States seeks a pretext, in (0, 1).
    detection : float
        Probability that an accepted inspection finds a breach, in [0, 1].
    treaty_russia, treaty_usa : float
        Worth of the treaty to Russia, and to a United States that wants it.
    freedom_usa : float
        What the pretext-seeker loses by each treaty that lives on.
    missile : float
        Worth of the banned missile to Russia.
    harm : float
        Harm to the United States of a breach that goes on under the treaty.
    secrecy, secrecy_breach : float
        Cost to Russia of showing, without and with something to hide.
    humiliation : float
        Cost to Russia of dismantling under an ultimatum.
    lawful_loss : float
        Further cost of dismantling a lawful missile.
    exposure : float
        Cost to Russia of a breach found by inspectors.
    blame, blame_after_display : float
        Cost to the United States of leaving after silence, and after a display.
    audience : float
        Cost to the United States of backing down.
    snub : float
        Cost to the United States of not coming to a display, whatever it does instead.

    Examples
    --------
    >>> game = UltimatumGame().tree()
    >>> len(game.information_sets), len(game.terminals)
    (14, 38)
    """

    breach: float = 0.5
    pretext: float = 0.3
    detection: float = 0.9
    treaty_russia: float = 1.0
    treaty_usa: float = 1.0
    freedom_usa: float = 1.0
    missile: float = 0.8
    harm: float = 1.8
    secrecy: float = 0.1
    secrecy_breach: float = 0.3
    humiliation: float = 0.4
    lawful_loss: float = 0.5
    exposure: float = 0.3
    blame: float = 0.2
    blame_after_display: float = 0.5
    audience: float = 0.4
    snub: float = 0.05

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in PROBABILITIES:
                open_ends = field.name != "detection"
                if not (0 <= value <= 1) or (open_ends and value in {0, 1}):
                    interval = "(0, 1)" if open_ends else "[0, 1]"
                    raise ParameterError(f"{field.name} must lie in {interval}, got {value}")
            elif not 0 <= value < float("inf"):
                raise ParameterError(f"{field.name} must be a finite number >= 0, got {value}")

    def tree(self) -> ExtensiveGame:
        """Return the game tree; player 0 is Russia, player 1 the United States."""
        branches, probabilities, names = [], [], []
        for breach in (False, True):
            for pretext in (False, True):
                branches.append(self._russia_opens(breach, pretext))
                probabilities.append(
                    (self.breach if breach else 1 - self.breach)
                    * (self.pretext if pretext else 1 - self.pretext)
                )
                names.append(f"{_russia(breach)}, {_usa(pretext)}")
        root = Chance(sealed(probabilities), tuple(branches), tuple(names))
        return ExtensiveGame(root, ("Russia", "United States"), "The ultimatum")

    def _russia_opens(self, breach: bool, pretext: bool) -> Node:
        shown = Decision(
            USA,
            f"{_usa(pretext)}, shown",
            (
                self._inspection(breach, pretext),
                self._kept(breach, pretext, shown=True, snubbed=True),
                self._ultimatum(breach, pretext, shown=True),
            ),
            ("accept", "tolerate", "ultimatum"),
        )
        silent = Decision(
            USA,
            f"{_usa(pretext)}, silent",
            (self._kept(breach, pretext, shown=False), self._ultimatum(breach, pretext, shown=False)),
            ("tolerate", "ultimatum"),
        )
        return Decision(RUSSIA, _russia(breach), (shown, silent), ("show", "silent"))

    def _inspection(self, breach: bool, pretext: bool) -> Node:
        clean = self._kept(breach, pretext, shown=True)
        if not breach:
            return clean
        russia = self.treaty_russia - self.secrecy_breach - self.exposure
        found = Terminal(sealed([russia, self._treaty_usa(pretext)]), "found and dismantled")
        odds = sealed([self.detection, 1 - self.detection])
        return Chance(odds, (found, clean), ("found", "missed"))

    def _ultimatum(self, breach: bool, pretext: bool, shown: bool) -> Node:
        where = f"{_russia(breach)}, ultimatum after {'display' if shown else 'silence'}"
        lost = self.humiliation + (0.0 if breach else self.lawful_loss)
        russia = self.treaty_russia - lost - self._shown_cost(breach, shown)
        usa = self._treaty_usa(pretext) - (self.snub if shown else 0.0)
        dismantled = Terminal(sealed([russia, usa]), "dismantled")
        return Decision(
            RUSSIA, where, (dismantled, self._defied(breach, pretext, shown)), ("dismantle", "defy")
        )

    def _defied(self, breach: bool, pretext: bool, shown: bool) -> Node:
        kept = self._kept(breach, pretext, shown, snubbed=shown)
        freed = (self.missile if breach else 0.0) - self._shown_cost(breach, shown)
        blame = self.blame_after_display + self.snub if shown else self.blame
        left = Terminal(sealed([freed, -blame]), "the United States leaves")
        backed = Terminal(sealed([kept.payoffs[RUSSIA], kept.payoffs[USA] - self.audience]), "backed down")
        where = f"{_usa(pretext)}, defied after {'display' if shown else 'silence'}"
        return Decision(USA, where, (left, backed), ("leave", "back down"))

    def _kept(self, breach: bool, pretext: bool, shown: bool, snubbed: bool = False) -> Terminal:
        """Return the end at which the treaty lives on, with the breach if there is one."""
        russia = self.treaty_russia + (self.missile if breach else 0.0) - self._shown_cost(breach, shown)
        usa = self._treaty_usa(pretext) - (self.harm if breach else 0.0) - (self.snub if snubbed else 0.0)
        return Terminal(sealed([russia, usa]), "treaty kept")

    def _treaty_usa(self, pretext: bool) -> float:
        return -self.freedom_usa if pretext else self.treaty_usa

    def _shown_cost(self, breach: bool, shown: bool) -> float:
        if not shown:
            return 0.0
        return self.secrecy_breach if breach else self.secrecy


def _russia(breach: bool) -> str:
    return "in breach" if breach else "in compliance"


def _usa(pretext: bool) -> str:
    return "pretext" if pretext else "treaty"
