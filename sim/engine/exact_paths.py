"""Forward propagation of a treaty chain: how likely every kind of path is, period by period.

What an outcome asks about a path ("has the treaty ended yet", "was a notice ever taken back") is carried as a
*layer*: the part of the probability mass whose path so far has a property. Layers only lose mass, except that
first notices move from `UNTOUCHED` to `AWAITED`:

    ALL         every path
    STANDING    the treaty has never ended
    UNTOUCHED   no notice was given (one that runs from the start is not counted)
    AWAITED     the first notice runs, and the other party has neither left nor suspended
    KEPT        no notice was ever taken back
    UNRESTORED  the treaty was never restored
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import BoolArray, FloatArray, sealed
from sim.compiled import loop_kernel, part
from sim.engine.codes import ENDED, IN_NOTICE
from sim.engine.exact_chain import TreatyChain
from sim.games.treaty.rules import NUM_ACTORS, PARTIES
from sim.games.treaty.situation import Phase

LAYERS = ("all", "standing", "untouched", "awaited", "kept", "unrestored")
ALL, STANDING, UNTOUCHED, AWAITED, KEPT, UNRESTORED = range(len(LAYERS))

ORDINARY, NOTICE, RESCISSION, RESTORATION = range(4)
"""Kinds of transition that a layer may refuse to follow."""

BOTH = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class PathSums:
    """What propagation over `T` periods adds up; the state at time `t` is that at the start of period `t`.

    Attributes
    ----------
    layers [T + 1, layers] : mass of each layer at each time
    leavers [2] : probability that the first notice names each party
    mirrored : probability that, while the first notice runs, the other party has left or suspended too
    delay : mean number of periods from that notice until then, times the probability
    crises : expected number of times that both sides come to have deployed in Europe
    occupancy [N X] : probability of each state at time T
    discounted [actors, N X] : discounted expected number of periods spent in each state before time T
    deployed [T + 1, 3], evidence [T + 1, 2], level [T + 1] : expectations by time
    """

    layers: FloatArray
    leavers: FloatArray
    mirrored: float
    delay: float
    crises: float
    occupancy: FloatArray
    discounted: FloatArray
    deployed: FloatArray
    evidence: FloatArray
    level: FloatArray


def sum_paths(chain: TreatyChain, periods: int) -> PathSums:
    """Propagate the start of `chain` over `periods` periods.

    Costs O(periods transitions layers); states without mass cost nothing.
    """
    graph = chain.games.graph
    places = graph.num_environments
    at = chain.situation
    phase = graph.phase[at]
    crisis = (graph.deployed[at, 0] > 0) & (graph.deployed[at, 2] > 0)
    source = np.repeat(np.arange(chain.num_states) // places, np.diff(chain.first_edge))
    before, after = phase[source], phase[chain.target]
    kind = np.select(
        [
            (before != Phase.NOTICE) & (after == Phase.NOTICE),
            (before == Phase.NOTICE) & (after == Phase.IN_FORCE),
            (before == Phase.ENDED) & (after == Phase.IN_FORCE),
        ],
        [NOTICE, RESCISSION, RESTORATION],
        ORDINARY,
    )
    state = np.repeat(np.arange(chain.num_states), np.diff(chain.first_edge))

    def chance(happens: BoolArray) -> FloatArray:
        """Return the probability that a transition of the given kind leaves each state, [N X]."""
        return np.asarray(
            np.bincount(state, (chain.stay + chain.rise) * happens, minlength=chain.num_states), float
        )

    gives = [chance((kind == NOTICE) & (graph.who[at][chain.target] >> party & 1 > 0)) for party in PARTIES]
    followed = graph.who[at] | graph.suspended[at]
    elapsed = graph.rules.notice_periods - np.array([s.clock for s in graph.situations])[at]
    traits = [graph.deployed[at], np.array([s.evidence for s in graph.situations])[at]]
    many = (chain.num_nodes, places, len(LAYERS))
    layers, expectations = np.zeros((periods + 1, len(LAYERS))), np.zeros((periods + 1, 6))
    discounted, sums, mass = np.zeros((chain.num_states, NUM_ACTORS)), np.zeros(5), np.zeros(many)
    _propagate(
        periods,
        chain.first_edge,
        chain.target,
        chain.stay,
        chain.rise,
        kind.astype(np.int64),
        chain.mixing,
        chain.up,
        phase,
        followed == BOTH,
        elapsed,
        np.stack([*gives, chance(crisis[chain.target] & ~crisis[source])]),
        np.hstack(traits).astype(np.float64),
        np.array([float(place.level) for place in graph.environments]),
        chain.games.discount[chain.draw],
        *chain.start,
        (mass, np.zeros(many), np.ones(NUM_ACTORS)),
        (layers, expectations, discounted, sums),
    )
    return PathSums(
        layers=sealed(layers),
        leavers=sealed(sums[:2]),
        crises=float(sums[2]),
        mirrored=float(sums[3]),
        delay=float(sums[4]),
        occupancy=sealed(mass[:, :, ALL].reshape(-1)),
        discounted=sealed(discounted.T),
        deployed=sealed(expectations[:, :3]),
        evidence=sealed(expectations[:, 3:5]),
        level=sealed(expectations[:, 5]),
    )


def discounted_payoffs(chain: TreatyChain, periods: int) -> FloatArray:
    """Return every actor's expected discounted payoff from the start over `periods` periods, [actors].

    The quick way when nothing else is asked; equal to the payoffs of `sum_paths`.
    """
    nodes = (chain.num_nodes, chain.games.graph.num_environments)
    total = np.zeros(NUM_ACTORS)
    _discounted(
        periods,
        *chain.law,
        chain.payoffs,
        chain.games.discount[chain.draw],
        *chain.start,
        (np.zeros(nodes), np.zeros(nodes), np.ones(NUM_ACTORS)),
        total,
    )
    return total


def path_classes(chain: TreatyChain, *, by: int, at_once: int) -> FloatArray:
    """Return the probabilities of the four classes of path, in the order of `PATH_CLASSES`.

    Computed on their own horizon of ``by`` periods, the notice clock, and ``at_once`` periods, whatever else
    is asked of the chain. As the chain is homogeneous in time, all first notices may be followed at once.
    """
    graph = chain.games.graph
    at, places = chain.situation, graph.num_environments
    phase = graph.phase[at]
    untouched = _point(chain)
    begun, ended = np.zeros_like(untouched), np.zeros_like(untouched)
    for period in range(by + 1):
        if period:
            untouched = _advance(chain, untouched)
        begun += _taken(untouched, phase == Phase.NOTICE)
        ended += _taken(untouched, phase == Phase.ENDED)  # only a play that starts after the end
    rescinded = 0.0
    for _ in range(graph.rules.notice_periods):
        begun = _advance(chain, begun)
        ended += _taken(begun, phase == Phase.ENDED)
        rescinded += float(_taken(begun, phase != Phase.NOTICE).sum())
    deployed = graph.deployed[at, 2] > 0
    answered = float(_taken(ended, deployed).sum())
    for _ in range(at_once):
        ended = _advance(chain, ended)
        answered += float(_taken(ended, deployed).sum())
    assert untouched.shape == (chain.num_nodes, places)
    return np.array([untouched.sum(), rescinded, ended.sum(), answered])


PATH_CLASSES = ("no_notice", "rescinded", "ended_without_russian_deployment", "ended_with_russian_deployment")
"""Disjoint and exhaustive: no notice has been in force by the deadline; the first notice that was in force by
then was taken back; it ran out, and party 1 had nothing deployed from the end to `at_once` later; it ran out,
and party 1 had."""


def _point(chain: TreatyChain) -> FloatArray:
    mass = np.zeros((chain.num_nodes, chain.games.graph.num_environments))
    mass[chain.start] = 1.0
    return mass


def _advance(chain: TreatyChain, mass: FloatArray) -> FloatArray:
    after = mass.copy()
    _advance_once(after, np.zeros_like(mass), *chain.law)
    return after


def _taken(mass: FloatArray, where: BoolArray) -> FloatArray:
    """Remove from `mass` what lies on the nodes `where`, and return it."""
    taken = np.where(where[:, None], mass, 0.0)
    mass -= taken
    return taken


@part
def _step(mass, moved, first_edge, target, stay, rise, mixing, up):  # type: ignore[no-untyped-def]
    """Move the mass [N, X] one period on; `moved` is of the same shape."""
    nodes, places = mass.shape
    for node in range(nodes):
        for x in range(places):
            moved[node, x] = 0.0
    for node in range(nodes):
        for x in range(places):
            here = mass[node, x]
            if here == 0.0:
                continue
            z = node * places + x
            for e in range(first_edge[z], first_edge[z + 1]):
                moved[target[e], x] += here * stay[e]
                moved[target[e], up[x]] += here * rise[e]
    for node in range(nodes):
        for x in range(places):
            mass[node, x] = 0.0
        for x in range(places):
            here = moved[node, x]
            if here != 0.0:
                for then in range(places):
                    mass[node, then] += here * mixing[x, then]


@loop_kernel
def _advance_once(mass, moved, first_edge, target, stay, rise, mixing, up):  # type: ignore[no-untyped-def]
    _step(mass, moved, first_edge, target, stay, rise, mixing, up)


@loop_kernel
def _discounted(  # type: ignore[no-untyped-def]
    periods, first_edge, target, stay, rise, mixing, up, payoffs, discount, node, place, scratch, total
):
    mass, moved, factor = scratch
    places = mixing.shape[0]
    mass[node, place] = 1.0
    for _ in range(periods):
        for z in range(payoffs.shape[0]):
            here = mass[z // places, z % places]
            if here != 0.0:
                for actor in range(discount.size):
                    total[actor] += factor[actor] * here * payoffs[z, actor]
        for actor in range(discount.size):
            factor[actor] *= discount[actor]
        _step(mass, moved, first_edge, target, stay, rise, mixing, up)


@loop_kernel
def _propagate(  # type: ignore[no-untyped-def]
    periods,
    first_edge,
    target,
    stay,
    rise,
    kind,
    mixing,
    up,
    phase,
    followed,
    elapsed,
    events,
    traits,
    levels,
    discount,
    node,
    place,
    scratch,
    written,
):
    """Carry all layers forward; see `PathSums` for what is written.

    The sums are those of the first leaver 0, of the first leaver 1, of crises, of mirrored notices and of delays.
    """
    mass, moved, factor = scratch
    curves, expectations, discounted, sums = written
    num_layers = 6
    places = mixing.shape[0]
    nodes = phase.size
    for layer in range(num_layers):
        mass[node, place, layer] = 1.0
    mass[node, place, AWAITED] = 0.0
    if phase[node] == ENDED:
        mass[node, place, STANDING] = 0.0
    for t in range(periods + 1):
        for n in range(nodes):
            for x in range(places):
                here = mass[n, x, ALL]
                if here == 0.0:
                    continue
                for layer in range(num_layers):
                    curves[t, layer] += mass[n, x, layer]
                for k in range(traits.shape[1]):
                    expectations[t, k] += here * traits[n, k]
                expectations[t, traits.shape[1]] += here * levels[x]
        if t == periods:
            break
        for n in range(nodes):
            for x in range(places):
                for layer in range(num_layers):
                    moved[n, x, layer] = 0.0
        for n in range(nodes):
            for x in range(places):
                here = mass[n, x, ALL]
                if here == 0.0:
                    continue
                z = n * places + x
                for actor in range(discount.size):
                    discounted[z, actor] += factor[actor] * here
                sums[0] += mass[n, x, UNTOUCHED] * events[0, z]
                sums[1] += mass[n, x, UNTOUCHED] * events[1, z]
                sums[2] += here * events[2, z]
                above = up[x]
                for e in range(first_edge[z], first_edge[z + 1]):
                    then = target[e]
                    for layer in range(num_layers):
                        into = layer
                        if layer == UNTOUCHED and kind[e] == NOTICE:
                            into = AWAITED
                        if (layer == KEPT and kind[e] == RESCISSION) or (
                            layer == UNRESTORED and kind[e] == RESTORATION
                        ):
                            continue
                        moved[then, x, into] += mass[n, x, layer] * stay[e]
                        moved[then, above, into] += mass[n, x, layer] * rise[e]
        for actor in range(discount.size):
            factor[actor] *= discount[actor]
        for n in range(nodes):
            for x in range(places):
                for layer in range(num_layers):
                    mass[n, x, layer] = 0.0
            for x in range(places):
                if moved[n, x, ALL] == 0.0:
                    continue
                for then in range(places):
                    law = mixing[x, then]
                    if law != 0.0:
                        for layer in range(num_layers):
                            mass[n, then, layer] += law * moved[n, x, layer]
            for x in range(places):
                if phase[n] == ENDED:
                    mass[n, x, STANDING] = 0.0
                if phase[n] != IN_NOTICE:
                    mass[n, x, AWAITED] = 0.0
                elif followed[n]:
                    sums[3] += mass[n, x, AWAITED]
                    sums[4] += mass[n, x, AWAITED] * elapsed[n]
                    mass[n, x, AWAITED] = 0.0
