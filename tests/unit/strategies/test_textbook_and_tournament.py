"""Textbook automata and exact tournaments: the catalogue of iterated play, an independent player, Axelrod."""

import json
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.normal_form import NormalFormGame
from sim.games.repeated import RepeatedGame
from sim.strategies import textbook
from sim.strategies.replicator import one_population_replicator
from sim.strategies.tournament import match_payoffs, noisy, round_robin, symmetric_payoffs

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "data/iterated_play.json").read_text())
}
GAME = RepeatedGame(NormalFormGame([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]), 0.0)
NAMES = {
    "Cooperator": textbook.always_comply(),
    "Defector": textbook.always_breach(),
    "TitForTat": textbook.tit_for_tat(),
    "Grudger": textbook.grudger(),
    "WinStayLoseShift": textbook.win_stay_lose_shift(),
    "TitFor2Tats": textbook.tit_for_two_tats(),
    "SuspiciousTitForTat": textbook.suspicious_tit_for_tat(),
    "Alternator": textbook.alternator(),
    "TwoTitsForTat": textbook.two_tits_for_tat(),
    "Bully": textbook.bully(),
    "CyclerCCD": textbook.cycler("CCD"),
    "GTFT": textbook.generous_tit_for_tat(1 / 3),
}


def play(first, second, turns):
    """Play two deterministic strategies over pairs, turn by turn."""
    states, history = [first.initial, second.initial], []
    for _ in range(turns):
        a, b = (int(s.outputs[q].argmax()) for s, q in zip((first, second), states, strict=True))
        history.append((a, b))
        states = [first.transitions[states[0], 2 * a + b], second.transitions[states[1], 2 * b + a]]
    return history


def test_noise_free_matches_of_the_catalogue():
    expected = CASES["ipd-matches-10"]["expected"]
    names = list(NAMES)[:11]
    found = round_robin(GAME, {name: NAMES[name] for name in names}, turns=10)
    np.testing.assert_allclose(found.payoffs * 10, expected["score_pairs"], atol=1e-9)
    for pair, actions in expected["actions"].items():
        first, second = pair.split(" vs ")
        history = play(NAMES[first], NAMES[second], 10)
        assert "".join("CD"[a] for a, _ in history) + "/" + "".join("CD"[b] for _, b in history) == actions


def test_tournament_of_two_hundred_turns():
    case = CASES["ipd-tournament-200"]
    names = case["game"]["strategies"]
    found = round_robin(GAME, {name: NAMES[name] for name in names}, turns=200, self_play=False)
    for name, total in case["expected"]["total_scores"].items():
        assert found.scores[names.index(name)] * 200 * (len(names) - 1) == pytest.approx(total, abs=1e-6)
    np.testing.assert_allclose(found.payoffs[:, :, 0], case["expected"]["payoff_matrix_per_turn"], atol=1e-9)
    assert list(found.ranking) == case["expected"]["ranked_names"]
    assert (found.score_errors == 0).all()


def test_random_ending_is_discounting():
    case = CASES["ipd-prob-end"]
    for row in case["expected"]["pairs"]:
        first, second = (NAMES[name] for name in row["pair"])
        pair = textbook.seated(first, 0), textbook.seated(second, 1)
        per_turn = match_payoffs(GAME, *pair, continuation=0.9)
        assert per_turn * 10 == pytest.approx(row["expected_total"], abs=1e-9)  # 10 turns on average


def test_long_run_payoffs_under_noise():
    for row in CASES["ipd-noise-memory-one"]["expected"]["pairs"]:
        first, second = (NAMES[name] for name in row["pair"])
        pair = textbook.seated(first, 0), textbook.seated(second, 1)
        found = match_payoffs(noisy(GAME, row["noise"]), *pair)
        assert found == pytest.approx(row["payoff_per_turn"], abs=1e-9)


def test_the_long_run_of_periodic_and_of_split_chains():
    """Alternator against alternator in step: half (3, 3), half (1, 1). Two fates: their mean."""
    pair = [textbook.seated(textbook.alternator(), seat) for seat in (0, 1)]
    assert match_payoffs(GAME, *pair) == pytest.approx([2, 2])
    fate = textbook.Automaton(
        "fate", ("flip", "good", "bad"), 0, [[0.3, 0.7], [1, 0], [0, 1]], [[1, 1, 2, 2], [1] * 4, [2] * 4]
    )
    other = textbook.seated(textbook.always_comply(), 1)
    assert match_payoffs(GAME, fate, other) == pytest.approx([0.3 * 3 + 0.7 * 5, 0.3 * 3])


