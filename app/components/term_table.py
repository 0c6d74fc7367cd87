"""A table of terms whose figures can be chosen: each count leads to its messages."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from rhml_core.safe_text import one_line

_component = st.components.v2.component(
    "rhml_term_table",
    html='<div class="wide"><table><caption></caption><thead></thead><tbody></tbody></table></div>',
    css=asset("term_table.css"),
    js="\n".join(asset(name) for name in ("elements.js", "term_table.js")),
)


def table_data(
    heads: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, str, str, Sequence[tuple[str, str, str]]]],
    *,
    title: str,
) -> dict[str, Any]:
    """
    What the browser needs to draw the table.

    Args:
        heads: words and meaning of each column, that of the terms first.
        rows: identifier, term and colour, and words, meaning and target of each further cell; a
            cell without a target cannot be chosen.
        title: what the table holds, for screen readers.
    """
    return {
        "title": one_line(title),
        "heads": [{"words": words, "means": means} for words, means in heads],
        "rows": [
            {
                "id": name,
                "term": one_line(term),
                "colour": colour,
                "cells": [
                    {"words": one_line(words), "means": one_line(means), "to": to}
                    for words, means, to in cells
                ],
            }
            for name, term, colour, cells in rows
        ],
    }


def term_table(data: Mapping[str, Any], *, key: str) -> tuple[str, str] | None:
    """Draw the table; identifier and target of the cell that was chosen, if one was."""
    result = _component(key=key, data=dict(data), on_chosen_change=lambda: None)
    chosen = result.chosen
    if not isinstance(chosen, list) or len(chosen) != 2:  # noqa: PLR2004 -- row and target
        return None
    known = {(row["id"], cell["to"]) for row in data["rows"] for cell in row["cells"]}
    found = (str(chosen[0]), str(chosen[1]))
    return found if found in known else None
