"""The protocol's table: what each mode lets happen, and that nothing leads back."""

import pytest

from rhml_core.domain import Mode, TurnState
from rhml_core.errors import ConflictError
from rhml_core.workflows.turn.protocol import PROTOCOL, TurnAct, is_explained, is_told, next_state

ORDER = [TurnState.OPEN, TurnState.EXPLAINED, TurnState.REVEALED, TurnState.DONE]


def test_disagreement_goes_through_explanation_and_reveal():
    mode = Mode.RECIPROCAL

    explained = next_state(mode, TurnState.OPEN, TurnAct.COMMIT, differs=True)
    revealed = next_state(mode, explained, TurnAct.REVISE)
    done = next_state(mode, revealed, TurnAct.FINISH)

    assert [explained, revealed, done] == ORDER[1:]


def test_agreement_ends_the_turn_with_the_commit():
    """A machine that agrees costs no further click."""
    assert next_state(Mode.RECIPROCAL, TurnState.OPEN, TurnAct.COMMIT) is TurnState.DONE


@pytest.mark.parametrize("mode", [Mode.IMMEDIATE, Mode.BLIND])
def test_other_modes_end_with_the_commit_whatever_the_machine_says(mode):
    after = next_state(mode, TurnState.OPEN, TurnAct.COMMIT, differs=True)

    assert after is TurnState.DONE


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("state", list(TurnState))
@pytest.mark.parametrize("act", list(TurnAct))
def test_what_the_table_does_not_name_is_refused(mode, state, act):
    if (state, act) in PROTOCOL[mode]:
        assert next_state(mode, state, act) in PROTOCOL[mode][state, act]
        return

    with pytest.raises(ConflictError, match="second tab"):
        next_state(mode, state, act)


@pytest.mark.parametrize("mode", list(Mode))
def test_no_step_leads_back_behind_a_commit(mode):
    """Nobody may answer first again once the machine has spoken."""
    for (state, _), after in PROTOCOL[mode].items():
        if state in ORDER[1:]:
            assert all(ORDER.index(one) >= ORDER.index(state) for one in after)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("state", list(TurnState))
def test_a_blind_turn_tells_nothing_and_a_reciprocal_one_nothing_before_its_commit(mode, state):
    told = is_told(mode, state) or is_explained(mode, state)

    if mode is Mode.BLIND:
        assert not told
    if mode is Mode.RECIPROCAL:
        assert told == (state in ORDER[1:])
