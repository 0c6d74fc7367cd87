"""What a message is used for: to learn from, or as hold-out."""

from typing import Any

import polars as pl
import streamlit as st

from rhml_core.domain import Split

USES = {Split.POOL.value: "to learn from", Split.HOLDOUT.value: "hold-out"}
"""A split as the store names it -> what people read."""


def with_uses(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its column `split` in people's words."""
    return frame.with_columns(pl.col("split").replace(USES))


def use_column(*, width: int) -> Any:
    """The head of a table's column `split`, which `with_uses` put into words."""
    return st.column_config.TextColumn(
        "use",
        width=width,
        help="Hold-out messages only measure; the machine learns from the others",
    )
