"""Who may do what, in which situation.

A *move* is public and possible only at a decision opportunity; NONE is the default and is always legal unless
the agenda asks for an answer. Codes are global and fixed: inverse distributions run in their order.
"""

from enum import IntEnum

from sim.games.treaty.rules import PARTIES, PARTY_0, PARTY_1, Rules, other_party
from sim.games.treaty.situation import OFFER, OPENNESS, Agenda, Phase, Situation


class Move(IntEnum):
    """A public act; the sentence in `MEANING` says what it does."""

    NONE = 0
    OPEN_UP = 1
    PRESS = 2
    SUSPEND = 3
    WITHDRAW = 4
    RESCIND = 5
    ACCEPT = 6
    DECLINE = 7
    SANCTION = 8
    INVITE = 9
    DEPLOY_EUROPE = 10
    DEPLOY_ASIA = 11
    RESTRAIN = 12
    OFFER = 13
    BACK = 14
    MEDIATE = 15
    HOST = 16
    REFUSE = 17
    BUILD = 18
    JOIN = 19


MEANING = {
    Move.NONE: "make no move",
    Move.OPEN_UP: "offer openness: show the missile, invite inspectors",
    Move.PRESS: "press: accuse where there is no evidence yet, otherwise issue an ultimatum",
    Move.SUSPEND: "suspend one's obligations without giving notice",
    Move.WITHDRAW: "give formal notice of withdrawal",
    Move.RESCIND: "take back one's ultimatum, notice or suspension",
    Move.ACCEPT: "accept what was offered",
    Move.DECLINE: "decline or ignore what was offered",
    Move.SANCTION: "impose sanctions on the other party",
    Move.INVITE: "invite the outside player to join",
    Move.DEPLOY_EUROPE: "deploy one level of the formerly banned missiles in Europe",
    Move.DEPLOY_ASIA: "deploy one level of the formerly banned missiles in Asia",
    Move.RESTRAIN: "withdraw one level of each own deployment",
    Move.OFFER: "offer to restore the treaty or to agree on a moratorium",
    Move.BACK: "back party 0 in public",
    Move.MEDIATE: "mediate between the parties",
    Move.HOST: "consent to host the missiles of party 0",
    Move.REFUSE: "withdraw that consent",
    Move.BUILD: "build up (succeeds with some probability)",
    Move.JOIN: "join the treaty under a ceiling",
}


def legal_moves(situation: Situation, rules: Rules) -> tuple[tuple[Move, ...], ...]:
    """Return the legal moves of each actor at an opportunity, in the order of their codes.

    Examples
    --------
    >>> [move.name for move in legal_moves(Situation(), Rules())[1]]
    ['NONE', 'PRESS', 'WITHDRAW']
    """
    parties = tuple(tuple(sorted(_party_moves(situation, rules, party))) for party in PARTIES)
    return (*parties, _ally_moves(situation, rules), _outsider_moves(situation))


def _party_moves(situation: Situation, rules: Rules, party: int) -> list[Move]:
    other = other_party(party)
    agenda = situation.agenda
    if agenda in (OPENNESS[other], OFFER[other]):
        return [Move.ACCEPT, Move.DECLINE]
    if agenda in (OPENNESS[party], OFFER[party], Agenda.INVITATION):
        return [Move.NONE]
    match situation.phase:
        case Phase.IN_FORCE:
            return _moves_in_force(situation, rules, party)
        case Phase.ULTIMATUM:
            if situation.who == 1 << party:
                return [Move.NONE, Move.WITHDRAW] if situation.expired else [Move.NONE, Move.RESCIND]
            if situation.expired:
                return [Move.NONE]
            return [Move.NONE, Move.WITHDRAW] + [Move.OPEN_UP] * rules.openness[party]
        case Phase.NOTICE:
            if situation.who >> party & 1:
                return [Move.NONE, Move.RESCIND]
            return [Move.NONE] if situation.suspended >> party & 1 else [Move.NONE, Move.SUSPEND]
        case Phase.ENDED:
            return _moves_after_the_end(situation, rules, party)


def _moves_in_force(situation: Situation, rules: Rules, party: int) -> list[Move]:
    suspended = situation.suspended >> party & 1
    moves = [Move.NONE, Move.WITHDRAW]
    if rules.openness[party] and situation.evidence[party] and not suspended:
        moves.append(Move.OPEN_UP)
    if rules.ultimatums[party] and not situation.suspended:
        moves.append(Move.PRESS)
    if rules.suspension:
        moves.append(Move.RESCIND if suspended else Move.SUSPEND)
    if party == PARTY_0:
        if rules.sanctions and situation.evidence[PARTY_1] and not situation.sanctioned >> PARTY_1 & 1:
            moves.append(Move.SANCTION)
        if rules.invitation and not situation.bound:
            moves.append(Move.INVITE)
    return moves


def _moves_after_the_end(situation: Situation, rules: Rules, party: int) -> list[Move]:
    europe0, asia0, europe1 = situation.deployed
    moves = [Move.NONE] + [Move.OFFER] * rules.restoration
    if party == PARTY_0:
        own, places = europe0 + asia0, []
        if rules.deployments[party]:
            open_europe = not rules.europe_closed and europe0 < rules.deployment_levels
            if open_europe and (situation.consent or europe0):
                places.append(Move.DEPLOY_EUROPE)
            if asia0 < rules.deployment_levels:
                places.append(Move.DEPLOY_ASIA)
    else:
        own = europe1
        may_deploy = rules.deployments[party] and not rules.europe_closed
        places = [Move.DEPLOY_EUROPE] * (may_deploy and europe1 < rules.deployment_levels)
    return moves + places + [Move.RESTRAIN] * bool(own)


def _ally_moves(situation: Situation, rules: Rules) -> tuple[Move, ...]:
    match situation.phase:
        case Phase.IN_FORCE | Phase.ULTIMATUM:
            return (Move.NONE, Move.BACK, Move.MEDIATE)
        case Phase.NOTICE:
            return (Move.NONE, Move.MEDIATE)
        case Phase.ENDED:
            wanted = rules.deployments[PARTY_0] and not rules.europe_closed
            undecided = rules.consent and wanted and not situation.deployed[0]
            if not undecided or situation.agenda in OFFER:
                return (Move.NONE,)
            return (Move.NONE, Move.REFUSE) if situation.consent else (Move.NONE, Move.HOST)


def _outsider_moves(situation: Situation) -> tuple[Move, ...]:
    if situation.bound:
        return (Move.NONE,)
    if situation.agenda is Agenda.INVITATION:
        return (Move.NONE, Move.JOIN)
    return (Move.NONE, Move.BUILD)


__all__ = ["MEANING", "Move", "legal_moves"]
