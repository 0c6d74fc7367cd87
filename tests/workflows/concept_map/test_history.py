"""Maps at the end of each cycle: counts, what changed, and how alike two maps are."""

from dataclasses import replace

import polars as pl
import pytest

from rhml_core.concept_map import LinkKind, Proposition
from rhml_core.domain import Run, RunState
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.store import runs
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.history import TEAM, diff_of, map_diff, map_history
from tests.workflows.concept_map.map_drawing import new_key, node_called, say

RUN = Run(
    run_id="",
    project_id="",
    number=1,
    recipe="fast",
    state=RunState.CANDIDATE,
    encoder_id="fake",
    parameters={},
    versions={},
    seed=0,
    n_training=0,
    n_experts=0,
    codebook_version=1,
    seconds=1.0,
    metrics=None,
    metrics_missing="too few",
    folder="",
    created_by="sue",
    created_at=None,
)


@pytest.fixture
def end_cycle(place, project):
    """Register a run that is finished now, and so ends the cycle."""

    def end(number):
        run = replace(
            RUN,
            run_id=f"run-{number}",
            project_id=project.project_id,
            number=number,
            folder=f"run-{number}",
            created_at=place.now(),
        )
        texts = dict.fromkeys(("message_id", "label"), pl.String)
        answers = texts | {
            "probability": pl.Float64,
            "probabilities": pl.List(pl.Float64),
            "is_out_of_fold": pl.Boolean,
        }
        with place.db.atomic() as transaction:
            runs.add_run(
                transaction,
                run,
                labels=["ham", "spam"],
                loss_curve=[],
                training=pl.DataFrame(schema=texts | {"weight": pl.Float64}),
                predictions=pl.DataFrame(schema=answers),
            )

    return end


@pytest.fixture
def story(place, team, project, end_cycle):
    """
    Two cycles and the present.

    Cycle 1: Ana says two things. Cycle 2: Ben says one of them and one of his own. Now: Ana takes
    one back, and comes to exclude what Ben excludes.
    """
    drawn = say(place, team["ana"], project, "money indicates spam", "noon indicates ham")
    end_cycle(1)
    say(
        place,
        team["ben"],
        project,
        "money indicates spam",
        "noon excludes ham",
        "money excludes ham",
    )
    end_cycle(2)
    money = next(one for one in drawn.links if one.source == node_called(drawn, "money").node_id)
    acts.remove_elements(place, team["ana"], project.project_id, [money.link_id], key=new_key())
    say(place, team["ana"], project, "noon excludes ham", "lunch is a noon")
    return map_history(place, team["sue"], project.project_id)


def words(said, names):
    return f"{names[said.subject]} {said.kind.value} {names[said.object]}"


def test_each_cycle_keeps_its_state(story):
    ana, ben = (one.person_id for one in story.people)

    found = [(one.cycle, one.ended_at is None, sorted(one.maps)) for one in story.snapshots]

    assert found == [(1, False, [ana]), (2, False, [ana, ben]), (3, True, [ana, ben])]
    assert [one.sizes[ana].n_links for one in story.snapshots] == [2, 2, 2]
    assert [one.sizes[TEAM].n_links for one in story.snapshots] == [2, 4, 4]


def test_agreement_over_time_is_as_counted_by_hand(story):
    """
    Cycle 2: one shared of 2 and 3, F1 = 2 * 1 / 5. Now: one shared of 2 and 3 again, another one.

    Without types, cycle 2 shares both pairs that Ana links: F1 = 2 * 2 / 5; now one of two.
    """
    pair = tuple(sorted(one.person_id for one in story.people))

    typed = [one.agreements.get(pair) for one in story.snapshots]
    untyped = [one.untyped.get(pair) for one in story.snapshots]

    assert typed[0] is None
    assert [round(one.f1.value, 3) for one in typed[1:]] == [0.4, 0.4]
    assert [one.f1.n for one in typed[1:]] == [4, 4]
    assert [round(one.f1.value, 3) for one in untyped[1:]] == [0.8, 0.4]


def test_diff_tells_added_removed_and_changed(story):
    ana = story.people[0].person_id

    found = map_diff(story, ana, 2, 3)

    assert [words(one, found.names) for one in found.added] == ["lunch is a noon"]
    assert [words(one, found.names) for one in found.removed] == ["money indicates spam"]
    [changed] = found.changed
    assert words(changed.before, found.names) == "noon indicates ham"
    assert words(changed.after, found.names) == "noon excludes ham"
    assert found.added_nodes == ("name:lunch",)
    assert found.removed_nodes == ()


def test_diff_backwards_is_the_diff_the_other_way_round(story):
    ana = story.people[0].person_id

    there, back = map_diff(story, ana, 1, 3), map_diff(story, ana, 3, 1)

    assert (there.added, there.removed) == (back.removed, back.added)
    assert [(one.before, one.after) for one in there.changed] == [
        (one.after, one.before) for one in back.changed
    ]


def test_diff_of_the_team_before_someone_came(story):
    ben = story.people[1].person_id

    assert len(map_diff(story, ben, 1, 2).added) == 3
    assert len(map_diff(story, TEAM, 1, 2).added) == 2


def test_same_state_differs_in_nothing(story):
    found = map_diff(story, TEAM, 2, 2)

    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_unknown_cycle_is_said_to_be(story):
    with pytest.raises(NotFoundError, match="no snapshot"):
        map_diff(story, TEAM, 1, 9)


def test_several_statements_about_two_nodes_are_no_change():
    """On the merged map people say two things of a pair; which became which is not known."""
    one, other, new = (
        Proposition("a", kind, "b")
        for kind in (LinkKind.IS_A, LinkKind.PART_OF, LinkKind.INDICATES)
    )

    found = diff_of(frozenset([one, other]), frozenset([new]), {}, {})

    assert (found.added, found.removed, found.changed) == ((new,), tuple(sorted([one, other])), ())


def test_project_without_maps_has_no_history(place, team, project, end_cycle):
    end_cycle(1)

    found = map_history(place, team["vic"], project.project_id)

    assert (found.people, found.snapshots) == ((), ())


def test_expert_without_a_map_sees_no_history(place, team, story, project):
    stranger = replace(team["ben"], person_id="stranger")

    with pytest.raises(NotAllowedError):
        map_history(place, stranger, project.project_id)
