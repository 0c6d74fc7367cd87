"""Which messages are listed to whom: an expert meets the others one by one, blind."""

import pytest

from rhml_core.errors import NotAllowedError
from rhml_core.workflows.overview.message_list import list_messages, open_messages

TEXTS = {
    "own": "judged by ana alone",
    "held": "held out, and judged by both",
    "others": "judged by ben alone",
    "full": "judged by ben and sue, as often as it needs",
    "shut": "held out, and judged by ben and sue",
    "new": "judged by nobody",
}


@pytest.fixture
def judged(project, add_messages, add_labels):
    """What Ana, Ben and Sue judged; two of six messages are held out."""
    add_messages(TEXTS, holdout=["held", "shut"])
    add_labels(
        [
            ("own", "Ana", "ham"),
            ("held", "Ana", "ham"),
            ("held", "Ben", "spam"),
            ("others", "Ben", "ham"),
            ("full", "Ben", "ham"),
            ("full", "Sue", "ham"),
            ("shut", "Ben", "ham"),
            ("shut", "Sue", "ham"),
        ]
    )
    return project


def _ids(place, person, project, **wanted):
    frame, n = open_messages(place, person, project.project_id, **wanted)
    return frame["message_id"].to_list(), n


def test_expert_is_listed_what_they_judged_and_what_will_not_come_to_them(place, team, judged):
    """What is held out may still come as a probe, so it waits for the expert's own judgement."""
    assert _ids(place, team["ana"], judged) == (["own", "held", "full"], 3)


def test_viewer_is_listed_what_anybody_judged(place, team, judged):
    assert _ids(place, team["vic"], judged) == (["own", "held", "others", "full", "shut"], 5)


def test_no_label_and_no_split_is_told(place, team, judged):
    frame, _ = open_messages(place, team["ana"], judged.project_id)

    assert frame.columns == ["message_id", "text", "author", "sent_at", "n_judgements"]
    assert frame["n_judgements"].to_list() == [1, 2, 2]


def test_search_and_page_narrow_the_list(place, team, judged):
    assert _ids(place, team["vic"], judged, search="BEN AND SUE") == (["full", "shut"], 2)
    assert _ids(place, team["vic"], judged, limit=2, offset=2) == (["others", "full"], 5)


def test_nothing_judged_lists_nothing(place, team, project, add_messages):
    add_messages(TEXTS)

    assert _ids(place, team["ana"], project) == ([], 0)


def test_whole_list_with_labels_is_for_supervisors(place, team, judged):
    with pytest.raises(NotAllowedError):
        list_messages(place, team["ana"], judged.project_id)