def test_contrite_tit_for_tat_recovers_from_a_slip_where_tit_for_tat_does_not():
    """After one slip tit for tat echoes for ever; contrite strategies are back in step after two turns."""
    contrite = textbook.contrite_tit_for_tat()
    standing = contrite.initial, contrite.initial
    slip = [(1, 0)]
    for actions in [*slip, *[None] * 3]:
        a, b = actions or tuple(int(contrite.outputs[q].argmax()) for q in standing)
        slip.append((a, b))
        standing = contrite.transitions[standing[0], 2 * a + b], contrite.transitions[standing[1], 2 * b + a]
    assert slip[1:] == [(1, 0), (0, 1), (0, 0), (0, 0)]
    error = noisy(GAME, 0.001)
    seats = [textbook.seated(contrite, seat) for seat in (0, 1)]
    assert match_payoffs(error, *seats)[0] > 2.95
    seats = [textbook.seated(textbook.tit_for_tat(), seat) for seat in (0, 1)]
    assert match_payoffs(error, *seats)[0] == pytest.approx(2.25)


def test_noise_decides_who_wins():
    """REFERENCE AT-24: little noise, the forgiving; much noise, always cheat; 50 % noise, nobody.

    Payoffs of The Evolution of Trust (3, 2, 0, -1), ten turns a match, shares by the replicator dynamics.
    """
    trust = RepeatedGame(NormalFormGame([[[2, -1], [3, 0]], [[2, 3], [-1, 0]]]), 0.0)
    entrants = {
        "copycat": textbook.tit_for_tat(),
        "cheat": textbook.always_breach(),
        "comply": textbook.always_comply(),
        "grudger": textbook.grudger(),
        "copykitten": textbook.tit_for_two_tats(),
        "simpleton": textbook.win_stay_lose_shift(),
    }
    names = list(entrants)

    def winner(error):
        matrix = symmetric_payoffs(round_robin(noisy(trust, error), entrants, turns=10))
        final = one_population_replicator(matrix, np.full(6, 1 / 6), [0, 3000]).final[0]
        return {names[k] for k in np.flatnonzero(final > 0.3)}

    assert winner(0.05) == {"copykitten"}
    assert winner(0.3) == {"cheat"}
    nobody = round_robin(noisy(trust, 0.5), entrants, turns=10)
    assert np.ptp(nobody.scores) == pytest.approx(0, abs=1e-12)
    assert nobody.ranking == tuple(names)


def test_suspension_tolerance_and_trigger_over_alarms():
    assert textbook.suspension(2).transitions.tolist() == [[0, 1], [2, 2], [0, 0]]
    assert textbook.tolerance(2).transitions.tolist() == [[0, 1], [1, 2], [2, 2]]
    assert textbook.trigger().transitions.tolist() == textbook.tolerance(1).transitions.tolist()
    assert textbook.reading_breaches(textbook.trigger(), 3).transitions[0].tolist() == [0] + [1] * 7


@pytest.mark.slow  # the peer takes long to import
def test_every_strategy_has_a_second_self_in_axelrod():
    """Play 30 turns against a fixed random sequence in both implementations."""
    axelrod = pytest.importorskip("axelrod")
    peers = {
        "tit_for_tat": axelrod.TitForTat(),
        "grudger": axelrod.Grudger(),
        "win_stay_lose_shift": axelrod.WinStayLoseShift(),
        "tit_for_two_tats": axelrod.TitFor2Tats(),
        "two_tits_for_tat": axelrod.TwoTitsForTat(),
        "suspicious_tit_for_tat": axelrod.SuspiciousTitForTat(),
        "contrite_tit_for_tat": axelrod.ContriteTitForTat(),
        "alternator": axelrod.Alternator(),
        "bully": axelrod.Bully(),
    }
    rng = np.random.default_rng(4)
    for name, peer in peers.items():
        moves = rng.integers(2, size=30)
        script = axelrod.Cycler("".join("CD"[m] for m in moves))
        theirs = [pair[0] for pair in axelrod.Match((peer, script), turns=30).play()]
        automaton, state, ours = textbook.by_name(name), textbook.by_name(name).initial, []
        for other in moves:
            own = int(automaton.outputs[state].argmax())
            ours.append(own)
            state = automaton.transitions[state, 2 * own + int(other)]
        assert [
            axelrod.Action.from_char("C"),
            axelrod.Action.from_char("D"),
        ] == [axelrod.Action.C, axelrod.Action.D]
        assert ["CD"[k] for k in ours] == [str(action) for action in theirs], name


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: textbook.seated(textbook.trigger(), 0), "strategy over pairs"),
        (lambda: textbook.seated(textbook.grim(), 2), "player must be 0 or 1"),
        (lambda: textbook.reading_breaches(textbook.grim(), 2), "strategy over alarms"),
        (lambda: textbook.generous_tit_for_tat(1.5), r"probability must lie in \[0, 1\]"),
        (lambda: textbook.suspension(0), "periods must be a whole number"),
        (lambda: textbook.cycler("CX"), "word of C and D"),
        (lambda: textbook.by_name("nice"), "strategy must be one of"),
        (lambda: round_robin(GAME, {}), "at least one entrant"),
        (lambda: round_robin(GAME, {"a": textbook.grim()}, turns=3, continuation=0.5), "not both"),
        (lambda: round_robin(GAME, {"a": textbook.grim()}, turns=0), "turns must be a whole number"),
        (
            lambda: round_robin(GAME, {"a": textbook.grim()}, continuation=1),
            r"continuation must lie in \[0, 1\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
