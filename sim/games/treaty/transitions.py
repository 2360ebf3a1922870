"""What follows: one named rule per transition of the situation.

A period runs: opportunity, moves and courses, signals, then the next public state. Moves take effect at the
end of their period, so a notice given in period `t` with a clock of `n` periods ends the treaty at the start
of period ``t + 1 + n``. `after_moves` applies the moves, `after_signals` the two parties' signals.
`TRANSITIONS` documents every rule; the tests prove that each of them is used.
"""

from enum import IntEnum
from typing import NamedTuple

from sim.games.treaty.moves import Move
from sim.games.treaty.rules import OUTSIDER, PARTIES, PARTY_0, PARTY_1, Rules, other_party
from sim.games.treaty.situation import OFFER, OPENNESS, Agenda, Phase, Situation

TRANSITIONS = {
    "accusation": "in force, a party presses without evidence: evidence against the other becomes contested",
    "ultimatum": "in force, a party presses on evidence: its ultimatum starts to run",
    "crossed ultimatums": "both press on equal evidence: neither ultimatum stands, both must answer",
    "notice": "a party withdraws: the notice clock starts and releases it from its obligations",
    "suspension": "a party suspends: it is released, the treaty stays in force",
    "mirror suspension": "while the other's notice runs, a party suspends",
    "demonstration": "a party opens up: the other must accept or decline in the next period",
    "reciprocal inspections": "both open up at once: both are inspected in this period",
    "inspection": "an offer of openness is accepted: that party is inspected in this period",
    "offer declined": "an offer of openness or of restoration is declined or ignored",
    "ultimatum rescinded": "the issuer takes its ultimatum back",
    "ultimatum expires": "the ultimatum's clock runs out: the issuer must leave or let it lapse",
    "ultimatum lapses": "the issuer of an expired ultimatum does not leave",
    "ultimatum met": "the inspected target's evidence falls to none: the ultimatum ends",
    "notice rescinded": "everyone who gave notice takes it back: the treaty is in force, suspensions end",
    "resumption": "a suspended party resumes its obligations",
    "end": "the notice clock runs out: the treaty has ended",
    "sanctions": "party 0 puts sanctions on party 1",
    "sanctions lifted": "an inspection clears the sanctioned party",
    "invitation": "party 0 invites the outsider",
    "accession": "the outsider joins: its build-up stops",
    "deployment": "after the end a party deploys one level",
    "restraint": "after the end a party withdraws one level of each deployment",
    "host consent": "the ally consents to a deployment, or withdraws its consent",
    "offer": "after the end a party offers to restore the treaty",
    "restoration": "an offer is accepted, or both offer at once: in force again, deployments withdrawn",
    "alarm": "a signal against a party: evidence rises one level, a quiet agenda becomes forced",
    "finding": "inspectors find a breach: evidence becomes as strong as it can",
    "fading": "evidence fades one level",
    "clearing": "inspectors clear the party: evidence falls to none",
}


class Kernel(IntEnum):
    """Which signal probabilities apply to a party in this period."""

    FREE = 0
    TREATY = 1
    INSPECTION = 2
    MORATORIUM = 3


class Signal(IntEnum):
    """What the public sees of a party's course."""

    NOTHING = 0
    ALARM = 1
    CLEAR = 2


class After(NamedTuple):
    """The situation once moves are applied, how each party is watched, and which rules fired."""

    situation: Situation
    kernels: tuple[Kernel, Kernel]
    fired: tuple[str, ...]


def after_moves(situation: Situation, moves: tuple[Move, ...], rules: Rules) -> After:
    """Return what the joint `moves` (one per actor) make of `situation`, before signals."""
    watch = Kernel.MORATORIUM if situation.terms else Kernel.TREATY
    kernels = [Kernel.FREE if situation.is_free(party) else watch for party in PARTIES]
    fired: list[str] = []
    match situation.phase:
        case Phase.IN_FORCE:
            following = _in_force(situation, moves, rules, kernels, fired)
        case Phase.ULTIMATUM:
            following = _ultimatum(situation, moves, rules, kernels, fired)
        case Phase.NOTICE:
            following = _notice(situation, moves, rules, fired)
        case Phase.ENDED:
            following = _ended(situation, moves, rules, fired)
    return After(following, (kernels[0], kernels[1]), tuple(fired))


