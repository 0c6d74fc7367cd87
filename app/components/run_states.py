"""How a run stands, in words."""

from rhml_core.domain import RunState


def state_name(state: RunState) -> str:
    """
    How a run stands, as people say it.

    >>> state_name(RunState.CANDIDATE)
    'not promoted'
    """
    return "not promoted" if state is RunState.CANDIDATE else state.value
