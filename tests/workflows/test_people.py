"""People: names that stand for someone, and sessions that end."""

import pytest

from rhml_core.domain import Role
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.workflows import people


@pytest.mark.parametrize("name", ["model", "Model", "reference", "  ", "x" * 61])
def test_unusable_names_are_refused(place, team, name):
    with pytest.raises(InvalidInputError):
        people.add_person(place, team["sue"], name, Role.EXPERT)


@pytest.mark.parametrize("name", ["Model.", "(reference)"])
def test_nobody_gets_the_identifier_of_the_machine_or_the_reference(place, team, name):
    """Their votes would be taken for the machine's."""
    person = people.add_person(place, team["sue"], name, Role.EXPERT)

    assert person.person_id not in {"model", "reference"}


def test_name_is_taken_once(place, team):
    with pytest.raises(ConflictError):
        people.add_person(place, team["sue"], "ANA", Role.EXPERT)


def test_only_admins_add_people(place, team):
    with pytest.raises(NotAllowedError):
        people.add_person(place, team["ana"], "Eve", Role.ADMIN)


def test_session_stands_for_its_person_until_it_is_closed(place, team):
    token = people.open_session(place, team["ana"].person_id)

    before = people.person_of_session(place, token)
    people.close_session(place, token)

    assert before == team["ana"]
    assert people.person_of_session(place, token) is None
    assert people.person_of_session(place, "guessed") is None


def test_token_is_not_stored(place, team):
    token = people.open_session(place, team["ana"].person_id)

    kept = place.db.read("SELECT token_hash FROM sessions")["token_hash"].to_list()

    assert token not in kept


def test_simulated_experts_do_not_sign_in(place, team):
    robot = people.add_person(place, team["sue"], "R2", Role.EXPERT, is_simulated=True)

    with pytest.raises(InvalidInputError, match="simulated"):
        people.open_session(place, robot.person_id)
