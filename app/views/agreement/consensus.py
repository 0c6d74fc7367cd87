"""How votes come to one label, and how good each voter is: for supervisors."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.components.address import open_view
from app.components.address_choice import choose_in_list
from app.components.agreement_charts import draw_whiskers
from app.components.counted import counted
from app.components.facts import facts, leading_fact, part_title
from app.components.plain_lines import quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.messages.listing import BASIS, JUDGED_BY
from rhml_core.domain import Person, Project
from rhml_core.workflows.agreement.agreement import Consensus, consensus_of
from rhml_core.workflows.agreement.words import row_words
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.workplace import Workplace

_METHODS = {
    "dawid-skene": "Votes are weighed (Dawid and Skene)",
    "majority": "Votes are counted (majority)",
}
_FEW = 30
_N_MEANS = "judgements on messages with that label, each as far as the label is believed"
_COMPETENCE_MEANS = "chance of the right label on a message drawn from all, 0 to 1"


def show_consensus(place: Workplace, person: Person, project: Project) -> None:
    """Draw the part."""
    found = consensus_of(place, person, project.project_id)
    if found is None:
        st.text("The consensus is being worked out; it appears here by itself.")
        return
    names = {one.person_id: one.name for one in list_experts(place, project.project_id)}
    left, right = two_sides((1, 1), (24, 24), key="consensus_sides")
    with left:
        part_title(_METHODS[found.method])
        st.text(found.reason)
        _show_counts(found)
    with right:
        part_title("How good each person's answers are", note="seen by supervisors alone")
        if found.too_thin:
            st.text(f"Undefined, because: {found.too_thin}")
        else:
            _show_competences(found, names)
    if not found.too_thin:
        _show_taken_for(found, names)


def _show_counts(found: Consensus) -> None:
    """Draw how many messages have a label, and from where; each number leads to its messages."""
    counts = (
        ("decided", "settled messages", found.n_adjudicated),
        ("votes", "messages whose label follows from the votes", found.n_agreed),
        ("tied", "messages whose votes are tied", found.n_open),
    )
    with st.container(gap=None, key="consensus_counts"):
        for basis, words, n in counts:
            if not n:
                facts([(words, "0")])
            elif leading_fact(words, f"{n:,}", key=f"consensus_{basis}", way="Read them"):
                open_view("messages", **{BASIS: basis})


def _show_competences(found: Consensus, names: Mapping[str, str]) -> None:
    shown = found.by_rater.with_columns(name=pl.col("expert_id").replace(dict(names)))
    frame = shown.select("name", "low", "high", "n", value="competence")
    draw_whiskers(frame, measure="competence", title="Competence", key="competence")
    rows = [
        (
            row["name"],
            [
                (row_words(row["competence"], row["low"], row["high"], None), ""),
                (f"{row['n']:,}" + (" (few)" if row["n"] < _FEW else ""), ""),
            ],
        )
        for row in shown.iter_rows(named=True)
    ]
    part = f" of {found.n_judgements:,}" if found.n_measured < found.n_judgements else ""
    quiet_line(f"Measured on {found.n_measured:,}{part} judgements.")
    heads = (("person", ""), ("competence", _COMPETENCE_MEANS), ("n", "judgements"))
    plain_table(heads, rows, title="Competence of each person")


def _show_taken_for(found: Consensus, names: Mapping[str, str]) -> None:
    ids = found.by_rater["expert_id"].to_list()
    part_title("What a person takes for what")
    choices = {one: names.get(one, one) for one in ids}
    with st.container(horizontal=True, vertical_alignment="center", key="consensus_who"):
        chosen = choose_in_list("who", choices, key="who", title="Who", default=ids[0])
        if st.button(
            _way_words(found, chosen),
            key="consensus_judged",
            type="tertiary",
            icon=":material/arrow_forward:",
            icon_position="right",
        ):
            open_view("messages", **{JUDGED_BY: chosen})
    cells = found.confusion.filter(pl.col("expert_id") == chosen)
    labels = cells["label"].unique(maintain_order=True).to_list()
    rows = []
    for truth, part in cells.group_by("true_label", maintain_order=True):
        by_label = {row["label"]: row for row in part.iter_rows(named=True)}
        n = part["n"][0]
        told = [(_share(by_label[name]), "") for name in labels if name in by_label]
        rows.append((str(truth[0]), [*told, (f"{n:.0f}" + (" (few)" if n < _FEW else ""), "")]))
    heads = [("label known to be right", ""), *((f"says {name}", "") for name in labels)]
    plain_table([*heads, ("n", _N_MEANS)], rows, title="Taken for")
    quiet_line(
        "Shares of the answers to messages of each label known to be right, with 95 % intervals."
    )


def _way_words(found: Consensus, expert_id: str) -> str:
    """What leads to a person's messages: how many, where competence is measured on all of them."""
    if found.n_measured < found.n_judgements:
        return "Read the messages that they judged"
    n = found.by_rater.filter(pl.col("expert_id") == expert_id)["n"].item()
    return f"Read the {counted(n, 'message')} that they judged"


def _share(row: Mapping[str, float | None]) -> str:
    return row_words(row["share"], row["low"], row["high"], None)
