"""Where nodes lie when nobody has put them anywhere: labels in the middle, the rest beside them."""

from collections.abc import Collection, Mapping, Sequence

from rhml_core.concept_map import NodeKind, Proposition

ROW = 62.0
COLUMN = 190.0
_MIDDLE = 170.0
"""Between the two columns of labels."""
_DEEPEST = 7
"""Nodes beside one label that stand in one column before another is begun."""

_Group = tuple[str, list[str]]
"""A label, or "" for none, with what stands beside it."""


def arranged(
    kinds: Mapping[str, NodeKind], said: Collection[Proposition]
) -> dict[str, tuple[float, float]]:
    """
    A place for each node: labels in two columns, what speaks for each of them on its outer side.

    Traits stand below concepts, nodes that are linked to no label last. No two share a place.

    Args:
        kinds: kind of each node, by key, in the order wanted from top to bottom.
        said: the propositions between them.

    Returns:
        Centre of each node, by key, in the order of `kinds`.
    """
    home = _homes(kinds, said)
    groups: list[_Group] = []
    for label in [key for key, kind in kinds.items() if kind is NodeKind.LABEL] + [""]:
        beside = [key for key in home if home[key] == label]
        beside.sort(key=lambda key: kinds[key] is NodeKind.TRAIT)
        groups.append((label, beside))
    left, right = _halves([one for one in groups if one[0] or one[1]])
    places = _side(left, x=0.0, way=-1.0) | _side(right, x=_MIDDLE, way=1.0)
    return {key: places[key] for key in kinds}


def _halves(groups: Sequence[_Group]) -> tuple[list[_Group], list[_Group]]:
    """The groups cut where both halves are most nearly as high."""
    rows = [_n_rows(one) for one in groups]
    cut = min(range(len(groups) + 1), key=lambda at: abs(sum(rows[:at]) - sum(rows[at:])))
    return [*groups[:cut]], [*groups[cut:]]


def _n_columns(group: _Group) -> int:
    return max(1, -(-len(group[1]) // _DEEPEST))


def _n_rows(group: _Group) -> int:
    return max(-(-len(group[1]) // _n_columns(group)), 1)


def _side(groups: Sequence[_Group], *, x: float, way: float) -> dict[str, tuple[float, float]]:
    places: dict[str, tuple[float, float]] = {}
    y = -sum(_n_rows(one) + 0.25 for one in groups) * ROW / 2
    for label, beside in groups:
        n_columns, n_rows = _n_columns((label, beside)), _n_rows((label, beside))
        first = 1 if label else 0
        for place, key in enumerate(beside):
            row, column = divmod(place, n_columns)
            places[key] = (x + way * (column + first) * COLUMN, y + row * ROW)
        if label:
            places[label] = (x, y + (n_rows - 1) * ROW / 2)
        y += (n_rows + 0.25) * ROW
    return places


def _homes(kinds: Mapping[str, NodeKind], said: Collection[Proposition]) -> dict[str, str]:
    """The label beside which each other node stands; "" for none."""
    homes = {key: "" for key, kind in kinds.items() if kind is not NodeKind.LABEL}
    ordered = sorted(said, key=lambda one: (one.kind.value != "indicates", one))
    for one in ordered:
        for end, other in ((one.subject, one.object), (one.object, one.subject)):
            if homes.get(end) == "" and kinds[other] is NodeKind.LABEL:
                homes[end] = other
    for one in ordered:  # what is linked to a concept stands beside the concept's label
        for end, other in ((one.subject, one.object), (one.object, one.subject)):
            if homes.get(end) == "" and homes.get(other):
                homes[end] = homes[other]
    return homes
