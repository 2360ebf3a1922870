"""The words under each figure, and for those who cannot see it the words in its place."""

from sim.report.beliefs import belief_label, type_words
from sim.report.labels import class_label, path_label, plan_label, the, titles
from sim.report.numbers import fixed, percent
from sim.report.regime import regimes
from sim.report.regime_map import map_of, number_label
from sim.report.stage_game import best_responses
from sim.report.words import against_history, decisive_terms, with_interval
from sim.study.regime_map import CHANCE
from sim.study.result import ScenarioResult

OUTCOMES = (
    "Above: probability that the treaty ends in each quarter. Below: how probable each outcome is within the "
    "horizon, with its 95\u00a0% interval over parameter draws and dice; a cross marks the exact value."
)
PATH_CLASSES = (
    "Every play falls into exactly one class. A star marks the class to which the actual events belong."
)
PAYOFFS = (
    "Each actor's mean discounted payoff, split into the terms that made it up; the largest are named, the "
    "rest added up. Gains are plain, losses hatched. Payoffs of different actors are not to be added."
)
SURPRISE = (
    "Each step of the observed path in order, with the probability that the model gave it once everything "
    "before had happened, mean over draws. Bits: one for a coin, ten for one in a thousand. Hatched: that this "
    "happened, of all that could have; pale: that it happened in this period and not in another."
)
FANS = (
    "Bands hold the stated share of plays at each moment. Levels are whole numbers, so a band steps when "
    "enough plays have moved."
)


def survival(result: ScenarioResult) -> str:
    """Return the caption of the survival curve."""
    exact = " The dashed line is the exact chain." if result.survival.exact is not None else ""
    return (
        "Share of plays in which the treaty has not ended. The wide band is the middle 80\u00a0% of "
        "parameter draws: what is not known. The narrow band is the 95\u00a0% interval of the mean: how well "
        f"it was computed.{exact}"
    )


