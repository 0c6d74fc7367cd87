"""What machine and expert changed in each other, and how the expert relies on it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from app.components.address_choice import choose_pill
from app.components.facts import part_title
from app.components.interval import interval_metric
from app.components.learnt_list import learnt_list
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from app.views.my_learning.words import before_after_words, changes_sentence, reliance_figures
from rhml_core.measures.reliance import Reliance
from rhml_core.workflows.learner.learning import PersonLearning
from rhml_core.workflows.learner.learnt_messages import LearntMessage


def show_machine(
    learning: PersonLearning,
    find: Callable[[Sequence[str]], list[LearntMessage]],
    colours: Mapping[str, str],
    *,
    is_own: bool,
) -> None:
    """Draw whose mind changed, with the messages, and the figures of reliance."""
    left, right = two_sides((3, 2), (26, 18), key="machine_sides")
    with left, st.container(gap="small", key="mind_changes"):
        _show_changes(learning, find, colours, is_own=is_own)
    with right, st.container(gap="small", key="reliance"):
        part_title("Relying on the machine")
        show_reliance_figures(learning.reliance)


def _show_changes(
    learning: PersonLearning,
    find: Callable[[Sequence[str]], list[LearntMessage]],
    colours: Mapping[str, str],
    *,
    is_own: bool,
) -> None:
    changes = learning.mind_changes
    part_title(changes_sentence(changes, who="your" if is_own else "this expert's"))
    kinds = {
        "better": (f"For the better {len(changes.rightly):,}", changes.rightly),
        "worse": (f"For the worse {len(changes.wrongly):,}", changes.wrongly),
        "open": (f"Not settled {len(changes.undecided):,}", changes.undecided),
        "taught": (
            f"{'You' if is_own else 'They'} taught it {len(learning.taught):,}",
            tuple(one.message_id for one in learning.taught),
        ),
    }
    filled = {name: words for name, (words, found) in kinds.items() if found}
    if not filled:
        quiet_line(
            "Where the machine differs, it first shows what it noticed, then its answer. What "
            "you make of it, and what it takes over from you, is listed here."
        )
        return
    chosen = choose_pill(
        "changed", filled, key="changed", title="Whose mind changed", default=next(iter(filled))
    )
    if chosen == "taught":
        quiet_line("The machine said otherwise when you judged these; now it says the same.")
    shown = find(kinds[chosen][1])
    if not shown:
        quiet_line("These messages are before you again, so they stay closed for now.")
        return
    learnt_list(shown, learning.expert, colours, key=f"changed_{chosen}", title=kinds[chosen][0])


def show_reliance_figures(reliance: Reliance) -> None:
    """Draw the four figures of reliance, two by two, and accuracy before and after."""
    figures = reliance_figures(reliance)
    if all(estimate.interval is None for _, estimate in figures):
        quiet_line(figures[0][1].missing)
        return
    for pair in (figures[:2], figures[2:]):
        for column, (name, estimate) in zip(st.columns(2), pair, strict=True):
            with column:
                interval_metric(
                    name,
                    estimate.interval,
                    n_word="turns",
                    missing=estimate.missing,
                )
    quiet_line(before_after_words(reliance))
