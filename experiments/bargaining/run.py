"""What could have been agreed: python experiments/bargaining/run.py [most issues in a package]."""

from pathlib import Path

import numpy as np

from sim.app.bargain_files import summary
from sim.app.bargain_plan import load_bargain
from sim.app.experiment import given, publish
from sim.games.reference_models.wilson import wilson_interval
from sim.report.bargaining_figures import zone_figure
from sim.report.numbers import fixed, percent, percent_range, signed
from sim.report.style import house_style, new_figure
from sim.report.write import saved

HERE = Path(__file__).parent
MOST_ISSUES = 2


def studied(most_issues):
    return load_bargain(overrides=[f"bargain.most_issues={most_issues}"]).run()


def numbers_of(result):
    told = summary(result)
    first, second = result.players
    inside = [k for k in np.flatnonzero(result.zone.rational).tolist() if k]
    return {
        **told,
        "titles": {deal.package.name: deal.package.title for deal in result.deals},
        "kept_in_zone": [result.deals[k].package.name for k in inside if result.deals[k].enforced],
        "collapse": {deal.package.name: deal.collapse for deal in result.deals},
        "safest": min(result.deals, key=lambda deal: deal.collapse).package.name,
        "gains": {
            deal.package.name: [float(deal.gains[first]), float(deal.gains[second])] for deal in result.deals
        },
        "slack": {
            deal.package.name: deal.enforcement.slack for deal in result.deals if deal.enforcement is not None
        },
        "hits": {
            each.package.name: [int(each.consented.sum()), int(each.enforced.sum()), len(each.enforced)]
            for each in result.over_draws
        },
    }


def sentences(numbers):
    titles, collapse = numbers["titles"], numbers["collapse"]
    kept = numbers["kept_in_zone"]

    def named(name):
        return f"“{titles[name]}”"

    def gains(name):
        return ", ".join(
            f"{player} {signed(gain)}"
            for player, gain in zip(numbers["players"], numbers["gains"][name], strict=True)
        )

    made = [
        f"Of {numbers['deals']} packages {numbers['in_zone']} leave neither party, nor another signatory, worse "
        f"off than no deal; {len(kept)} of those enforce themselves after an alarm ends them for ever (medians).",
        f"Without a deal the treaty ends within seven years in {percent(collapse['no_deal'], 0.001)} of plays; least "
        f"often it ends under {named(numbers['safest'])}: {percent(collapse[numbers['safest']], 0.001)}.",
    ]
    nash = numbers["solutions"]["nash"]
    if nash["agreement"]:
        parts = " and ".join(
            (f"{percent(share)} " if len(nash["lottery"]) > 1 else "") + named(name)
            for name, share in sorted(nash["lottery"].items(), key=lambda item: -item[1])
        )
        worth = ", ".join(
            f"{player} {signed(gain)}" for player, gain in zip(numbers["players"], nash["gains"], strict=True)
        )
        made.append(f"Nash's solution is {parts}: {worth}.")
    if kept:
        best = max(kept, key=lambda name: sum(numbers["gains"][name]))
        made.append(
            f"Of the deals that enforce themselves the best for both together is {named(best)}: {gains(best)}, slack "
            f"{fixed(numbers['slack'][best], 3)}; in equilibrium under it the treaty ends in "
            f"{percent(collapse[best], 0.001)} of plays."
        )
    for name, (signed_in, kept_in, draws) in numbers["hits"].items():
        if name == "no_deal":
            continue
        made.append(
            f"{titles[name]}, over {draws} parameter draws: worth signing in {percent(signed_in / draws)} "
            f"({percent_range(*wilson_interval(signed_in, draws))}), enforces itself in {percent(kept_in / draws)} "
            f"({percent_range(*wilson_interval(kept_in, draws))}), and the treaty ends in "
            f"{percent(numbers['over_draws'][name]['collapse_probability'], 0.001)} of plays."
        )
    loss = {name: sum(each["loss"]) for name, each in numbers["linkage"].items()}
    if loss:
        worst = max(loss, key=loss.get)
        made.append(
            f"The issue that counts most is {worst.replace('_', ' ')}: without it the two gain "
            f"{fixed(loss[worst])} less together at Nash's solution."
        )
    negotiation = numbers["negotiation"]
    if negotiation is not None:
        agreed = [each for each in negotiation["exchanges"] if each["agreed"] is not None]
        ends = [each["collapse_probability"] for each in negotiation["exchanges"]]
        made.append(
            f"While an ultimatum stands, {len(agreed)} of {len(ends)} pairs of concession strategies agree; the treaty "
            f"then ends in {percent(min(ends), 0.001)} to {percent(max(ends), 0.001)} of plays, else in "
            f"{percent(negotiation['collapse_without'], 0.001)}."
        )
    return made


def figure(result):
    with house_style():
        drawn = new_figure(5.2, "What could have been agreed", f"medians · {len(result.deals) - 1} packages")
        zone_figure(drawn, result)
        return saved(drawn, "png")


if __name__ == "__main__":
    result = studied(*given(MOST_ISSUES))
    found = numbers_of(result)
    publish(HERE, found, sentences(found), figure(result))
