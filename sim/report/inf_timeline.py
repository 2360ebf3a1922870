"""What happened to the INF Treaty: dated facts with their sources, to lay over what the model says.

Nothing here enters a simulation. A fact without an address is stated in the source that is named; `checked`
is False where the source was not at hand when the fact was written down.
"""

from dataclasses import dataclass, replace
from datetime import date

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, kw_only=True)
class DatedFact:
    """Something that happened: day, a label of a few words, a sentence, and where it is written."""

    day: date
    label: str
    text: str
    source: str
    checked: bool = True


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened to one treaty, seen from a scenario's start.

    `notice` and `end` are the days of the first formal notice and of the end; `path_class` is the class of
    path that was observed, `path_sentence` says why it is counted so.
    """

    facts: tuple[DatedFact, ...]
    notice: date
    end: date
    path_class: str
    path_sentence: str


INF_FACTS = (
    DatedFact(
        day=date(1987, 12, 8),
        label="Signed in Washington",
        text="The United States and the Soviet Union sign the INF Treaty.",
        source="CRS report R43832",
    ),
    DatedFact(
        day=date(1988, 6, 1),
        label="In force",
        text="The treaty enters into force; it bans ground-launched missiles of 500 to 5,500 km.",
        source="CRS report R43832",
    ),
    DatedFact(
        day=date(1991, 6, 1),
        label="2,692 missiles eliminated",
        text="By the deadline 2,692 missiles are eliminated, 846 American and 1,846 Soviet.",
        source="European Security & Defence, July 2024 (total)",
    ),
    DatedFact(
        day=date(2014, 7, 31),
        label="First US finding of a violation",
        text="The United States publicly finds Russia in violation; repeated in 2015 to 2018.",
        source="CRS report R43832",
    ),
    DatedFact(
        day=date(2018, 10, 20),
        label="US says that it will leave",
        text="In Elko, Nevada, President Trump announces that the United States will leave the treaty.",
        source="Associated Press in Time, 20 October 2018",
    ),
    DatedFact(
        day=date(2018, 12, 4),
        label="NATO backs a 60-day ultimatum",
        text="NATO's foreign ministers support the finding of a breach; Secretary Pompeo gives 60 days.",
        source="CNN in WRAL, 4 December 2018",
    ),
    DatedFact(
        day=date(2019, 1, 23),
        label="Russia shows the 9M729, NATO stays away",
        text="Russia shows the missile to military attachés, stating 480 km; NATO countries decline to come.",
        source="TASS, 24 January 2019",
    ),
    DatedFact(
        day=date(2019, 2, 2),
        label="US notice; Russia suspends",
        text="The United States suspends and gives six months' notice; Russia suspends on the same day.",
        source="CSIS Missile Threat, February 2019",
    ),
    DatedFact(
        day=date(2019, 7, 3),
        label="Russian law on suspension",
        text="President Putin signs the law that suspends the treaty.",
        source="CRS report R43832",
        checked=False,
    ),
    DatedFact(
        day=date(2019, 8, 2),
        label="The treaty ends",
        text="The notice runs out and the treaty ends, 181 days after it was given.",
        source="CSIS Missile Threat, 2 August 2019",
    ),
    DatedFact(
        day=date(2019, 8, 5),
        label="Russia pledges restraint",
        text="Russia will not deploy such missiles where American ones do not appear.",
        source="President of Russia, statement of 5 August 2019",
    ),
    DatedFact(
        day=date(2019, 8, 18),
        label="US tests a banned range",
        text="The United States tests a ground-launched cruise missile off San Nicolas Island.",
        source="US Department of Defense, 19 August 2019",
        checked=False,
    ),
    DatedFact(
        day=date(2020, 10, 26),
        label="Russia offers mutual verification",
        text="Aegis Ashore against Kaliningrad; the American envoy calls the offer a non-starter.",
        source="Arms Control Today, November 2020",
    ),
    DatedFact(
        day=date(2024, 4, 11),
        label="US Typhon launcher in the Philippines",
        text="A ground launcher of formerly banned range arrives in the Philippines for exercises (April).",
        source="US Army Pacific, April 2024",
        checked=False,
    ),
    DatedFact(
        day=date(2024, 7, 10),
        label="US and Germany agree on missiles from 2026",
        text="SM-6, Tomahawk and hypersonic weapons are to be deployed in Germany from 2026.",
        source="European Security & Defence, July 2024 (joint statement)",
    ),
    DatedFact(
        day=date(2024, 11, 21),
        label="Russia uses the Oreshnik",
        text="A ballistic missile of intermediate range strikes Dnipro.",
        source="Arms Control Today, December 2024",
        checked=False,
    ),
    DatedFact(
        day=date(2025, 8, 4),
        label="Russia ends its moratorium",
        text="Russia no longer regards itself as bound by its restraint of 2019.",
        source="Associated Press, 6 August 2025",
    ),
)

INF_HISTORY = History(
    facts=INF_FACTS,
    notice=date(2019, 2, 2),
    end=date(2019, 8, 2),
    path_class="ended_without_russian_deployment",
    path_sentence=(
        "notice on 2 February 2019, the end on 2 August 2019, and on 5 August a Russian pledge not to deploy "
        "where the United States does not (the United States held that four battalions stood already)"
    ),
)


def history_of(parties: tuple[str, str], start: date, *, deadline_months: float = 10.0) -> History | None:
    """Return what happened, if `parties` and the `start` of the play are those of the INF Treaty.

    A play that begins so early that the actual notice lies beyond its deadline was of the class ``no_notice``.

    Examples
    --------
    >>> history_of(("usa", "russia"), date(2018, 10, 1)).end.isoformat()
    '2019-08-02'
    >>> history_of(("usa", "iran"), date(2018, 10, 1)) is None
    True
    """
    lived = INF_FACTS[0].day <= start < INF_HISTORY.end
    if parties != ("usa", "russia") or not lived:
        return None
    if months_between(start, INF_HISTORY.notice) <= deadline_months:
        return INF_HISTORY
    return replace(
        INF_HISTORY,
        path_class="no_notice",
        path_sentence="no notice was given before 2 February 2019, long after the deadline of this scenario",
    )


def months_between(start: date, day: date) -> float:
    """Return the months from `start` to `day`, of 365.25 / 12 days each.

    Examples
    --------
    >>> round(months_between(date(2018, 10, 1), date(2019, 8, 2)), 1)
    10.0
    """
    return (day - start).days / DAYS_PER_MONTH