def after_signals(
    after: After, signals: tuple[Signal, Signal], rules: Rules
) -> tuple[Situation, tuple[str, ...]]:
    """Return the next situation given the public `signals`, and the rules that fired."""
    situation, kernels, _ = after
    if situation.phase is Phase.ENDED:
        return situation, ()
    fired = []
    evidence = list(situation.evidence)
    for party in PARTIES:
        inspected = kernels[party] is Kernel.INSPECTION
        if signals[party] is Signal.ALARM:
            top = rules.evidence_levels[party]
            evidence[party] = top if inspected else min(evidence[party] + 1, top)
            fired.append("finding" if inspected else "alarm")
        elif signals[party] is Signal.CLEAR and evidence[party]:
            evidence[party] = 0 if inspected else evidence[party] - 1
            fired.append("clearing" if inspected else "fading")
    situation = situation._replace(evidence=(evidence[0], evidence[1]))
    cleared = [party for party in PARTIES if kernels[party] is Kernel.INSPECTION and not evidence[party]]
    for party in cleared:
        if situation.sanctioned >> party & 1:
            situation = situation._replace(sanctioned=situation.sanctioned & ~(1 << party))
            fired.append("sanctions lifted")
        if situation.phase is Phase.ULTIMATUM and situation.who == 1 << other_party(party):
            situation = situation._replace(phase=Phase.IN_FORCE, who=0, clock=0, agenda=Agenda.QUIET)
            fired.append("ultimatum met")
    alarmed = Signal.ALARM in signals and situation.phase in (Phase.IN_FORCE, Phase.ULTIMATUM)
    if alarmed and situation.agenda is Agenda.QUIET:
        situation = situation._replace(agenda=Agenda.FORCED)
    return situation, tuple(fired)


def _in_force(
    situation: Situation, moves: tuple[Move, ...], rules: Rules, kernels: list[Kernel], fired: list[str]
) -> Situation:
    leaving = _set_of(moves, Move.WITHDRAW)
    if leaving:
        fired.append("notice")
        return _notice_given(situation, leaving, rules)
    answered = situation.agenda
    situation = situation._replace(agenda=Agenda.QUIET)
    for party in PARTIES:
        if answered is OPENNESS[party]:
            _answer(moves[other_party(party)], party, kernels, fired)
    if answered is Agenda.INVITATION and moves[OUTSIDER] is Move.JOIN:
        fired.append("accession")
        situation = situation._replace(bound=1)
    situation = _suspensions(situation, moves, fired)
    if moves[PARTY_0] is Move.SANCTION:
        fired.append("sanctions")
        situation = situation._replace(sanctioned=situation.sanctioned | 1 << PARTY_1, agenda=Agenda.FORCED)
    situation = _pressing(situation, moves, rules, fired)
    opening = [party for party in PARTIES if moves[party] is Move.OPEN_UP]
    if len(opening) == 2:
        fired.append("reciprocal inspections")
        kernels[:] = [Kernel.INSPECTION, Kernel.INSPECTION]
    elif opening:
        fired.append("demonstration")
        situation = situation._replace(agenda=OPENNESS[opening[0]])
    elif moves[PARTY_0] is Move.INVITE and situation.agenda is Agenda.QUIET:
        fired.append("invitation")
        situation = situation._replace(agenda=Agenda.INVITATION)
    return situation


def _pressing(situation: Situation, moves: tuple[Move, ...], rules: Rules, fired: list[str]) -> Situation:
    pressing = [party for party in PARTIES if moves[party] is Move.PRESS]
    strength = {party: situation.evidence[other_party(party)] for party in pressing}
    for party in pressing:
        if not strength[party]:
            fired.append("accusation")
            evidence = tuple(max(e, int(p != party)) for p, e in enumerate(situation.evidence))
            situation = situation._replace(evidence=(evidence[0], evidence[1]), agenda=Agenda.FORCED)
    issuers = [party for party in pressing if strength[party] == max(strength.values()) > 0]
    if situation.suspended:
        return situation  # someone suspended in the same period: there is no one left to warn
    if len(issuers) == 2:
        fired.append("crossed ultimatums")
        return situation._replace(agenda=Agenda.FORCED)
    if issuers:
        fired.append("ultimatum")
        return situation._replace(
            phase=Phase.ULTIMATUM, who=1 << issuers[0], clock=rules.ultimatum_periods, agenda=Agenda.FORCED
        )
    return situation


def _suspensions(situation: Situation, moves: tuple[Move, ...], fired: list[str]) -> Situation:
    suspending, resuming = _set_of(moves, Move.SUSPEND), _set_of(moves, Move.RESCIND)
    if suspending:
        fired.append("suspension")
    if resuming:
        fired.append("resumption")
    if suspending or resuming:
        suspended = (situation.suspended | suspending) & ~resuming
        situation = situation._replace(suspended=suspended, agenda=Agenda.FORCED)
    return situation


