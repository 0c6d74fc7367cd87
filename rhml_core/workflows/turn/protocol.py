"""
The turn's protocol: which act is possible in which state, and where it leads.

One table says it all; whatever is not in it is refused. A turn without the machine, as on a
hold-out message, follows the table of the blind mode, whatever the project's mode is.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from rhml_core.domain import Mode, TurnState
from rhml_core.errors import ConflictError


class TurnAct(StrEnum):
    """What can be done in a turn; the same words stand in its steps."""

    LEASE = "leased"
    EXPIRE = "expired"
    COMMIT = "committed"
    REVISE = "revised"
    FINISH = "finished"
    CORRECT = "corrected"
    SKIP = "skipped"
    CLOSE = "closed"


_ANY_MODE = {
    (TurnState.OPEN, TurnAct.COMMIT): (TurnState.DONE,),
    (TurnState.OPEN, TurnAct.SKIP): (TurnState.SKIPPED,),
    (TurnState.OPEN, TurnAct.EXPIRE): (TurnState.EXPIRED,),
    # Whoever thought for longer than the lease has worked too.
    (TurnState.EXPIRED, TurnAct.COMMIT): (TurnState.DONE,),
    (TurnState.EXPIRED, TurnAct.SKIP): (TurnState.SKIPPED,),
    (TurnState.EXPIRED, TurnAct.LEASE): (TurnState.OPEN,),
    (TurnState.DONE, TurnAct.CORRECT): (TurnState.DONE,),
}
_WITH_DIALOGUE = _ANY_MODE | {
    (TurnState.OPEN, TurnAct.COMMIT): (TurnState.DONE, TurnState.EXPLAINED),
    (TurnState.EXPIRED, TurnAct.COMMIT): (TurnState.DONE, TurnState.EXPLAINED),
    (TurnState.EXPLAINED, TurnAct.REVISE): (TurnState.REVEALED,),
    (TurnState.REVEALED, TurnAct.FINISH): (TurnState.DONE,),
    # The codebook reopened its message: done, not expired, since it must not be leased again.
    (TurnState.EXPLAINED, TurnAct.CLOSE): (TurnState.DONE,),
    (TurnState.REVEALED, TurnAct.CLOSE): (TurnState.DONE,),
}

PROTOCOL: Mapping[Mode, Mapping[tuple[TurnState, TurnAct], tuple[TurnState, ...]]] = (
    MappingProxyType(
        {
            Mode.RECIPROCAL: _WITH_DIALOGUE,
            Mode.IMMEDIATE: _ANY_MODE,
            Mode.BLIND: _ANY_MODE,
        }
    )
)
"""The states that follow an act in a state, by mode; of two, the second where opinions differ."""


def next_state(mode: Mode, state: TurnState, act: TurnAct, *, differs: bool = False) -> TurnState:
    """
    The state that an act leads to.

    Args:
        mode: the turn's; blind where the machine has no part in it.
        state: where the turn stands.
        act: what is to be done.
        differs: whether the machine's answer is another than the expert's.

    Raises:
        ConflictError: the turn has gone on, so that the act comes too late, or too early.
    """
    after = PROTOCOL[mode].get((state, act))
    if after is None:
        raise ConflictError(
            "This message went on elsewhere, perhaps in a second tab. Reload the page to go on."
        )
    return after[-1] if differs else after[0]


def is_told(mode: Mode, state: TurnState) -> bool:
    """Whether the machine's answer may be told in a state of a turn; its reasons come earlier."""
    if mode is Mode.BLIND:
        return False
    return mode is Mode.IMMEDIATE or state in {TurnState.REVEALED, TurnState.DONE}


def is_explained(mode: Mode, state: TurnState) -> bool:
    """Whether what the machine noticed may be told in a state of a turn, without its answer."""
    return mode is Mode.RECIPROCAL and state is TurnState.EXPLAINED
