"""The length of a period does not decide the outcome: three months, one, and a half converge.

An error of first order in the length falls from 3 - 1 = 2 months to 1 - ½ = ½, a quarter; up to 0.6 is allowed. Clocks
are whole at all three lengths: notice of six months, ultimatums of three. ``-s`` prints |3 - 1|, the model error.

Profiles are of automata that remember events, not periods: one that answers "in the next period" or counts
periods is another strategy at another length.
"""

import pytest

LENGTHS = (3, 1, 0.5)
SHARE = 0.6
ROUNDING = 1e-9
PRESCRIBED = {
    "deadline": ("ultimatum", "mirror_response", "mediating_ally", "building_outsider"),
    "exit": ("leave", "mirror_response", "backing_ally", "building_outsider"),
    "restless": ("restless_party", "restless_party", "restless_ally", "restless_outsider"),
}
SOLVED = ("equilibrium",) * 4


@pytest.fixture
def outcomes(play_of):
    def compute(scenario, strategies, lengths, *more):
        """Exact outcomes at each length of a period: those that must converge, {name: values}."""
        exact = []
        for months in lengths:
            overrides = (
                f"treaty.period_months={months}",
                "treaty.ultimatum_months=3",
                *more,
            )
            play = play_of(scenario, strategies, overrides, draws=1)
            assert play.months * play.games.graph.rules.notice_periods == 6
            assert play.months * play.games.graph.rules.ultimatum_periods == 3
            exact.extend(each.outcomes for each in play.exact())
        names = [
            "collapse_probability",
            "months_to_collapse",
            *(n for n in exact[0] if n.startswith("payoff_")),
        ]
        return {name: [each[name] for each in exact] for name in names}

    return compute


def diverging(found):
    """Sentences about outcomes whose last step is more than `SHARE` of the one before."""
    wrong = []
    for name, (long, middle, short) in found.items():
        error, rest = abs(long - middle), abs(middle - short)
        print(f"{name}: {long:.5g}, {middle:.5g}, {short:.5g}; model error {error:.3g}, then {rest:.3g}")  # noqa: T201
        if rest > SHARE * error + ROUNDING:
            wrong.append(f"{name}: {long:.5g}, {middle:.5g}, {short:.5g}")
    return wrong


@pytest.mark.parametrize("scenario", ["inf_2019", "inf_1988"])
@pytest.mark.parametrize("name", PRESCRIBED)
def test_outcomes_converge_under_prescribed_strategies(outcomes, scenario, name):
    assert not diverging(outcomes(scenario, PRESCRIBED[name], LENGTHS))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["inf_2019", "inf_1988"])
def test_outcomes_converge_under_the_solved_profile(outcomes, scenario):
    """The principal branch leads to the same equilibrium at every length."""
    assert not diverging(outcomes(scenario, SOLVED, LENGTHS))
