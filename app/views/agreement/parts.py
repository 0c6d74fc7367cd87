"""Agreement pair by pair, label by label, cycle by cycle and by kind of message."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app.components.address import filter_value, open_view
from app.components.address_choice import choose_in_list
from app.components.agreement_charts import draw_trend, draw_whiskers
from app.components.counted import counted
from app.components.facts import part_title
from app.components.marks import label_colours
from app.components.matrix import PAIRS_OF_ANSWERS, matrix
from app.components.pair_map import pair_map, raters_in_order
from app.components.plain_lines import plain_lines, quiet_line
from app.components.plain_table import plain_table
from app.components.two_sides import two_sides
from app.views.agreement.leads import show_ways
from rhml_core.domain import MACHINE_RATER, Person, Project, Role
from rhml_core.measures.estimates import Estimate
from rhml_core.safe_text import plain
from rhml_core.workflows.agreement.agreement import (
    AgreementOverview,
    confusion,
    cycle_agreement,
    label_agreement,
    pair_agreement,
    value_agreement,
)
from rhml_core.workflows.agreement.figures import StageFigures
from rhml_core.workflows.agreement.reporting import MOST_RATERS_DRAWN, most_shared
from rhml_core.workflows.agreement.words import (
    INTERVALS_COME_FROM,
    KAPPA_MEANS,
    MEASURES,
    bounds,
    row_words,
    same_words,
)
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.disputes.contested_filters import (
    ContestedFilters,
    count_fitting,
    filter_choices,
)
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.workplace import Workplace

_MARK = "~"
_MOST_ROWS = 60
_MOST_WAYS = 6
_PAIR_HEADS = (
    ("pair", ""),
    ("kappa", KAPPA_MEANS),
    ("same", "share of the messages with the same label from both, with its 95 % interval"),
    ("n", "messages that both answered"),
)


def pair_filters(pair: tuple[str, str], experts: Sequence[Person]) -> dict[str, str]:
    """
    What the address of Disagreements holds so that it shows where two raters differ.

    Args:
        pair: identifiers; the machine may be the second.
        experts: as that page lists them.
    """
    if MACHINE_RATER in pair:
        (one,) = (rater for rater in pair if rater != MACHINE_RATER)
        return {"kind": "machine", "expert": one}
    ordered = [one.person_id for one in experts if one.person_id in pair]
    return {"kind": "experts", "expert": _MARK.join(ordered)}


def show_pairs(
    place: Workplace, person: Person, project: Project, overview: AgreementOverview
) -> None:
    """Draw the map of pairs, their table, and the overall measures."""
    experts = list_experts(place, project.project_id)
    pairs = pair_agreement(place, person, project.project_id)
    left, right = two_sides((3, 2), (29, 18), key="pairs_sides")
    with left:
        part_title("Each pair", note="Cohen's kappa")
        if pairs.is_empty():
            st.text("Undefined, because no two people have judged the same message yet.")
        else:
            _show_map(pairs, experts)
    with right:
        part_title("All together")
        if overview.now:
            _show_measures(overview.now)
    if pairs.height:
        part_title("The pairs in figures", note=_shown_of(pairs))
        plain_table(_PAIR_HEADS, _pair_rows(pairs, experts), title="Agreement of each pair")


def _show_map(pairs: pl.DataFrame, experts: Sequence[Person]) -> None:
    drawn = most_shared(pairs, MOST_RATERS_DRAWN)
    n_raters = len(raters_in_order(pairs, experts))
    some = (
        f" The {MOST_RATERS_DRAWN} of {n_raters:,} who share most messages."
        if n_raters > MOST_RATERS_DRAWN
        else ""
    )
    caption = f"1 is perfect, 0 is chance. Choose a field to see where the two differ.{some}"
    chosen = pair_map(drawn, experts, key="pair_map", caption=caption)
    if chosen:
        open_view("disagreements", **pair_filters(chosen, experts))


def _show_measures(figures: StageFigures) -> None:
    rows = [
        (name, [(_figure_words(getattr(figures, measure)), means)])
        for measure, (name, means) in MEASURES.items()
    ]
    heads = (("measure", ""), ("value and 95 % interval", INTERVALS_COME_FROM))
    plain_table(heads, rows, title="Overall agreement")
    quiet_line(figures.reading)
    with st.expander("How these differ"):
        plain_lines([f"{name}: {means}" for name, means in MEASURES.values()])


def _figure_words(figure: Estimate) -> str:
    if figure.interval is None:
        return f"undefined, because: {figure.missing}"
    return f"{bounds(figure.interval)}, n = {figure.interval.n:,}"


def _pair_rows(
    pairs: pl.DataFrame, experts: Sequence[Person]
) -> list[tuple[str, list[tuple[str, str]]]]:
    names = {one.person_id: one.name for one in experts} | {MACHINE_RATER: "the machine"}
    return [
        (
            f"{names.get(row['a'], row['a'])} and {names.get(row['b'], row['b'])}",
            [
                (row_words(row["kappa"], row["low"], row["high"], row["undefined"]), ""),
                (same_words(row["agreement"], row["n"]), ""),
                (f"{row['n']:,}", ""),
            ],
        )
        for row in pairs.sort("n", descending=True).head(_MOST_ROWS).iter_rows(named=True)
    ]


def _shown_of(pairs: pl.DataFrame) -> str:
    if pairs.height <= _MOST_ROWS:
        return f"n = {pairs.height:,} pairs"
    return f"the {_MOST_ROWS} of {pairs.height:,} pairs that share most; Tables has all"


def show_labels(place: Workplace, person: Person, project: Project) -> None:
    """Draw alpha by label, and which labels people mix up with each other."""
    codebook = get_codebook(place, project.project_id)
    found = label_agreement(place, person, project.project_id)
    counts = confusion(place, person, project.project_id, between="experts")
    left, right = two_sides((4, 5), (22, 29), key="labels_sides")
    with left:
        if found.is_empty():
            st.text("Undefined, because no message has labels from two people yet.")
        frame = found.select("low", "high", "n", name="label", value="alpha")
        draw_whiskers(frame, measure="alpha", title="Alpha by label", key="alpha_by_label")
        rows = [
            (row["label"], [(_row(row), ""), (f"{row['n']:,}", ""), (f"{row['n_with']:,}", "")])
            for row in found.iter_rows(named=True)
        ]
        heads = (
            ("label", ""),
            ("alpha", "of this label against all others taken as one"),
            ("n", "messages that two or more people judged"),
            ("with it", "those of them that got this label from somebody"),
        )
        plain_table(heads, rows, title="Alpha by label")
        names = found["label"].to_list()
        wanted = [ContestedFilters(kind="experts", label=name) for name in names]
        show_ways(_counted(place, person, project, names, wanted), key="label_way")
    with right:
        part_title("Which labels are mixed up", note="between people")
        if counts.is_empty():
            st.text("Undefined, because no message has labels from two people yet.")
            return
        n_pairs = int(counts["n"].sum()) // 2
        cell = matrix(
            counts,
            codebook.names,
            key="label_matrix",
            colours=label_colours(codebook),
            row_title="one expert",
            column_title="another",
            caption=f"n = {counted(n_pairs, *PAIRS_OF_ANSWERS)}, each in both directions. Choose a "
            "count to read which of its messages are still contested.",
            noun=PAIRS_OF_ANSWERS,
            opens_agreeing=False,
        )
        if cell:
            open_view("disagreements", kind="experts", pair=_MARK.join(cell))
        _offer_repair(counts, person)


def _offer_repair(counts: pl.DataFrame, person: Person) -> None:
    """Draw a way to the definitions of those labels that are mixed up most."""
    mixed = (
        counts.filter(pl.col("label_a") < pl.col("label_b"))
        .sort("n", "label_a", descending=[True, False])
        .head(_MOST_WAYS)
    )
    if mixed.is_empty():
        return
    part_title("Most often mixed up", note="to the definitions of both")
    with st.container(horizontal=True, gap="small", key="mixed_pairs"):
        for one, other, n in mixed.iter_rows():
            words = plain(f"{one} vs {other} ({n:,})")
            icon = "edit_note" if person.may(Role.SUPERVISOR) else "list_alt"
            if st.button(words, key=f"repair_{one}_{other}", icon=f":material/{icon}:"):
                open_view("codebook", pair=_MARK.join((one, other)))


def show_cycles(place: Workplace, person: Person, project: Project) -> None:
    """Draw alpha cycle by cycle, of all labels or of one."""
    found = cycle_agreement(place, person, project.project_id)
    labels = found["label"].drop_nulls().unique(maintain_order=True).to_list()
    choices = {"": "All labels"} | {name: name for name in labels}
    chosen = choose_in_list("label", choices, key="label", title="Which label")
    of = pl.col("label") == chosen if chosen else pl.col("label").is_null()
    shown = found.filter(of)
    frame = shown.select("cycle", "low", "high", "n", value="alpha", name=pl.lit("alpha"))
    draw_trend(frame, title=f"Alpha by cycle: {choices[chosen]}", key="alpha_by_cycle")
    rows = [
        (f"Cycle {row['cycle']}", [(_row(row), ""), (f"{row['n']:,}", "")])
        for row in shown.iter_rows(named=True)
    ]
    heads = (("cycle", ""), ("alpha", "with its 95 % interval"), ("n", "shared messages"))
    plain_table(heads, rows, title="Alpha by cycle")
    cycles = shown["cycle"].to_list()[-_MOST_WAYS:]
    wanted = [ContestedFilters(kind="experts", label=chosen or None, cycle=one) for one in cycles]
    names = [f"Cycle {one}" for one in cycles]
    show_ways(_counted(place, person, project, names, wanted), key="cycle_way")
    quiet_line("A cycle ends with a training run; a message counts where its newest label falls.")


def show_before_and_after(overview: AgreementOverview) -> None:
    """Draw every measure of the first answers beside the same of the answers now."""
    if overview.now is None or overview.first is None:
        return
    rows = [
        (
            name,
            [
                (_figure_words(getattr(overview.first, measure)), means),
                (_figure_words(getattr(overview.now, measure)), means),
            ],
        )
        for measure, (name, means) in MEASURES.items()
    ]
    heads = (
        ("measure", ""),
        ("before: first answers", "given before the machine spoke"),
        ("after: answers now", "the newest answer of each person"),
    )
    plain_table(heads, rows, title="Agreement before and after the machine spoke")
    quiet_line(
        "Agreement that grows only after the machine spoke may be agreement with the machine, "
        "not among people."
    )


def show_values(place: Workplace, person: Person, project: Project) -> None:
    """Draw alpha on the messages of each value of a field that can be chosen."""
    found = value_agreement(place, person, project.project_id)
    fields = found["field"].unique(maintain_order=True).to_list()
    if not fields:
        st.text(
            "No field of the messages has 2 to 20 values, so there are no kinds to compare. "
            "Author, language and metadata columns count."
        )
        return
    wanted = filter_value("field")
    default = wanted if wanted in fields else fields[0]
    choices = {name: name for name in fields}
    chosen = choose_in_list("field", choices, key="field", title="Which field", default=default)
    shown = found.filter(pl.col("field") == chosen)
    frame = shown.select("low", "high", "n", name="value", value="alpha")
    draw_whiskers(frame, measure="alpha", title=f"Alpha by {chosen}", key="alpha_by_value")
    rows = [
        (row["value"], [(_row(row), ""), (f"{row['n']:,}", "")])
        for row in shown.iter_rows(named=True)
    ]
    heads = ((chosen, ""), ("alpha", "with its 95 % interval"), ("n", "shared messages"))
    plain_table(heads, rows, title=f"Alpha by {chosen}")
    offered = filter_choices(place, person, project.project_id).metadata
    values = [value for name, value, _ in offered if name == chosen]
    kinds = [ContestedFilters(kind="experts", metadata=(chosen, value)) for value in values]
    show_ways(_counted(place, person, project, values, kinds), key="value_way")


def _counted(
    place: Workplace,
    person: Person,
    project: Project,
    words: Sequence[str],
    wanted: Sequence[ContestedFilters],
) -> list[tuple[str, ContestedFilters, int]]:
    counts = count_fitting(place, person, project.project_id, wanted)
    return list(zip(words, wanted, counts, strict=True))


def _row(row: dict[str, object]) -> str:
    value, low, high = (row[name] for name in ("alpha", "low", "high"))
    return row_words(value, low, high, row["undefined"])  # type: ignore[arg-type]
