"""The shape of the configuration: which keys exist and of which type; the first of three gates.

Values and their reasons live in YAML, meaning is checked by the constructors of ``sim.model``. A leaf that is
a number or a distribution is ``Any``, because a list and a number must be able to replace each other on the
command line. Classes have slots, so that ``+some.misspelt.key`` cannot slip in.
"""

from dataclasses import dataclass, field, make_dataclass
from typing import Any

from omegaconf import MISSING

from sim.games.treaty.terms import TERMS

EVERYONE = "everyone"
"""The key of ``strategy`` that speaks for every actor without a strategy of its own."""

WeightsConf = make_dataclass(
    "WeightsConf",
    [(term, Any, field(default=0.0)) for term in TERMS],
    slots=True,
    namespace={"__module__": __name__},
)
"""One weight per payoff term of the treaty game, zero unless set."""


@dataclass(slots=True)
class ActorConf:
    """An actor; see ``sim.model.actors``."""

    title: str = MISSING
    role: str = MISSING
    discount: Any = MISSING
    stakes: dict[str, str] = field(default_factory=dict)
    weights: Any = field(default_factory=WeightsConf)


@dataclass(slots=True)
class TypeConf:
    """A type of a party; see ``sim.model.types``. OmegaConf leaves mappings of mappings to ``sim.app.types``."""

    prior: Any = None
    sentence: str = ""
    course: str | None = None
    inspected: str | None = None
    strategy: str | None = None
    weights: dict[str, Any] = field(default_factory=dict)
    scale: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class BeliefsConf:
    """How beliefs about types are updated; see ``sim.model.types``."""

    conjecture: Any = MISSING
    tremble: float = MISSING
    resolution: float = MISSING
    clip: float = MISSING
    threshold: float = MISSING


@dataclass(slots=True)
class TreatyConf:
    """The treaty; see ``sim.model.treaty``."""

    detection: Any = MISSING
    false_alarm: Any = MISSING
    detection_of: dict[str, Any] = field(default_factory=dict)
    false_alarm_of: dict[str, Any] = field(default_factory=dict)
    notice_months: Any = MISSING
    ultimatum_months: Any = MISSING
    period_months: Any = MISSING
    inspection_detection: Any = MISSING
    inspection_false_alarm: Any = MISSING
    inspection_clearing: Any = MISSING
    moratorium_verification: Any = MISSING
    fading: Any = MISSING
    opportunity_rate: Any = MISSING
    toxic_onset: Any = MISSING
    toxic_clearing: Any = MISSING
    review_approach: Any = MISSING
    review_passing: Any = MISSING
    build_success: Any = MISSING


@dataclass(slots=True)
class ReadingConf:
    """Whose view of the disputed numbers this is."""

    name: str = MISSING
    sentence: str = MISSING


@dataclass(slots=True)
class ScenarioConf:
    """What a scenario is called, what it asks, and which numbers it changes."""

    name: str = MISSING
    title: str = MISSING
    question: str = MISSING
    start_date: str = MISSING
    levers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class HistoryConf:
    """What happened to the treaty; see ``sim.model.history``. Without a name, nothing is recorded."""

    name: str = ""
    title: str = ""
    begins: str = ""
    until: str = ""
    sentence: str = ""
    hidden: list[str] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class StartConf:
    """The public state in which plays begin; see ``sim.model.components``."""

    phase: str = "in_force"
    who: str | None = None
    evidence: dict[str, int] = field(default_factory=dict)
    sanctioned: dict[str, bool] = field(default_factory=dict)
    deployed: dict[str, int] = field(default_factory=dict)
    outsider_level: int = 0
    outsider_bound: bool = False
    toxic: bool = False
    review_near: bool = False


@dataclass(slots=True)
class ComponentsConf:
    """Which components of the public state are used; see ``sim.model.components``."""

    evidence_levels: dict[str, int] = field(default_factory=dict)
    openness: dict[str, bool] = field(default_factory=dict)
    ultimatums: dict[str, bool] = field(default_factory=dict)
    deployments: dict[str, bool] = field(default_factory=dict)
    suspension: bool = False
    sanctions: bool = False
    invitation: bool = False
    restoration: bool = True
    offer_terms: str = "original"
    deployment_levels: int = 2
    consent: bool = True
    europe_closed: bool = False
    outsider_levels: int = 2
    climate: bool = True
    review: bool = True
    space: bool = False


@dataclass(slots=True)
class EngineConf:
    """How much is played; see ``sim.engine.options``."""

    draws: int = MISSING
    replications: int = MISSING
    seed: int = MISSING
    workers: int = MISSING
    horizon_months: float = MISSING
    keep: int = MISSING
    estimator: str = MISSING
    block: int | None = None


@dataclass(slots=True)
class SolverConf:
    """How the treaty game's equilibrium is computed, and what is asked of a game of a matrix."""

    concept: str | None = None
    selection: str = "all"
    rationality: float = MISSING
    tol: float = MISSING
    max_steps: int = MISSING
    start: str = MISSING
    priors: int = 1


