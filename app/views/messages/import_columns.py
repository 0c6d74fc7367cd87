"""Which column of a file holds what, and which messages are held out."""

from dataclasses import dataclass, replace

import streamlit as st

from app.components.counted import counted
from app.components.message_table import table_frame
from app.components.plain_lines import quiet_line
from rhml_core.exchange.mapping import Mapping, Reason
from rhml_core.safe_text import one_line
from rhml_core.workflows.files.importing import FilePreview

_FACTS = {
    "text": "Text",
    "id": "Identifier",
    "author": "Author",
    "time": "Time",
    "thread": "Thread",
    "reply_to": "Reply to",
    "language": "Language",
    "label": "Labels given before",
}
_HELP = {
    "label": "Kept apart from the messages, so that nobody sees it before they judge. You can "
    "take these labels in afterwards.",
}
_BY_COLUMN, _AT_RANDOM, _NONE = "a column says", "draw at random", "no hold-out"
_USUAL_PERCENT = 20
_ONE = 100
_FIELD_WIDTH, _TEXT_WIDTH = 212, 420
_MOST_NAMED = 6


@dataclass(frozen=True)
class ColumnChoice:
    """What a person chose; `holdout_share` is None where a column says it, or nothing does."""

    mapping: Mapping
    holdout_share: float | None


def rows_line(name: str, preview: FilePreview) -> str:
    """What the file holds, in words."""
    broken = f", {preview.n_broken:,} of them cannot be read" if preview.n_broken else ""
    return f"{name}: {counted(preview.n_rows, 'row')}{broken}. The first {preview.rows.height:,}:"


def choose_columns(preview: FilePreview) -> ColumnChoice:
    """Draw the first rows, the mapping and the hold-out; what stands there now."""
    st.dataframe(
        table_frame(preview.rows),
        hide_index=True,
        height=112,
        key="import_preview",
        alt="First rows of the file",
        column_config={
            one: st.column_config.TextColumn(one_line(one), width=_width(one, preview))
            for one in preview.columns
        },
    )
    mapping = _choose_mapping(preview)
    return _choose_holdout(preview, mapping)


def _width(column: str, preview: FilePreview) -> int | None:
    return _TEXT_WIDTH if column == preview.guessed.text else None


def _choose_mapping(preview: FilePreview) -> Mapping:
    found = {}
    with st.container(horizontal=True, gap="small", key="import_mapping"):
        for fact, words in _FACTS.items():
            guess = getattr(preview.guessed, fact)
            options = [None, *preview.columns]
            found[fact] = st.selectbox(
                words,
                options,
                index=options.index(guess),
                format_func=lambda one: "none" if one is None else one_line(one),
                key=f"import_column_{fact}_{preview.sheet}",
                help=_HELP.get(fact),
                width=_FIELD_WIDTH,
            )
    if found["text"] is None:
        st.warning("Choose the column that holds the text.", icon=":material/arrow_upward:")
    mapping = Mapping(**found)
    quiet_line(_reasons_line(preview, mapping))
    return mapping


def _reasons_line(preview: FilePreview, mapping: Mapping) -> str:
    """Why the columns stand there, as far as they were guessed, and what becomes of the others."""
    by_reason: dict[Reason, list[str]] = {}
    for fact, reason in preview.reasons.items():
        if fact in _FACTS and getattr(mapping, fact) == getattr(preview.guessed, fact):
            by_reason.setdefault(reason, []).append(_FACTS[fact].lower())
    guessed = "; ".join(f"{', '.join(facts)} by {why}" for why, facts in by_reason.items())
    left = [one_line(one) for one in preview.columns if one not in mapping.columns]
    others = (
        f" Kept with each message as it is: {', '.join(left[:_MOST_NAMED])}"
        f"{' and others' if len(left) > _MOST_NAMED else ''}."
        if left
        else ""
    )
    return (f"Guessed: {guessed}." if guessed else "Nothing could be guessed.") + others


def _choose_holdout(preview: FilePreview, mapping: Mapping) -> ColumnChoice:
    guess = preview.guessed.split
    with st.container(horizontal=True, vertical_alignment="bottom", key="import_holdout"):
        way = st.segmented_control(
            "Hold-out",
            [_BY_COLUMN, _AT_RANDOM, _NONE],
            default=_BY_COLUMN if guess else _AT_RANDOM,
            required=True,
            key="import_holdout_way",
            help="Hold-out messages never teach the machine; people label them to measure it. "
            "Without them nobody can say how good it is on new messages.",
        )
        if way == _BY_COLUMN:
            column = st.selectbox(
                "Column that says “holdout” or “test”",
                preview.columns,
                index=preview.columns.index(guess) if guess else 0,
                format_func=one_line,
                key="import_holdout_column",
                width=260,
            )
            chosen = ColumnChoice(replace(mapping, split=column), None)
        elif way == _AT_RANDOM:
            percent = st.slider(
                "Share of the messages",
                5,
                50,
                _USUAL_PERCENT,
                step=5,
                format="%d %%",
                key="import_holdout_percent",
                width=260,
            )
            chosen = ColumnChoice(mapping, percent / _ONE)
        else:
            chosen = ColumnChoice(mapping, None)
    if way == _NONE:
        quiet_line("Without a hold-out, runs can only be cross-validated on what taught them.")
    return chosen
