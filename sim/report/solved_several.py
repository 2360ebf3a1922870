"""The section of a solved page that lists several equilibria of the treaty game."""

from collections.abc import Sequence

from sim.report.page import Section, Table
from sim.study.several import ListedEquilibrium


def several_section(listed: Sequence[ListedEquilibrium], actors: Sequence[str], priors: int) -> Section:
    """Return a table of equilibria, the selected one marked: where they come from and what they bring."""
    heads = ("", "chance of collapse", *(f"payoff of {name}" for name in actors), "residual", "ε", "priors")
    rows = [
        (
            f"{number}, selected" if each.selected else str(number),
            f"{each.collapse_probability:.3g}",
            *(f"{value:.4g}" for value in each.payoffs.tolist()),
            f"{each.residual:.1e}",
            f"{float(each.regret.max()):.3g}",
            ", ".join(each.priors),
        )
        for number, each in enumerate(listed, 1)
    ]
    count = len(listed)
    return Section(
        heading="Equilibria of the treaty game",
        sentences=[several_sentence(count, priors)],
        table=Table(heads, rows),
        caption="Every parameter at its median. ε: the most that anybody gives up at once, the price of noise",
        numeric=True,
    )


def several_sentence(count: int, priors: int) -> str:
    """Return what was looked for and found, in one sentence.

    Examples
    --------
    >>> several_sentence(1, 3)
    '1 logit Markov equilibrium was found from 3 priors; there may be more.'
    """
    what = "logit Markov equilibrium was" if count == 1 else "distinct logit Markov equilibria were"
    return f"{count} {what} found from {priors} priors; there may be more."


__all__ = ["several_section", "several_sentence"]
