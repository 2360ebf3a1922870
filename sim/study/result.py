"""What a run of one scenario yields: the record that figures, tables and files are made from."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.arrays import FloatArray, IntArray
from sim.engine.tables import PlayTables, tables_of_draws
from sim.games.treaty.numbers import TreatyGames
from sim.games.treaty.profile import TreatyProfile
from sim.model.scenario import Scenario
from sim.solvers.solution import Solution
from sim.study.history import PathLikelihood

if TYPE_CHECKING:
    from sim.solvers.treaty_audit import TreatyAudit
    from sim.study.belief_fans import BeliefResult
    from sim.study.cast import Cast
    from sim.study.why import Moment


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An outcome with its errors.

    `standard_error`, `low` and `high` (95 %) are over draws and dice, clustered by draw; `standard_error_dice` is
    given the draws, and is what `exact` (averaged over the same draws) is compared with. `epistemic_share` is the
    share of the outcome's variance due to the parameters. `estimate` is None where nothing is defined (a median
    that is not reached, a delay that no play saw).
    """

    name: str
    unit: str
    estimate: float | None
    standard_error: float | None
    standard_error_dice: float | None
    low: float | None
    high: float | None
    epistemic_share: float | None = None
    exact: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class SurvivalCurve:
    """Probability that the treaty has not ended, by month: estimate with its 95 % band, exact where it applies.

    All arrays [T + 1]; month 0 is the start. `draws` [D, T + 1] holds the curve of each parameter draw.
    """

    months: FloatArray
    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    draws: FloatArray
    exact: FloatArray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class StageGame:
    """The matrix game between plans of the two parties, whose cells are computed from the treaty game.

    Attributes
    ----------
    plans : names of the plans, the same for both parties, P of them
    payoffs [D, actors, P, P] : expected discounted payoff of every actor, by draw
    central : the solved game of the central point (mean payoffs over draws)
    equilibria : for each draw its solution, regret-certified
    frequency [P, P] : share of draws in which the cell is a pure equilibrium
    mixed_share, multiple_share : share of draws with a mixed, with more than one equilibrium
    """

    plans: tuple[str, ...]
    payoffs: FloatArray
    central: Solution
    equilibria: tuple[Solution, ...]
    frequency: FloatArray
    mixed_share: float
    multiple_share: float


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkovEquilibrium:
    """The logit Markov equilibrium of the treaty game in each draw, with its certificate.

    Attributes
    ----------
    rationality : float, λ
    values [D, S, actors] : continuation values
    residual [D] : largest fixed-point residual of choice probabilities
    regret [D, actors] : largest one-shot gain over all public states, payoff units (ε, not lack of credibility)
    iterations [D]
    jumps [D] : times that the branch of equilibria was left for one nearby, which may lead to another equilibrium
    converged : bool per draw [D]
    """

    rationality: float
    values: FloatArray
    residual: FloatArray
    regret: FloatArray
    iterations: IntArray
    jumps: IntArray
    converged: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Fans:
    """Quantiles over kept plays of public-state paths, for fan charts.

    `quantiles` [K] are the levels; `paths` maps a name (``evidence_russia``, ``deployment_usa_europe``,
    ``outsider_level`` …) to values [T + 1, K]; `means` to [T + 1].
    """

    months: FloatArray
    quantiles: FloatArray
    paths: dict[str, FloatArray]
    means: dict[str, FloatArray]


@dataclass(frozen=True, eq=False, kw_only=True)
class ScenarioResult:
    """Everything one run computed.

    `outcomes_by_draw` maps an outcome to its estimates [D]; `exact_by_draw` likewise where the exact engine ran.
    `decomposition` [terms, actors] is the mean discounted contribution of each payoff term (`term_names`).
    `path_classes` maps the four disjoint classes of path to probability estimates. `replications` holds the kept
    plays, one array per column. `notes` are sentences to show beside the numbers. `games` and `profile` are those
    without types; `cast` holds those of every combination of types, `beliefs` what was believed in the kept plays;
    `moments` are those at which notice was given most often, `audit` that of promises and threats at the medians.
    """

    scenario: Scenario
    seed: int
    draws: int
    replications_per_draw: int
    horizon_months: float
    period_months: float
    strategies: tuple[str, ...]
    games: TreatyGames
    profile: TreatyProfile
    estimates: dict[str, Estimate]
    outcomes_by_draw: dict[str, FloatArray]
    exact_by_draw: dict[str, FloatArray]
    survival: SurvivalCurve
    fans: Fans
    term_names: tuple[str, ...]
    decomposition: FloatArray
    stage: StageGame
    equilibrium: MarkovEquilibrium | None
    path_classes: dict[str, Estimate]
    replications: dict[str, FloatArray]
    notes: tuple[str, ...] = field(default=())
    likelihood: PathLikelihood | None = None
    cast: "Cast | None" = None
    beliefs: "BeliefResult | None" = None
    moments: "tuple[Moment, ...]" = ()
    audit: "TreatyAudit | None" = None

    def tables(self) -> tuple[PlayTables, ...]:
        """Return the tables that were played: of every draw, with types of every combination of each draw in a row."""
        if self.cast is not None:
            return self.cast.tables()
        return tables_of_draws(self.games, self.profile)
