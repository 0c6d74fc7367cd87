"""Simulated experts stay simulated, whatever file they travel by."""

import pytest

from rhml_core.domain import Role
from rhml_core.exchange.table_files import TableForm
from rhml_core.workflows import people
from rhml_core.workflows.files.exporting import export_project
from tests.workflows.files.taking_in import take_in


@pytest.fixture
def judged(place, team, project, add_messages, add_labels):
    """Two people and a simulated expert have labels."""
    people.add_person(place, team["sue"], "Robo", Role.EXPERT, is_simulated=True)
    add_messages({"m1": "win a prize", "m2": "see you at noon"})
    add_labels([("m1", "Robo", "ham"), ("m1", "Ana", "spam"), ("m2", "@eve", "ham")])
    return project


@pytest.mark.parametrize("form", list(TableForm))
def test_simulated_experts_come_back_as_simulated(place, team, judged, elsewhere, tmp_path, form):
    """Whoever reads the labels elsewhere must not take them for a person's."""
    out = tmp_path / "out"

    take_in(
        elsewhere,
        export_project(place, team["sue"], judged.project_id, out, form=TableForm(form)).files,
    )

    found = {one.name: one.is_simulated for one in people.list_people(elsewhere)}
    assert found == {
        "Admin": False,
        "Ana": False,
        "@eve": False,
        "Robo": True,
    }