def survival_alt(result: ScenarioResult) -> str:
    """Return what the survival curve shows."""
    curve = result.survival
    last = len(curve.months) - 1
    parts = [
        f"{percent(float(curve.estimate[k]))} at month {curve.months[k]:.0f}"
        for k in (last // 4, last // 2, last)
    ]
    return f"Survival curve falling from 100\u00a0%: {', '.join(parts)}."


def outcomes_alt(result: ScenarioResult) -> str:
    """Return what the outcome distribution shows."""
    collapse = with_interval(result.estimates["collapse_probability"], "plays")
    return f"Bars by quarter and dots with intervals. The treaty ends in {collapse}."


def surprise_alt(result: ScenarioResult) -> str:
    """Return what the surprise of each step shows."""
    likelihood = result.likelihood
    steps = () if likelihood is None else likelihood.events
    return f"Bars: {'; '.join(f'{step.words} {percent(step.mean)}' for step in steps)}."


def timeline(result: ScenarioResult) -> str:
    """Return the caption of the timeline."""
    months = result.games.graph.rules.notice_periods * result.period_months
    return (
        "Above: the model's probability per month of the end, and of the notice that ends the treaty (which "
        f"comes {months:g} months before). Below, on the same calendar, the dated facts, whose sources are "
        "listed at the end. Dotted lines mark the actual notice and end."
    )


def timeline_alt(result: ScenarioResult) -> str:
    """Return what the timeline shows."""
    sentence = against_history(result)
    return f"Simulated distribution of the end over the calendar, dated events below. {sentence}".strip()


def path_classes_alt(result: ScenarioResult) -> str:
    """Return what the classes of path show."""
    parts = [
        f"{class_label(name, result.scenario)} {percent(e.estimate)}"
        for name, e in result.path_classes.items()
    ]
    return f"Bars: {'; '.join(parts)}."


def stage_game(result: ScenarioResult) -> str:
    """Return the caption of the stage game."""
    first, second, *_ = titles(result.scenario)
    return (
        f"Each cell: discounted payoffs when {the(first)} (lower left) and {the(second)} (upper right) hold "
        "the named plans and the others follow the scenario's profile, by the exact engine, mean over draws. "
        "Bold and underlined: a best response. Framed: an equilibrium. The percentage is the share of draws "
        "in which the cell is one."
    )


def stage_game_alt(result: ScenarioResult) -> str:
    """Return what the stage game shows."""
    stage = result.stage
    payoffs = stage.payoffs[:, :2].mean(axis=0)
    rows, columns = best_responses(payoffs)
    cells = [
        f"{plan_label(stage.plans[r])} / {plan_label(stage.plans[c])} "
        f"({fixed(float(payoffs[0, r, c]))}, {fixed(float(payoffs[1, r, c]))})"
        for r, c in zip(*(rows & columns).nonzero(), strict=True)
    ]
    many = f"Pure equilibria: {'; '.join(cells)}." if cells else "No pure equilibrium."
    return f"Payoff matrix of {len(stage.plans)} plans each. {many}"


def equilibria(result: ScenarioResult) -> str:
    """Return the caption of the regimes."""
    share, mixed = percent(result.stage.multiple_share), percent(result.stage.mixed_share)
    return (
        "The game between plans is solved for every parameter draw; every draw counts once, under the set of "
        f"its pure equilibria. {share} of draws have several equilibria, {mixed} have one in mixed plans."
    )


def equilibria_alt(result: ScenarioResult) -> str:
    """Return what the regimes show."""
    total = len(result.stage.equilibria)
    parts = [f"{label} {percent(count / total)}" for label, count in regimes(result.stage).items()]
    return f"Bars, share of draws by set of pure equilibria: {'; '.join(parts[:6])}."


def regime_map(result: ScenarioResult) -> str:
    """Return the caption of the regime map."""
    found = map_of(result)
    assert found is not None
    line = (
        "The dashed line is where a linear fit of what a deviation would cost is zero; in these draws it explains "
        f"{percent(found.explained)} of that cost's variance, which flatters it."
        if found.line is not None
        else "No threshold is drawn: in so few draws chance alone would bring out two numbers as well as these."
        if found.chance > CHANCE
        else "No threshold is drawn: there are too few draws, or no draw lies on its other side."
    )
    return (
        "Each point is a parameter draw, marked by its pure equilibria. The axes are the two of "
        f"{found.candidates} uncertain numbers that go most with whether one of them holds. {line}"
    )


def regime_map_alt(result: ScenarioResult) -> str:
    """Return what the regime map shows."""
    found = map_of(result)
    assert found is not None
    first, second = (number_label(path, result) for path in found.paths)
    share = percent(float((found.advantage >= 0).mean()))
    cell = " / ".join(plan_label(result.stage.plans[k]) for k in found.cell)
    return f"{len(found.values)} points by {first} and {second}; {cell} is an equilibrium in {share} of them."


def payoffs_alt(result: ScenarioResult) -> str:
    """Return what the decomposition shows."""
    return " ".join(decisive_terms(result, actor) for actor in range(result.decomposition.shape[1]))


def fans_alt(result: ScenarioResult) -> str:
    """Return what the fan charts show."""
    parts = [
        f"{path_label(name, result.scenario)}: mean {fixed(float(means[0]))} at the start, "
        f"{fixed(float(means[-1]))} at the horizon"
        for name, means in result.fans.means.items()
    ]
    return f"{'; '.join(parts)}."


def beliefs(result: ScenarioResult) -> str:
    """Return the caption of the beliefs."""
    options = result.scenario.beliefs
    taken = {
        "equilibrium": "the strategy solved for each type",
        "true": "what each type does play",
    }.get(str(options.conjecture), "the strategy named for each type")
    return (
        "What everyone holds probable from what is public: moves, offers accepted or declined, alarms and months "
        f"without them, by Bayes' rule. Each type is taken to play {taken}, with {percent(options.tremble)} of "
        "choices made at random. Over plays in which the type is true, and in which it is not; the two begin apart "
        "where the prior itself is uncertain."
    )


def beliefs_alt(result: ScenarioResult) -> str:
    """Return what the beliefs show."""
    fans = () if result.beliefs is None else result.beliefs.fans
    parts = [
        f"{belief_label(fan.actor, fan.believed, result)}, if {type_words(fan.true)}: mean "
        f"{percent(float(fan.mean[0]))} at the start, {percent(float(fan.mean[-1]))} at the horizon"
        for fan in fans
    ]
    return f"{'; '.join(parts)}."