def _ultimatum(
    situation: Situation, moves: tuple[Move, ...], rules: Rules, kernels: list[Kernel], fired: list[str]
) -> Situation:
    leaving = _set_of(moves, Move.WITHDRAW)
    if leaving:
        fired.append("notice")
        return _notice_given(situation, leaving, rules)
    issuer = PARTY_0 if situation.who == 1 << PARTY_0 else PARTY_1
    target = other_party(issuer)
    over = situation._replace(phase=Phase.IN_FORCE, who=0, clock=0, agenda=Agenda.QUIET)
    if moves[issuer] is Move.RESCIND:
        fired.append("ultimatum rescinded")
        if moves[target] is Move.OPEN_UP:
            fired.append("demonstration")
            over = over._replace(agenda=OPENNESS[target])
        return over
    if situation.agenda is OPENNESS[target]:
        _answer(moves[issuer], target, kernels, fired)
    elif situation.expired:
        fired.append("ultimatum lapses")
        return over
    clock = max(situation.clock - 1, 0)
    if situation.clock == 1:
        fired.append("ultimatum expires")
    agenda = Agenda.QUIET if clock else Agenda.FORCED
    if moves[target] is Move.OPEN_UP:
        fired.append("demonstration")
        agenda = OPENNESS[target]
    return situation._replace(clock=clock, agenda=agenda)


def _notice(situation: Situation, moves: tuple[Move, ...], rules: Rules, fired: list[str]) -> Situation:
    mirrored = _set_of(moves, Move.SUSPEND)
    if mirrored:
        fired.append("mirror suspension")
    leaving = situation.who & ~_set_of(moves, Move.RESCIND)
    if not leaving:
        fired.append("notice rescinded")
        return situation._replace(phase=Phase.IN_FORCE, who=0, clock=0, suspended=0, agenda=Agenda.QUIET)
    if situation.clock == 1:
        fired.append("end")
        return Situation(
            phase=Phase.ENDED,
            agenda=Agenda.FORCED,
            sanctioned=situation.sanctioned,
            consent=int(not rules.consent),
            bound=situation.bound,
        )
    # one of two leavers stays: it is a bound party again while the other's clock runs on
    return situation._replace(
        who=leaving, clock=situation.clock - 1, suspended=situation.suspended | mirrored, agenda=Agenda.QUIET
    )


def _ended(situation: Situation, moves: tuple[Move, ...], rules: Rules, fired: list[str]) -> Situation:
    offering = [party for party in PARTIES if moves[party] is Move.OFFER]
    accepted = any(
        situation.agenda is OFFER[party] and moves[other_party(party)] is Move.ACCEPT for party in PARTIES
    )
    if accepted or len(offering) == 2:
        fired.append("restoration")
        return Situation(
            sanctioned=situation.sanctioned,
            bound=situation.bound,
            terms=int(rules.offer_terms == "moratorium"),
        )
    if Move.DECLINE in moves:
        fired.append("offer declined")
    europe0, asia0, europe1 = situation.deployed
    if moves[PARTY_0] is Move.RESTRAIN:
        europe0, asia0 = max(europe0 - 1, 0), max(asia0 - 1, 0)
    if moves[PARTY_1] is Move.RESTRAIN:
        europe1 = max(europe1 - 1, 0)
    europe0 += moves[PARTY_0] is Move.DEPLOY_EUROPE
    asia0 += moves[PARTY_0] is Move.DEPLOY_ASIA
    europe1 += moves[PARTY_1] is Move.DEPLOY_EUROPE
    if Move.RESTRAIN in moves:
        fired.append("restraint")
    if Move.DEPLOY_EUROPE in moves or Move.DEPLOY_ASIA in moves:
        fired.append("deployment")
    consent = situation.consent
    if Move.HOST in moves or Move.REFUSE in moves:
        fired.append("host consent")
        consent = int(Move.HOST in moves)
    consent |= europe0 > 0  # a standing deployment is its own consent
    if rules.consent and not europe0 and situation.deployed[0]:
        consent = 0  # once withdrawn, a deployment needs consent afresh
    agenda = Agenda.QUIET
    if offering:
        fired.append("offer")
        agenda = OFFER[offering[0]]
    return situation._replace(deployed=(europe0, asia0, europe1), consent=int(consent), agenda=agenda)


def _answer(answer: Move, offerer: int, kernels: list[Kernel], fired: list[str]) -> None:
    if answer is Move.ACCEPT:
        fired.append("inspection")
        kernels[offerer] = Kernel.INSPECTION
    else:
        fired.append("offer declined")


def _notice_given(situation: Situation, leaving: int, rules: Rules) -> Situation:
    return situation._replace(
        phase=Phase.NOTICE,
        who=leaving,
        clock=rules.notice_periods,
        suspended=situation.suspended & ~leaving,
        agenda=Agenda.FORCED,
    )


def _set_of(moves: tuple[Move, ...], move: Move) -> int:
    return sum(1 << party for party in PARTIES if moves[party] is move)
