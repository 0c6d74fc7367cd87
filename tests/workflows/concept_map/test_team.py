"""The merged map: who says what, who contradicts whom, and who may look."""

import pytest

from rhml_core.concept_map import LinkKind, NodeKind
from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import concept_maps
from rhml_core.store.label_changes import ChangeKind, LabelChange
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.concept_map.concept_map import own_map
from rhml_core.workflows.concept_map.team import take_over, team_map
from tests.workflows.concept_map.map_drawing import new_key, node_called, say, statements_of

ANA = ("money indicates spam", "noon indicates ham", "offer is a money")
BEN = ("Money indicates spam", "noon excludes ham", "spam excludes ham")


def said_by(team_found):
    """Statement -> first names of who makes it."""
    names, who = team_found.names, {one.person_id: one.name for one in team_found.people}
    return {
        f"{names[one.said.subject]} {one.said.kind.value} {names[one.said.object]}": [
            who[holder] for holder in one.holders
        ]
        for one in team_found.propositions
    }


def test_merged_map_says_who_holds_what(place, team, project):
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN)

    found = team_map(place, team["ana"], project.project_id)

    assert said_by(found) == {
        "money indicates spam": ["Ana", "Ben"],
        "noon indicates ham": ["Ana"],
        "offer is a money": ["Ana"],
        "noon excludes ham": ["Ben"],
        "spam excludes ham": ["Ben"],
    }
    assert [one.name for one in found.people] == ["Ana", "Ben"]
    assert found.n_unanimous == 1
    assert (found.size.n_nodes, found.size.n_links) == (5, 4 + 1)


def test_who_says_that_things_belong_together_contradicts_who_keeps_them_apart(
    place, team, project
):
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN)

    found = team_map(place, team["ana"], project.project_id)

    disputed = [one.said for one in found.propositions if one.is_disputed]
    assert {(one.subject, one.kind) for one in disputed} == {
        ("name:noon", LinkKind.INDICATES),
        ("name:noon", LinkKind.EXCLUDES),
    }
    assert [one.is_disputed for one in found.propositions[:2]] == [True, True]
    assert found.n_disputed == 1


def test_nodes_have_places_of_their_own(place, team, project):
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN, "dan is a seller", "eve part of dan")

    found = team_map(place, team["sue"], project.project_id)

    assert len({(node.x, node.y) for node in found.nodes}) == len(found.nodes)


def test_expert_draws_first_and_looks_then(place, team, project):
    """Else the second map would be a copy of the first."""
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, "money indicates spam")

    with pytest.raises(NotAllowedError, match="2 more links"):
        team_map(place, team["ben"], project.project_id)
    assert own_map(place, team["ben"], project.project_id).n_links_missing == 2

    say(place, team["ben"], project, *BEN[1:])

    assert len(team_map(place, team["ben"], project.project_id).people) == 2


def test_what_was_open_stays_open(place, team, project):
    drawn = say(place, team["ben"], project, *BEN)
    acts.remove_elements(
        place, team["ben"], project.project_id, [drawn.links[0].link_id], key=new_key()
    )

    assert team_map(place, team["ben"], project.project_id).propositions


@pytest.mark.parametrize("name", ["sue", "vic"])
def test_supervisor_and_viewer_need_no_map_of_their_own(place, team, project, name):
    say(place, team["ana"], project, *ANA)

    assert len(team_map(place, team[name], project.project_id).propositions) == 3


def test_take_over_puts_what_others_say_onto_the_own_map(place, team, project):
    say(place, team["ana"], project, *ANA)
    say(place, team["ben"], project, *BEN)
    found = team_map(place, team["ben"], project.project_id)
    wanted = [one.proposition_id for one in found.propositions if len(one.holders) == 1]

    drawn = take_over(place, team["ben"], project.project_id, wanted[-1:], key="a")

    assert "offer is a Money" in statements_of(drawn)
    assert len(drawn.links) == len(BEN) + 1
    [act] = concept_maps.list_acts(place.db, project.project_id, team["ben"].person_id)[-1:]
    assert act.act == "take_over"


def test_taken_over_statement_replaces_the_own_one_and_can_be_undone(place, team, project):
    say(place, team["ana"], project, *ANA)
    before = say(place, team["ben"], project, *BEN)
    [noon] = [
        one.proposition_id
        for one in team_map(place, team["ben"], project.project_id).propositions
        if one.said.subject == "name:noon" and one.said.kind is LinkKind.INDICATES
    ]

    drawn = take_over(place, team["ben"], project.project_id, [noon], key="a")

    assert "noon indicates ham" in statements_of(drawn)
    assert "noon excludes ham" not in statements_of(drawn)
    assert acts.undo(place, team["ben"], project.project_id, key="b") == before


def test_viewer_takes_nothing_over(place, team, project):
    say(place, team["ana"], project, *ANA)
    found = team_map(place, team["vic"], project.project_id)

    with pytest.raises(NotAllowedError):
        take_over(
            place,
            team["vic"],
            project.project_id,
            [found.propositions[0].proposition_id],
            key="a",
        )


def test_only_what_somebody_says_can_be_taken_over(place, team, project):
    say(place, team["ana"], project, *ANA)

    with pytest.raises(NotFoundError, match="Nobody says this"):
        take_over(place, team["sue"], project.project_id, ["x\nis a\ny"], key="a")
    with pytest.raises(InvalidInputError, match="Choose"):
        take_over(place, team["sue"], project.project_id, [], key="a")


def test_renamed_label_is_one_node_for_all(place, team, project):
    """Ana drew it under the old name, Ben under the new one."""
    say(place, team["ana"], project, *ANA)
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham", "wanted"), Label("junk", "unwanted")],
        based_on=1,
        changes=(LabelChange(ChangeKind.RENAMED, "spam", ("junk",)),),
        key="rename",
    )
    say(place, team["ben"], project, "money indicates junk", "noon excludes ham", "a is a b")

    found = team_map(place, team["ben"], project.project_id)

    assert said_by(found)["money indicates junk"] == ["Ana", "Ben"]
    assert [node.name for node in found.nodes if node.kind is NodeKind.LABEL] == ["junk", "ham"]


def test_label_that_is_gone_is_marked(place, team, project):
    drawn = say(place, team["ana"], project, *ANA)
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [Label("ham", "wanted"), Label("other", "else")],
        based_on=1,
        changes=(LabelChange(ChangeKind.RETIRED, "spam"),),
        key="retire",
    )

    own = own_map(place, team["ana"], project.project_id)

    assert own.gone == {node_called(drawn, "spam").node_id}
    assert node_called(own.map, "spam").kind is NodeKind.LABEL
