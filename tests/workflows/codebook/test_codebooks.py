"""The codebook: versions that stay, labels that are not lost, two editors at once."""

import pytest

from rhml_core.domain import LABEL_COLOURS, Label
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.workflows.codebook import codebooks

TWO = [Label("ham", "wanted"), Label("spam", "unwanted")]


def test_change_is_a_new_version_and_the_old_one_stays(place, team, project):
    changed = codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [*TWO, Label("phish")],
        based_on=1,
        note="new kind",
        key="change-1",
    )

    assert (changed.version, changed.names) == (2, ["ham", "spam", "phish"])
    assert codebooks.get_codebook(place, project.project_id, 1).names == ["ham", "spam"]
    versions = codebooks.list_codebook_versions(place, project.project_id)
    assert [each.version for each in versions] == [2, 1]


def test_later_editor_is_told_and_overwrites_nothing(place, team, project):
    codebooks.change_codebook(
        place, team["sue"], project.project_id, [*TWO, Label("first")], based_on=1, key="c-1"
    )

    with pytest.raises(ConflictError, match="version 2"):
        codebooks.change_codebook(
            place, team["sue"], project.project_id, [*TWO, Label("second")], based_on=1, key="c-2"
        )

    assert codebooks.get_codebook(place, project.project_id).names[-1] == "first"


def test_judged_label_cannot_be_removed(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "spam")])

    with pytest.raises(InvalidInputError, match="spam"):
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            [Label("ham"), Label("eggs")],
            based_on=1,
            key="c-1",
        )


def test_experts_read_but_do_not_change(place, team, project):
    with pytest.raises(NotAllowedError):
        codebooks.change_codebook(
            place, team["ana"], project.project_id, TWO, based_on=1, key="c-1"
        )


def test_colours_and_keys_are_given_out_in_order():
    checked = codebooks.check_labels([Label("a"), Label("b", key="1"), Label("c")])

    assert [label.colour for label in checked] == list(LABEL_COLOURS[:3])
    assert [label.key for label in checked] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("labels", "word"),
    [
        ([Label("a")], "two"),
        ([Label("a"), Label(" ")], "no name"),
        ([Label("a"), Label("a")], "twice"),
        ([Label("a", key="x"), Label("b", key="X")], "twice"),
        ([Label("a", colour="red"), Label("b")], "#RRGGBB"),
    ],
)
def test_unusable_codebook_is_refused_in_words(labels, word):
    with pytest.raises(InvalidInputError, match=word):
        codebooks.check_labels(labels)
