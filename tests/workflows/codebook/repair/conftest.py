"""A judged project whose codebook is changed."""

import pytest

from rhml_core.domain import Mode, QueueShares
from rhml_core.workflows import projects
from rhml_core.workflows.codebook import codebooks


@pytest.fixture
def change(place, team, project):
    """Change the newest codebook: `change([Label("ham"), ...], LabelChange(...))`."""

    def save(labels, *changes, **options):
        version = codebooks.get_codebook(place, project.project_id).version
        return codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            labels,
            based_on=version,
            changes=changes,
            key=f"change-{version}",
            **options,
        )

    return save


@pytest.fixture
def judged(add_messages, add_labels):
    """Ana and Ben meet on m1, agree on m2 and m3; m4 is settled as ham, m5, held out, as spam."""
    add_messages({f"m{n}": f"text {n}" for n in range(1, 7)}, holdout=["m5"])
    add_labels([("m1", "Ana", "spam"), ("m1", "Ben", "ham")])
    add_labels([("m2", "Ana", "spam"), ("m2", "Ben", "spam")])
    add_labels([("m3", "Ana", "ham"), ("m3", "Ben", "ham")])
    add_labels([("m4", "Ana", "spam")])
    add_labels([("m4", "Sue", "ham"), ("m5", "Sue", "spam")], adjudicated=True)


@pytest.fixture
def blind(place, team, project):
    """Two experts for each message, and no machine between them."""
    return projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=2,
        shares=QueueShares(0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        baseline_probes=0,
        key="blind",
    )
