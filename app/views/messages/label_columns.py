"""Which column of a file holds the labels, whose they are, and whether they settle anything."""

from dataclasses import dataclass

import streamlit as st

from app.components.message_table import table_frame
from app.components.plain_lines import quiet_line
from rhml_core.exchange.label_words import LabelColumns
from rhml_core.safe_text import one_line
from rhml_core.workflows.files.label_import import LabelPreview

_FIELD_WIDTH = 212
_LONGEST_NAME = 60


@dataclass(frozen=True)
class LabelChoice:
    """What a person chose; `expert` is "" where a column names the experts, or nobody does."""

    columns: LabelColumns
    expert: str
    is_adjudicated: bool

    @property
    def is_complete(self) -> bool:
        """Whether it is said which message, which label and whose."""
        is_named = bool(self.columns.expert or self.expert or self.is_adjudicated)
        return bool(self.columns.message and self.columns.label) and is_named


def choose_label_columns(preview: LabelPreview, guessed: LabelColumns) -> LabelChoice:
    """Draw the first rows and the fields; what stands there now."""
    st.dataframe(
        table_frame(preview.rows),
        hide_index=True,
        height=112,
        key="labels_preview",
        alt="First rows of the file",
        column_config={one: st.column_config.TextColumn(one_line(one)) for one in preview.columns},
    )
    with st.container(horizontal=True, gap="small", key="labels_columns"):
        message = _field("Identifier of the message", preview, guessed.message, "message")
        label = _field("Label", preview, guessed.label, "label")
        expert = _field("Who gave it", preview, guessed.expert, "expert")
        given = ""
        if expert is None:
            given = st.text_input(
                "One person gave them all: the name",
                key="labels_expert",
                max_chars=_LONGEST_NAME,
                width=_FIELD_WIDTH,
            )
    is_adjudicated = st.toggle(
        "These labels settle their messages and become the reference",
        key="labels_adjudicated",
        help="Switch it on where these labels are the reference; leave it off for single "
        "experts' opinions. For labels that settle nobody has to be named.",
    )
    choice = LabelChoice(LabelColumns(message, label, expert), given.strip(), is_adjudicated)
    if not choice.is_complete:
        quiet_line(
            "Say which column names the message, which the label, and whose labels they are."
        )
    return choice


def _field(words: str, preview: LabelPreview, guess: str | None, fact: str) -> str | None:
    options = [None, *preview.columns]
    chosen: str | None = st.selectbox(
        words,
        options,
        index=options.index(guess) if guess in options else 0,
        format_func=lambda one: "none" if one is None else one_line(one),
        key=f"labels_column_{fact}_{preview.sheet}",
        width=_FIELD_WIDTH,
    )
    return chosen
