"""Near repeats in a file: named at the check and at the end, and never left out unasked."""

import pytest

from rhml_core.exchange.message_problems import NEAR_REPEAT
from rhml_core.exchange.report import count_problems
from rhml_core.workflows.files import importing

CSV = """id,text
1,Free  money
2,free money
3,FREE\u200bMONEY
4,\uff26\uff32\uff25\uff25 money
5,Free  money
6,
7,See you
8,see  YOU
"""
"""Row 2 stands in line 2 of the file, and so on; the same but for case: 3, 5, and 9 of 8."""


@pytest.fixture
def check(place, team, project):
    def check(source):
        return importing.check_messages(
            place, team["sue"], project.project_id, source.encode(), "m.csv"
        )

    return check


def _near(prepared):
    return prepared.problems.filter(problem=NEAR_REPEAT)


def test_rows_that_say_the_same_but_for_case_and_spacing_are_named(check):
    """The exact repeat is another kind, the empty row none; `freemoney` is another text."""
    prepared = check(CSV)

    found = _near(prepared)

    assert found["row"].to_list() == [3, 5, 9]
    assert prepared.n_near_repeats == 3
    assert prepared.n_repeats == 1
    assert found["explanation"][0].startswith("The text is that of row 2 but for case, spacing")


def test_near_repeats_of_the_project_are_named_too(check, add_messages):
    add_messages({"m1": "See you"})

    prepared = check("id,text\n1,see you\n2,see you soon\n")

    assert _near(prepared)["row"].to_list() == [2]
    assert "that of a message in the project" in _near(prepared)["explanation"][0]


def test_no_row_is_named_where_all_say_something_else(check):
    prepared = check("id,text\n1,see you\n2,free money\n")

    assert prepared.problems.is_empty()


def test_outcome_counts_exact_and_near_repeats_that_came_in(place, team, project, check):
    prepared = check(CSV).without_faulty_rows()

    outcome = importing.import_messages(
        place, team["sue"], project.project_id, prepared, file_name="m.csv", key="import"
    )

    assert (outcome.n_messages, outcome.n_repeats, outcome.n_near_repeats) == (7, 1, 3)
    assert (outcome.n_left_out, outcome.n_repeats_left_out) == (1, 0)


def test_exact_repeats_that_are_left_out_are_not_counted_as_near(check):
    once = check(CSV).without_faulty_rows().without_repeated_texts()

    assert (once.n_repeats_left_out, once.n_repeats, once.n_near_repeats) == (1, 0, 3)
    assert {one.problem for one in count_problems(once.problems)} == {NEAR_REPEAT}
