"""Filters of contested messages, in the address: labels, people, cycle and metadata."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_in_list, removable_pill
from rhml_core.domain import Codebook, Person
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, FilterChoices

Kind = Literal["all", "experts", "machine"]

MARK = "~"
"""Between two names in the address."""

NAMES = ("kind", "label", "pair", "expert", "cycle", "meta")
"""The filters in the address."""

PLACE = ("message",)
"""What a new choice takes out of the address."""


def pair_in_address(text: str, names: Sequence[str]) -> tuple[str, str] | None:
    """
    The pair of names that the address holds, as in `sale~tooling`; None where it holds none.

    >>> pair_in_address("sale~tooling", ["sale", "tooling"])
    ('sale', 'tooling')
    >>> pair_in_address("sale~nothing", ["sale", "tooling"]) is None
    True
    """
    for first in names:
        for second in names:
            if text == f"{first}{MARK}{second}":
                return first, second
    return None


def choose_filters(
    experts: Sequence[Person], codebook: Codebook, choices: FilterChoices
) -> ContestedFilters:
    """
    Draw a button that opens the filters that have something to choose; what is chosen.

    How many are set is said on the button; the two labels stand beside it.
    """
    pair = pair_in_address(filter_value("pair"), codebook.names)
    if pair:
        removable_pill("pair", " vs ".join(pair), key="pair_pill")
    label = filter_value("label") if filter_value("label") in codebook.names else None
    if label:
        removable_pill("label", label, key="label_pill")
    n_set = sum(bool(filter_value(name)) for name in ("expert", "cycle", "meta"))
    words = f"Filters: {n_set} set" if n_set else "Filters"
    with (
        st.popover(words, icon=":material/filter_list:", key="open_filters"),
        st.container(gap="small", key="open_filter_lists"),
    ):
        if not pair:
            _choose_labels(choices)
        who = _choose_people(experts)
        cycle = _choose_cycle(choices)
        metadata = _choose_metadata(choices)
    both = pair_in_address(who, [one.person_id for one in experts])
    return ContestedFilters(
        label=label,
        label_pair=pair,
        expert_id=None if both else who or None,
        expert_pair=both,
        cycle=cycle,
        metadata=metadata,
    )


def kind_named(name: str) -> Kind:
    """The kind of disagreement that an address names; `all` where it names none."""
    return "experts" if name == "experts" else "machine" if name == "machine" else "all"


def filter_words(wanted: ContestedFilters, names: Mapping[str, str]) -> str:
    """
    Filters as words; `names` of people by identifier.

    >>> filter_words(ContestedFilters(kind="experts", label_pair=("Sale", "Leak"), cycle=3), {})
    'Sale vs Leak, between experts, cycle 3'
    """
    people = wanted.expert_pair or ((wanted.expert_id,) if wanted.expert_id else ())
    parts = [
        " vs ".join(wanted.label_pair or ()),
        wanted.label or "",
        {"experts": "between experts", "machine": "with the machine"}.get(wanted.kind, ""),
        " against ".join(names.get(one, one) for one in people),
        f"cycle {wanted.cycle}" if wanted.cycle else "",
        " ".join(wanted.metadata or ()),
    ]
    return ", ".join(part for part in parts if part)


def filters_kept() -> dict[str, str]:
    """The filters that stand in the address, to be taken along to another page."""
    return {name: filter_value(name) for name in NAMES if filter_value(name)}


def forget_filters() -> None:
    """Take every filter out of the address."""
    for name in NAMES:
        set_filter(name, None)


def _choose_labels(choices: FilterChoices) -> None:
    """Draw the pairs of labels; one that is chosen is read from the address at the next run."""
    if not choices.label_pairs:
        return
    pairs = {
        MARK.join((one, other)): f"{one} vs {other} ({n:,})"
        for one, other, n in choices.label_pairs
    }
    choose_in_list("pair", {"": "Any labels"} | pairs, key="pair", title="Two labels", resets=PLACE)


def _choose_people(experts: Sequence[Person]) -> str:
    names = {"": "Everyone"} | {one.person_id: one.name for one in experts}
    names |= {
        f"{a.person_id}{MARK}{b.person_id}": f"{a.name} against {b.name}"
        for a, b in combinations(experts, 2)
    }
    return choose_in_list("expert", names, key="expert", title="Who takes part", resets=PLACE)


def _choose_cycle(choices: FilterChoices) -> int | None:
    if choices.n_cycles == 1:
        return None
    cycles = {"": "All cycles"} | {
        str(number): f"Cycle {number}" for number in range(1, choices.n_cycles + 1)
    }
    chosen = choose_in_list("cycle", cycles, key="cycle", title="When last judged", resets=PLACE)
    return int(chosen) if chosen else None


def _choose_metadata(choices: FilterChoices) -> tuple[str, str] | None:
    if not choices.metadata:
        return None
    named = {f"{name}={value}": (name, value) for name, value, _ in choices.metadata}
    words = {f"{name}={value}": f"{name}: {value} ({n:,})" for name, value, n in choices.metadata}
    chosen = choose_in_list(
        "meta", {"": "Any metadata"} | words, key="meta", title="Metadata", resets=PLACE
    )
    return named.get(chosen)
