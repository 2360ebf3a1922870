r"""From vertex pairs to the equilibrium set: maximal Nash subsets and connected components.

Join a vertex :math:`x` of one best-response polytope to a vertex :math:`y` of the other when :math:`(x, y)`
is an equilibrium.  The equilibrium set is the union of :math:`\mathrm{conv} X × \mathrm{conv} Y` over the
maximal complete bipartite subgraphs :math:`X × Y`, the *maximal Nash subsets*, and its connected components
are those of the graph.

References
----------
Avis, Rosenberg, Savani & von Stengel (2010), Enumeration of Nash equilibria for two-player games,
Economic Theory 42, section 5. Jansen (1981), Maximal Nash subsets for bimatrix games.
"""

from collections.abc import Iterable

Edge = tuple[int, int]
Subset = tuple[frozenset[int], frozenset[int]]


def connected_components(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Return the edges of a bipartite graph grouped by connected component, in order of first appearance.

    Examples
    --------
    >>> connected_components([(0, 0), (1, 1), (0, 2)])
    [[(0, 0), (0, 2)], [(1, 1)]]
    """
    groups: list[list[Edge]] = []
    for edge in edges:
        touching = [group for group in groups if any(edge[0] == x or edge[1] == y for x, y in group)]
        if not touching:
            groups.append([edge])
            continue
        first, *others = touching
        for group in others:
            first.extend(group)
            groups.remove(group)
        first.append(edge)
    return groups


def maximal_subsets(edges: Iterable[Edge]) -> list[Subset]:
    """Return all maximal complete bipartite subgraphs (X, Y), ordered by their least members.

    Examples
    --------
    >>> [(sorted(x), sorted(y)) for x, y in maximal_subsets([(0, 0), (0, 1), (1, 1)])]
    [([0], [0, 1]), ([0, 1], [1])]
    """
    neighbours: dict[int, set[int]] = {}
    for x, y in edges:
        neighbours.setdefault(x, set()).add(y)
    closed: set[frozenset[int]] = set()
    for around in neighbours.values():  # every maximal Y is an intersection of neighbourhoods
        closed |= {frozenset(around)} | {known & around for known in closed}
    closed.discard(frozenset())
    subsets = [(frozenset(x for x, around in neighbours.items() if ys <= around), ys) for ys in closed]
    return sorted(subsets, key=lambda subset: (sorted(subset[0]), sorted(subset[1])))
