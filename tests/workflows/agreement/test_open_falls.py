"""Where agreement falls, and the messages that show why."""

import pytest

from rhml_core.workflows.agreement import agreement, keeping
from rhml_core.workflows.agreement.open_falls import open_fall
from rhml_core.workflows.disputes.contested_filters import (
    ContestedFilters,
    count_fitting,
    filters_in_address,
)
from rhml_core.workflows.files import label_import
from rhml_core.workflows.overview.home import fall_step, next_step
from tests.app.store_fixtures import add_run

N, N_DIFFERENT = 40, 16
WHO = ("Ana", "Ben")


@pytest.fixture
def fallen(place, team, project, add_messages):
    """Forty messages on which two agree, of before a run; then forty of which they differ on 16."""
    add_messages({f"{part}{n}": f"text {part} {n}" for part in "ab" for n in range(N)})
    names = ("ham", "spam")
    told = [(f"a{n}", who, names[n % 2], "2024-01-01T00:00:00Z") for n in range(N) for who in WHO]
    told += [
        (f"b{n}", who, names[(n + (who == "Ben" and n < N_DIFFERENT)) % 2], "2025-06-01T00:00:00Z")
        for n in range(N)
        for who in WHO
    ]
    lines = ["message_id,expert,label,time", *(",".join(row) for row in told)]
    source = "\n".join(lines).encode()
    label_import.import_labels(
        place, team["sue"], project.project_id, source, "l.csv", adjudicated=False, key="told"
    )
    add_run(place, project, 1, {"a0": ("ham", 0.9)})
    keeping.make_figures(place, project.project_id)
    return project


def test_fall_leads_to_the_open_messages_of_its_cycle(place, team, fallen):
    found = open_fall(place, team["sue"], fallen.project_id)

    assert (found.fall.cycle, found.n_open) == (2, N_DIFFERENT)
    assert found.fall.before.value == 1.0
    assert found.fall.now.value < found.fall.before.value
    assert found.wanted.cycle == 2
    assert set(found.wanted.label_pair) == {"ham", "spam"}


def test_home_names_the_fall_first_with_n_and_intervals(place, team, fallen):
    step = next_step(place, team["sue"], fallen.project_id)

    found = open_fall(place, team["sue"], fallen.project_id)
    assert step == fall_step(found)
    assert f"alpha {found.fall.now}, down from {found.fall.before}" in step.sentence
    assert (step.view, step.filters["label"]) == ("agreement", found.fall.label)
    assert f"{N_DIFFERENT} messages are contested in cycle 2" in step.note


def test_fall_whose_messages_are_settled_is_no_next_step(place, team, fallen, add_labels):
    settled = [(f"b{n}", "Sue", "ham") for n in range(N_DIFFERENT)]
    add_labels(settled, adjudicated=True)

    step = next_step(place, team["sue"], fallen.project_id)

    assert open_fall(place, team["sue"], fallen.project_id).n_open == 0
    assert step.view != "agreement"


def test_nothing_falls_in_a_project_without_figures(place, team, project):
    assert open_fall(place, team["sue"], project.project_id) is None
    assert agreement.falls_of(place, project.project_id) == ()


def test_one_label_lets_through_what_somebody_called_so(place, team, fallen):
    every, of_ham, other_cycle = count_fitting(
        place,
        team["sue"],
        fallen.project_id,
        [
            ContestedFilters(kind="experts"),
            ContestedFilters(kind="experts", label="ham"),
            ContestedFilters(kind="experts", label="ham", cycle=1),
        ],
    )

    assert (every, of_ham, other_cycle) == (N_DIFFERENT, N_DIFFERENT, 0)


def test_filters_without_anything_leave_the_address_alone():
    assert filters_in_address(ContestedFilters()) == {}
    assert filters_in_address(ContestedFilters(label="ham", expert_pair=("a", "b"))) == {
        "label": "ham",
        "expert": "a~b",
    }
