"""Moving several terms: all of them in one version, or none."""

import pytest

from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.moving import move_terms
from rhml_core.workflows.overview.timeline import read_timeline


@pytest.fixture
def add(place, team, project):
    """Add a term as Ana."""

    def add_term(text, label="spam"):
        saved = lexicon.add_term(
            place, team["ana"], project.project_id, text, label=label, key=f"{text}-{label}"
        )
        return saved.terms[0].term_id

    return add_term


@pytest.fixture
def read(place, team, project):
    """The lexicon as (term, label, category), and its version."""

    def read_lexicon():
        found = lexicon.get_lexicon(place, team["vic"], project.project_id)
        return {(one.expression, one.label, one.category) for one in found.terms}, found.version

    return read_lexicon


def test_all_are_moved_in_one_version(place, team, project, add, read):
    ids = [add("pills"), add("offer"), add("lunch", "ham")]

    saved = move_terms(
        place, team["ben"], project.project_id, ids, label="ham", category="Shop", key="m"
    )

    assert read() == (
        {("pills", "ham", "Shop"), ("offer", "ham", "Shop"), ("lunch", "ham", "Shop")}, 4,
    )  # fmt: skip
    assert saved.version == 4
    (told,) = read_timeline(place.db, project.project_id, kinds=("terms_moved",))
    assert told.who == "Ben"
    assert told.sentence == (
        "moved “pills” for ham, “offer” for ham, “lunch” for ham within the lexicon"
    )


def test_what_is_not_given_stays_with_each_term(place, team, project, add, read):
    ids = [add("pills"), add("lunch", "ham")]

    move_terms(place, team["ben"], project.project_id, ids, category="Shop", key="m")

    assert read() == ({("pills", "spam", "Shop"), ("lunch", "ham", "Shop")}, 3)


def test_a_move_that_changes_nothing_makes_no_version(place, team, project, add, read):
    ids = [add("pills")]

    move_terms(place, team["ben"], project.project_id, ids, label="spam", key="m")

    assert read()[1] == 1


def test_the_same_act_twice_is_one(place, team, project, add, read):
    ids = [add("pills")]
    for _ in range(2):
        move_terms(place, team["ben"], project.project_id, ids, label="ham", key="m")

    assert read() == ({("pills", "ham", "")}, 2)


def test_one_that_cannot_be_moved_keeps_all_where_they_are(place, team, project, add, read):
    ids = [add("offer"), add("pills")]
    add("pills", "ham")
    before = read()

    with pytest.raises(InvalidInputError, match="“pills” stands under ham already"):
        move_terms(place, team["ben"], project.project_id, ids, label="ham", key="m")

    assert read() == before


def test_terms_that_would_meet_under_one_label_are_refused(place, team, project, add, read):
    """Neither stands there yet, but both would."""
    ids = [add("pills"), add("pills", "ham")]
    before = read()

    with pytest.raises(InvalidInputError, match="“pills” stands under ham already"):
        move_terms(place, team["ben"], project.project_id, ids, label="ham", key="m")

    assert read() == before


def test_what_a_colleague_changed_meanwhile_keeps_all_where_they_are(
    place, team, project, add, read
):
    ids = [add("pills"), add("offer")]
    lexicon.edit_term(place, team["ben"], project.project_id, ids[0], category="Shop", key="b")
    before = read()

    with pytest.raises(ConflictError, match="Ben changed “pills”"):
        move_terms(place, team["ana"], project.project_id, ids, label="ham", seen=2, key="m")

    assert read() == before


def test_viewers_move_nothing_and_nothing_is_no_choice(place, team, project, add):
    ids = [add("pills")]

    with pytest.raises(NotAllowedError):
        move_terms(place, team["vic"], project.project_id, ids, label="ham", key="m")
    with pytest.raises(InvalidInputError, match="Choose the terms to move"):
        move_terms(place, team["ana"], project.project_id, [], label="ham", key="n")
