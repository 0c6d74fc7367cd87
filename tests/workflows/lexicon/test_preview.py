"""What a term would do is told while it is typed, and never gives an answer away."""

import numpy as np
import pytest

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.lexicon import TermKind
from rhml_core.measures.terms import term_f1
from rhml_core.workflows import projects
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.preview import prepare_previews, preview_term
from rhml_core.workflows.lexicon.warnings import WarningKind, list_warnings

TEXTS = {
    "s1": "cheap pills offer",
    "s2": "Pills, pills!",
    "s3": "free offer",
    "h1": "lunch at noon",
    "h2": "pills for my aunt",
    "n1": "pills tomorrow",
    "x1": "pills that nobody judged",
    "held": "more pills",
    "held2": "cheap pills offer",
}


@pytest.fixture
def judged(add_messages, add_labels):
    """
    Pool and hold-out; Ana judged all but `n1`, which Ben alone judged, and nobody judged `x1`.

    The text of `s1` is also in the hold-out.
    """
    add_messages(TEXTS, holdout=["held", "held2"])
    said = {"s": "spam", "h": "ham"}
    add_labels([(name, "Ana", said[name[0]]) for name in TEXTS if name[0] not in "nx"])
    add_labels([("n1", "Ben", "spam")])


@pytest.fixture
def preview(place, team, project):
    def look(text, label="spam", person="ana", **facts):
        return preview_term(place, team[person], project.project_id, text, label, **facts)

    return look


def test_counts_and_term_f1_are_those_of_judged_pool_messages(judged, preview):
    """By hand: s1 is in the hold-out too; of s2, s3, h1, h2 and n1, s2, h2 and n1 have the term."""
    found = preview("Pills", person="sue")

    contains = np.array([True, False, False, True, True])
    has_label = np.array([True, True, False, False, True])
    assert (found.expression, found.kind) == ("pills", TermKind.WORD)
    assert (found.n_messages, found.n_pool) == (5, 7)
    assert (found.n_for, found.n_against) == (2, 1)
    assert found.term_f1.value == pytest.approx(2 / 3)
    assert (found.term_f1, found.missing) == (term_f1(contains, has_label), "")


def test_expert_learns_nothing_of_messages_still_to_judge(judged, preview):
    """Ana has `n1` yet to judge: it counts as a message with the term, and not in its F1."""
    hers, all_of_it = preview("pills"), preview("pills", person="sue")

    assert (hers.n_messages, hers.term_f1.n) == (5, 4)
    assert (all_of_it.n_messages, all_of_it.term_f1.n) == (5, 5)
    assert (hers.n_for, hers.n_against) == (1, 1)
    assert {one.message_id: one.label for one in hers.examples} == {
        "s2": "spam",
        "h2": "ham",
        "s1": None,
        "n1": None,
        "x1": None,
    }


def test_examples_show_where_the_term_stands_and_never_the_hold_out(judged, preview):
    found = preview("(pills | offer); aunt")

    (only,) = found.examples
    assert only.message_id == "h2"
    assert [only.text[span.start : span.end] for span in only.spans] == ["pills", "aunt"]
    assert not {"held", "held2"} & {one.message_id for one in preview("pills").examples}


def test_undefined_figure_is_said_in_words(add_messages, preview):
    add_messages({"m1": "pills"})

    found = preview("pills")

    assert (found.term_f1, found.n_messages) == (None, 1)
    assert "Judge some messages first" in found.missing


def test_term_that_no_message_has_is_worth_nothing_and_warned_of(judged, preview):
    found = preview("nowhere")

    assert (found.term_f1.value, found.n_messages, found.examples) == (0.0, 0, ())
    assert found.warnings[0].kind is WarningKind.NO_MATCH
    assert "No message to learn from contains “nowhere”" in found.warnings[0].text


def test_figure_is_undefined_where_neither_term_nor_label_occurs(add_messages, add_labels, preview):
    add_messages({"m1": "pills"})
    add_labels([("m1", "Ana", "spam")])

    found = preview("lunch", "ham")

    assert found.term_f1 is None
    assert found.missing.startswith("Neither the term nor the label occurs")


@pytest.mark.parametrize(
    ("text", "label", "said"),
    [("sell (", "spam", "never closed"), ("…", "spam", "no word"), ("pills", "x", "no label")],
)
def test_faults_of_typing_are_named(judged, preview, text, label, said):
    with pytest.raises(InvalidInputError, match=said):
        preview(text, label)


def test_viewers_do_not_preview(judged, preview):
    with pytest.raises(NotAllowedError):
        preview("pills", person="vic")


def test_preview_warns_of_the_term_under_another_label_but_not_of_itself(
    place, team, project, judged, preview
):
    (term,) = lexicon.add_term(
        place, team["ben"], project.project_id, "pills", label="ham", key="a"
    ).terms

    other, itself = preview("pills"), preview("pills", "ham", term_id=term.term_id)
    twice = preview("pills", "ham")

    assert [one.kind for one in other.warnings] == [WarningKind.TWO_LABELS]
    assert itself.warnings == ()
    assert [one.kind for one in twice.warnings] == [WarningKind.DUPLICATE]


def test_warnings_of_the_lexicon_name_terms_that_match_nothing(
    place, team, project, judged, add_messages
):
    where, ana = project.project_id, team["ana"]
    for text, label in [("pills", "spam"), ("nowhere", "spam"), ("pills", "ham")]:
        lexicon.add_term(place, ana, where, text, label=label, key=f"{text}-{label}")

    found = list_warnings(place, team["vic"], where)
    add_messages({"new": "nowhere to go"})
    later = list_warnings(place, team["vic"], where)

    assert [(one.kind, one.expression, len(one.term_ids)) for one in found] == [
        (WarningKind.TWO_LABELS, "pills", 2),
        (WarningKind.NO_MATCH, "nowhere", 1),
    ]
    assert [one.kind for one in later] == [WarningKind.TWO_LABELS]


def test_counts_are_of_the_pool_and_of_one_project(place, team, project, judged):
    other = projects.create_project(place, team["sue"], "Other", [Label("a"), Label("b")])
    for text in ("pills", "lunch", "x"):
        lexicon.add_term(place, team["ana"], project.project_id, text, label="spam", key=text)
    lexicon.add_term(place, team["sue"], other.project_id, "pills", label="a", key="other")

    found = pool_matches(place.db, project.project_id)

    assert found.counts == {"pills": 5, "lunch": 1, "x": 0}
    assert found.count_any(["pills", "lunch"]) == 6
    assert found.count_any(["x", "not in the lexicon"]) == found.count_any([]) == 0
    assert pool_matches(place.db, other.project_id).counts == {"pills": 0}


def test_words_are_listed_before_the_first_term_is_typed(place, project, judged):
    """With 100,000 messages that takes seconds, which nobody should wait for at a key."""
    before = pool_texts(place.db, project.project_id).is_indexed

    prepare_previews(place, project.project_id)

    assert (before, pool_texts(place.db, project.project_id).is_indexed) == (False, True)
