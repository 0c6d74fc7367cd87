"""The filters of the journal: whose, label, cycle and status, all of them in the address."""

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_in_list, choose_pill
from rhml_core.domain import Codebook, ConceptStatus
from rhml_core.workflows.journal.cards import JournalFilters, JournalPage

MINE = "mine"
PLACE = ("page", "concept")
"""What a new choice takes out of the address."""

_WIDTH = 130  # so that all filters stand on one line
_NAMES = ("who", "label", "cycle", "status")
_WORDS = {
    ConceptStatus.NEW: "New",
    ConceptStatus.ADOPTED: "Adopted",
    ConceptStatus.REJECTED: "Rejected",
}


def filters_in_address() -> JournalFilters:
    """What the address asks for; what it cannot mean is left out."""
    cycle, status = filter_value("cycle"), filter_value("status")
    return JournalFilters(
        is_mine=filter_value("who") == MINE,
        label=filter_value("label"),
        cycle=int(cycle) if cycle.isdecimal() else None,
        status=ConceptStatus(status) if status in list(ConceptStatus) else None,
    )


def forget_filters() -> None:
    """Take every filter, and the place on the page, out of the address."""
    for name in (*_NAMES, *PLACE):
        set_filter(name, None)


def choose_concepts(page: JournalPage, codebook: Codebook) -> None:
    """Draw the filters; a choice is read from the address at the next run of the page."""
    statuses = {"": f"All {sum(page.n_by_status.values()):,}"}
    statuses |= {one.value: f"{_WORDS[one]} {page.n_by_status[one]:,}" for one in ConceptStatus}
    choose_pill("status", statuses, key="status", title="Status", resets=PLACE)
    whose = {"": "The team", MINE: "Mine"}
    choose_in_list("who", whose, key="whose", title="Whose", resets=PLACE, width=_WIDTH)
    names = [name for name in codebook.names if name in page.labels]
    names += [name for name in page.labels if name not in names]
    choose_in_list(
        "label",
        {"": "All labels"} | {name: name for name in names},
        key="label_of_concept",
        title="Label",
        resets=PLACE,
        width=_WIDTH,
    )
    if page.n_cycles > 1:
        cycles = {str(number): f"Cycle {number}" for number in range(page.n_cycles, 0, -1)}
        choose_in_list(
            "cycle",
            {"": "All cycles"} | cycles,
            key="cycle",
            title="Cycle",
            resets=PLACE,
            width=_WIDTH,
        )
