"""The section of a report that says which promises and threats of a profile are credible."""

from collections.abc import Sequence
from dataclasses import replace

from sim.report.labels import sentence_case, the
from sim.report.page import Section, Table
from sim.solvers.treaty_audit import TreatyAudit
from sim.study.result import MarkovEquilibrium

HEADING = "Which promises and threats are credible"
MOST = 6
"""Deviations told in sentences; the rest are counted."""


def credibility_section(
    audit: TreatyAudit | None, equilibrium: MarkovEquilibrium | None = None, titles: Sequence[str] = ()
) -> Section | None:
    """Return the section, or None if there is nothing to say.

    Parameters
    ----------
    audit : TreatyAudit
        Of the profile that is played, every parameter at its median: `sim.study.credibility.audit_scenario`.
    equilibrium : MarkovEquilibrium
        Said instead, at no cost, where every strategy is solved for: nothing is promised there that would have to be
        audited, and the largest regret is ε.
    titles : sequence of str
        What the players are called, if not as in the audit.
    """
    if audit is not None:
        return _audited(replace(audit, players=tuple(map(the, titles))) if titles else audit)
    if equilibrium is None:
        return None
    worst = float(equilibrium.regret.max())
    return Section(
        heading=HEADING,
        sentences=[
            f"Everyone plays the logit equilibrium at rationality {equilibrium.rationality:g}: nobody commits to "
            "anything that would not be done when it comes to it.",
            f"The most that anybody gives up at once in any public state and draw is ε = {worst:.3g} payoff units: the "
            "price of noise, and no lack of credibility.",
        ],
    )


def _audited(audit: TreatyAudit) -> Section:
    told = audit.sentences()
    verdicts = [
        each for each in told if each.startswith(("Nash", "Not a Nash", "Perfect", "Not perfect", "A logit"))
    ]
    deviations = told[len(verdicts) :]
    sentences = [
        "Every parameter at its median; gains in payoff units.",
        *verdicts,
        *map(sentence_case, deviations[:MOST]),
    ]
    if len(deviations) > MOST:
        sentences.append(
            f"{len(deviations) - MOST} more kinds of deviation are smaller, or off the path of play."
        )
    rows = [
        (sentence_case(name), f"{value:.3g}", f"{gain:.3g}", f"{largest:.3g}")
        for name, value, gain, largest in zip(
            audit.players, audit.values.tolist(), audit.gains.tolist(), audit.largest.tolist(), strict=True
        )
    ]
    return Section(
        heading=HEADING,
        sentences=sentences,
        table=Table(("", "payoff", "gain by the best other plan", "largest gain by deviating once"), rows),
        caption="Against the others' strategies as they are",
        numeric=True,
    )


__all__ = ["credibility_section"]
