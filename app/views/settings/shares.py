"""The queue's mix: which messages experts are given, and why."""

import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.domain import QueueShares

_ONE = 100
_SHARES = {
    "uncertain": (
        "The machine is least sure of",
        "They teach the machine most.",
    ),
    "contested": (
        "Like those experts differ on",
        "They show where the codebook is unclear. Needs two experts on a message.",
    ),
    "conflict": (
        "Like those machine and experts differ on",
        "They settle who is right: the machine, or the labels it learnt from.",
    ),
    "rare": (
        "Likely of a label with few examples",
        "They keep small labels from being forgotten.",
    ),
    "holdout": (
        "From the hold-out",
        "Random messages that only measure; the machine never learns from them.",
    ),
    "probe": (
        "Probes",
        (
            "Hold-out messages whose answer is known, judged without the machine: they measure "
            "what each expert can do alone. At 10 %, one turn in ten of an expert is one."
        ),
    ),
}
_A_ROW = 3


def choose_shares(shares: QueueShares, *, is_locked: bool) -> QueueShares:
    """Draw a slider for each share, in per cent; the shares as they are set, not yet checked."""
    st.markdown("**Which messages come**")
    chosen: dict[str, float] = {}
    columns = st.columns(_A_ROW, gap="medium")
    for place, (name, (title, why)) in enumerate(_SHARES.items()):
        percent = columns[place % _A_ROW].slider(
            title,
            0,
            _ONE,
            round(getattr(shares, name) * _ONE),
            step=5,
            format="%d %%",
            key=f"settings_{name}",
            help=why,
            disabled=is_locked,
        )
        chosen[name] = percent / _ONE
    quiet_line(
        f"What remains to 100 %, now {round(shares.random * _ONE)} %, is drawn at random. Where "
        "no message has the reason drawn, one that the machine is unsure of is given instead; "
        "until the machine knows anything, one that stands for many others. Changes count from "
        "the next turn on."
    )
    return QueueShares(**chosen)
