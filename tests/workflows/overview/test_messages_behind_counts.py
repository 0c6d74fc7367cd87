"""Counts of the consensus lead to exactly their messages."""

import random
from itertools import chain

import pytest

from rhml_core.store import judgements
from rhml_core.workflows.agreement.agreement import agreement_overview, consensus_of
from rhml_core.workflows.overview.message_list import list_messages

PEOPLE = ("Ana", "Ben", "Cy", "Dan")
BASES = {"decided": "n_adjudicated", "votes": "n_agreed", "tied": "n_open"}


def _ids(place, team, project, **wanted):
    frame, n = list_messages(place, team["sue"], project.project_id, limit=1_000, **wanted)
    assert frame.height == n
    return frame["message_id"].to_list()


def _consensus(place, team, project):
    agreement_overview(place, team["sue"], project.project_id)
    return consensus_of(place, team["sue"], project.project_id)


@pytest.fixture
def judged(project, add_messages, add_labels):
    """One message is decided, one agreed on, two are tied, one is not judged."""
    add_messages(
        {name: f"text of {name}" for name in ("settled", "agreed", "tied", "held", "new")},
        holdout=["held"],
    )
    add_labels(
        [
            ("settled", "Ana", "ham"),
            ("settled", "Ben", "spam"),
            ("agreed", "Ana", "ham"),
            ("agreed", "Ben", "ham"),
            ("tied", "Ana", "ham"),
            ("tied", "Ben", "spam"),
            ("held", "Ana", "ham"),
            ("held", "Ben", "spam"),
        ]
    )
    add_labels([("settled", "Sue", "spam")], adjudicated=True)
    return project


@pytest.mark.parametrize(
    ("basis", "ids"),
    [("decided", ["settled"]), ("votes", ["agreed"]), ("tied", ["tied", "held"])],
)
def test_each_basis_lists_its_messages_and_no_others(place, team, judged, basis, ids):
    assert _ids(place, team, judged, basis=basis) == ids


def test_filters_narrow_each_other(place, team, judged):
    assert _ids(place, team, judged, basis="votes", label="spam") == []
    assert _ids(place, team, judged, basis="decided", label="spam") == ["settled"]
    assert _ids(place, team, judged, basis="tied", search="HELD") == ["held"]
    assert _ids(place, team, judged, basis="tied", judged_by="nobody") == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", [(12, "majority"), (90, "dawid-skene")])
def test_as_many_are_listed_as_were_counted(
    place, team, project, add_messages, add_labels, seed, case
):
    """With few votes they are counted, with many weighed; each judged message is in one basis."""
    n, method = case
    draw = random.Random(seed)
    names = [f"m{number}" for number in range(n)]
    add_messages({name: f"text of {name}" for name in names}, holdout=names[::7])
    votes = [
        (name, who, draw.choice(("ham", "spam")))
        for name in names
        for who in draw.sample(PEOPLE, draw.randint(1, 4))
    ]
    add_labels(votes)
    decided = draw.sample(names, n // 5)
    add_labels([(name, "Sue", draw.choice(("ham", "spam"))) for name in decided], adjudicated=True)

    found = _consensus(place, team, project)
    listed = {basis: _ids(place, team, project, basis=basis) for basis in BASES}

    assert found.method == method
    assert {basis: len(ids) for basis, ids in listed.items()} == {
        basis: getattr(found, name) for basis, name in BASES.items()
    }
    assert sorted(chain(*listed.values())) == sorted(names)
    assert sorted(listed["decided"]) == sorted(decided)


def test_each_persons_count_is_that_of_the_messages_they_judged(
    place, team, project, add_messages, add_labels
):
    draw = random.Random(0)
    names = [f"m{number}" for number in range(60)]
    add_messages({name: f"text of {name}" for name in names})
    votes = [(name, who, "ham") for name in names for who in draw.sample(PEOPLE, 3)]
    add_labels(votes)
    add_labels(
        [(name, "Ana", draw.choice(("ham", "spam"))) for name, who, _ in votes if who == "Ana"]
    )
    add_labels(
        [(name, "Ben", draw.choice(("ham", "spam"))) for name, who, _ in votes if who == "Ben"]
    )

    found = _consensus(place, team, project)
    n_listed = {
        who: len(_ids(place, team, project, judged_by=who))
        for who in judgements.experts_of(place.db, project.project_id)
    }

    assert found.n_measured == found.n_judgements == len(votes)
    assert dict(found.by_rater.select("expert_id", "n").iter_rows()) == n_listed
