"""Deals: packages of agreed levels over the issues of a negotiation.

An *issue* is something that can be agreed upon, such as inspections or a notice period; it has *levels*, each a set
of changes to the world in which the treaty is played. A *package* takes at most one level of each issue. The empty
package is no deal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations, product

from sim.errors import ParameterError
from sim.model.changes import Changes

NO_DEAL = "no_deal"
"""The name of the empty package."""

CEILINGS = {"components.deployment_levels": 1, "components.outsider_levels": 1, "start.outsider_level": 0}
"""Paths that cap an arsenal, and the least that they may be."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One thing that may be agreed on an issue: a name, words, and what it changes."""

    name: str
    title: str
    sentence: str
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Something to be agreed upon.

    Attributes
    ----------
    name, title, sentence : str
    signatories : names of the actors whose consent a level needs
    levels : tuple of Level
    caution : sentence to show beside the numbers, or empty
    standing : payoff term -> actor -> feature per year of what holds for ever without a deal on this issue and the
        scenario leaves out; the gains of packages with this issue are counted against it

    Raises
    ------
    ParameterError
        If it has no signatory or no level, two levels share a name, or a ceiling is too low.
    """

    name: str
    title: str
    sentence: str
    signatories: tuple[str, ...]
    levels: tuple[Level, ...]
    caution: str = ""
    standing: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.signatories:
            raise ParameterError(f"deal {self.name}: signatories must name at least one actor, got none")
        if not self.levels:
            raise ParameterError(f"deal {self.name}: it needs at least one level")
        for level in self.levels:
            for path, least in CEILINGS.items():
                value = level.changes.sets.get(path)
                if isinstance(value, int | float) and value < least:
                    raise ParameterError(
                        f"deal {self.name}.{level.name}: the ceiling {path} must be at least {least}, got {value:g}"
                    )

    def level(self, name: str) -> Level:
        """Return the level called `name`.

        Raises
        ------
        ParameterError
            If there is none.
        """
        for level in self.levels:
            if level.name == name:
                return level
        names = ", ".join(level.name for level in self.levels)
        raise ParameterError(f"deals: {self.name} has no level {name!r}; its levels are {names}")


@dataclass(frozen=True, kw_only=True)
class Package:
    """At most one level of each issue, in the order of the issues.

    Examples
    --------
    >>> Package().name
    'no_deal'
    """

    terms: tuple[tuple[Issue, Level], ...] = ()

    @property
    def name(self) -> str:
        """Issues and levels, such as ``inspections.exchanged+notice_period.year``."""
        return "+".join(f"{issue.name}.{level.name}" for issue, level in self.terms) or NO_DEAL

    @property
    def title(self) -> str:
        """The titles of the levels."""
        return " + ".join(level.title for _, level in self.terms) or "No deal"

    @property
    def sentence(self) -> str:
        """What the levels say."""
        return " ".join(level.sentence for _, level in self.terms) or "The scenario as it stands."

    @property
    def signatories(self) -> tuple[str, ...]:
        """Everyone whose consent some issue needs, in the order in which they are first named."""
        return tuple(dict.fromkeys(name for issue, _ in self.terms for name in issue.signatories))

    @property
    def issues(self) -> tuple[str, ...]:
        """Names of the issues."""
        return tuple(issue.name for issue, _ in self.terms)

    @property
    def clash(self) -> str | None:
        """A path that two of its levels change, or None."""
        for (_, first), (_, second) in combinations(self.terms, 2):
            path = first.changes.clash(second.changes)
            if path is not None:
                return path
        return None


def all_packages(issues: Sequence[Issue], most_issues: int) -> Iterator[Package]:
    """Yield every package over at least one and at most `most_issues` issues whose levels do not clash.

    Small packages first, in the order of the issues.

    Raises
    ------
    ParameterError
        If `most_issues` is below 1.
    """
    if most_issues < 1:
        raise ParameterError(f"bargain.most_issues must be at least 1, got {most_issues}")
    for size in range(1, min(most_issues, len(issues)) + 1):
        for chosen in combinations(issues, size):
            for levels in product(*(issue.levels for issue in chosen)):
                package = Package(terms=tuple(zip(chosen, levels, strict=True)))
                if package.clash is None:
                    yield package


def named_package(name: str, issues: Mapping[str, Issue]) -> Package:
    """Return the package that `name` describes: ``issue.level`` or ``issue``, several joined by ``+``.

    An issue without a level means its only one.

    Raises
    ------
    ParameterError
        If an issue or level is unknown, an issue is named twice or needs a level, or levels clash.
    """
    if name == NO_DEAL:
        return Package()
    terms: list[tuple[Issue, Level]] = []
    for part in name.split("+"):
        stem, _, wanted = part.strip().partition(".")
        if stem not in issues:
            near = get_close_matches(stem, issues, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the issues are {', '.join(issues)}"
            raise ParameterError(f"deals: there is no issue {stem!r}; {hint}")
        issue = issues[stem]
        if not wanted and len(issue.levels) > 1:
            names = ", ".join(f"{stem}.{level.name}" for level in issue.levels)
            raise ParameterError(f"deals: {stem} needs a level, one of {names}")
        if any(issue is given for given, _ in terms):
            raise ParameterError(f"deals: {name} names the issue {stem} twice")
        terms.append((issue, issue.level(wanted) if wanted else issue.levels[0]))
    order = list(issues)
    package = Package(terms=tuple(sorted(terms, key=lambda term: order.index(term[0].name))))
    if package.clash is not None:
        raise ParameterError(f"deals: {name} changes {package.clash} twice")
    return package


__all__ = ["CEILINGS", "NO_DEAL", "Issue", "Level", "Package", "all_packages", "named_package"]