@dataclass(slots=True)
class GameConf:
    """Which game is solved: the treaty game, a matrix of payoffs ``[players, *actions]``, a tree, or a file.

    A `discount` repeats a game in normal form for ever; `profile` names the strategies of its players.
    """

    kind: str = MISSING
    title: str | None = None
    source: str | None = None
    players: list[str] = field(default_factory=list)
    actions: Any = None
    payoffs: Any = None
    tree: str | None = None
    file: str | None = None
    discount: float | None = None
    profile: Any = None


@dataclass(slots=True)
class StageConf:
    """The plans of the two parties whose combinations make up the stage game."""

    plans: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ComparisonConf:
    """How policies are compared; which ones stands in ``policies``."""

    readings: list[str] = field(default_factory=list)
    objective: str = MISSING
    resamples: int = MISSING


@dataclass(slots=True)
class OffersConf:
    """How offers are exchanged before an ultimatum expires; see ``sim.study.bargaining.offers``."""

    strategies: list[str] = field(default_factory=list)
    rounds: int = MISSING
    aspiration: float = MISSING


@dataclass(slots=True)
class BargainConf:
    """Which deals are bargained over, and how; see ``sim.study.bargaining.options``."""

    deals: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    most_issues: int = MISSING
    players: list[str] = field(default_factory=list)
    trigger: list[str] = field(default_factory=list)
    reversion_months: float | None = None
    examined: int = MISSING
    draws: int = MISSING
    first: str | None = None
    rounds: int = MISSING
    round_months: float = MISSING
    target: float = MISSING
    levers: list[str] = field(default_factory=list)
    offers: OffersConf = field(default_factory=OffersConf)


@dataclass(slots=True)
class DesignConf:
    """Which points a study evaluates; see ``sim.study.sweep.design``."""

    kind: str = "grid"
    size: int = 0
    levels: int = 4
    second_order: bool = True
    seed: int = 0


@dataclass(slots=True)
class StudyConf:
    """What a sweep varies, and what it asks; see ``sim.study.sweep``. No name: no study was chosen."""

    name: str = ""
    title: str = ""
    question: str = ""
    uncertainties: dict[str, Any] = field(default_factory=dict)
    levers: dict[str, Any] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    baseline: dict[str, Any] = field(default_factory=dict)
    design: DesignConf = field(default_factory=DesignConf)
    batch: int | None = None
    fresh: bool = False


@dataclass(slots=True)
class ExecutorConf:
    """Where a sweep is worked on; see ``sim.study.sweep.executors``. No number depends on it."""

    kind: str = "local"
    workers: int = 0
    address: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class MatchConf:
    """How a matrix game is repeated in a study: two strategies, turns, and errors of execution."""

    first: str = "tit_for_tat"
    second: str = "tit_for_tat"
    turns: int = 60
    execution_error: Any = 0.0
    execution_error_of: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CalibrationConf:
    """Which uncertain parameters the observed path is to teach about, and with how many solved points."""

    parameters: list[str] = field(default_factory=list)
    draws: int = MISSING
    rounds: int = MISSING


@dataclass(slots=True)
class SeminarConf:
    """The classroom; see ``sim.seminar.setup``."""

    host: str = "127.0.0.1"
    port: int = 8080
    open_browser: bool = True
    directory: str = "results/seminar"
    tables: int = 1
    rounds: int = 8
    months: float = 48.0
    robots: str | None = None
    timed: bool = True
    brief_seconds: float = 300.0
    decision_seconds: float = 120.0
    reveal_seconds: float = 360.0
    theory_seconds: float = 540.0
    debrief_seconds: float = 480.0


@dataclass(slots=True)
class RunConf:
    """Everything that a command reads."""

    actors: dict[str, ActorConf] = field(default_factory=dict)
    treaty: TreatyConf = field(default_factory=TreatyConf)
    reading: ReadingConf = field(default_factory=ReadingConf)
    types: dict[str, Any] = field(default_factory=dict)
    beliefs: BeliefsConf = field(default_factory=BeliefsConf)
    scenario: ScenarioConf = field(default_factory=ScenarioConf)
    history: HistoryConf = field(default_factory=HistoryConf)
    start: StartConf = field(default_factory=StartConf)
    components: ComponentsConf = field(default_factory=ComponentsConf)
    game: GameConf = field(default_factory=GameConf)
    strategy: dict[str, str | None] = field(default_factory=dict)
    solver: SolverConf = field(default_factory=SolverConf)
    engine: EngineConf = field(default_factory=EngineConf)
    stage: StageConf = field(default_factory=StageConf)
    audit: bool = False
    calibrate: bool = False
    calibration: CalibrationConf = field(default_factory=CalibrationConf)
    policies: list[str] = field(default_factory=list)
    comparison: ComparisonConf = field(default_factory=ComparisonConf)
    bargain: BargainConf = field(default_factory=BargainConf)
    study: StudyConf = field(default_factory=StudyConf)
    executor: ExecutorConf = field(default_factory=ExecutorConf)
    match: MatchConf = field(default_factory=MatchConf)
    seminar: SeminarConf = field(default_factory=SeminarConf)
    about: dict[str, Any] = field(default_factory=dict)


def register_schema() -> None:
    """Make the schema known to Hydra under the group ``schema``, which no option list shows."""
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(group="schema", name="run", node=RunConf)
