"""The page Lexicon: terms are added, looked at, changed and taken back, and nothing leaks."""

import pytest

from app.components.coloured_text import ColouredSpan, around_first, coloured_pieces
from app.components.term_bar import read_new_term
from app.views.lexicon.bar import look_at_typed, store_term
from rhml_core.domain import Span
from rhml_core.errors import InvalidInputError
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.lexicon.lexicon import add_term, edit_term, get_lexicon, remove_terms
from tests.app.store_fixtures import data_of, look, make_project, texts_of

FILE = b"Labeling,Category,Words\nspam,sale,pills\nspam,sale,offer\nham,,noon\n"


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def terms(place, team, project, add_messages):
    """Three terms in three messages; `free` stands under both labels, `zebra` in no message."""
    add_messages({"m1": "free offer", "m2": "Free lunch at noon", "m3": "lunch"})
    where = project.project_id
    for label, text, category in (
        ("spam", "free", "sale"),
        ("ham", "lunch", ""),
        ("ham", "free", ""),
        ("ham", "zebra", ""),
    ):
        add_term(place, team["ana"], where, text, label=label, category=category, key=label + text)
    return {
        (one.label, one.expression): one for one in get_lexicon(place, team["ana"], where).terms
    }


def expressions(place, team, project):
    return sorted(
        (one.label, one.expression)
        for one in get_lexicon(place, team["ana"], project.project_id).terms
    )


def labels_of_buttons(page):
    return [button.label for button in page.button]


def test_empty_lexicon_says_what_to_do_next(place, team, project):
    page = look("lexicon", place, team["ana"], project)

    assert not page.exception
    assert "The lexicon has no term yet" in texts_of(page)
    assert {"Adopt concepts in the journal", "Import terms from a file"} <= set(
        labels_of_buttons(page)
    )
    assert data_of(page, "term_bar")["labels"] == ["ham", "spam"]


def test_first_line_counts_terms_and_names_who_changed_them(place, team, project, terms):
    page = look("lexicon", place, team["vic"], project)

    assert not page.exception
    assert "4 terms under 2 labels." in texts_of(page)
    assert "Version 4, by Ana" in texts_of(page)


def test_tree_shows_labels_categories_and_counts(place, team, project, terms):
    page = look("lexicon", place, team["ana"], project)

    ham, spam = data_of(page, "term_tree")["labels"]
    assert (ham["label"], ham["n"], spam["n"]) == ("ham", 3, 2)
    assert [branch["name"] for branch in spam["branches"]] == ["sale"]
    (free,) = spam["branches"][0]["terms"]
    assert (free["expression"], free["n"], free["source"]) == ("free", 2, "expert")
    assert free["who"]["initials"] == "A"


def test_preview_tells_how_a_term_is_read_and_where_it_occurs(place, team, project, terms):
    codebook = get_codebook(place, project.project_id)

    found = look_at_typed(place, team["ana"], project, codebook, "free; (offer | pills)", "spam")

    assert found["reading"] == "pattern: free, then offer or pills within 5 words"
    assert found["figures"][0][0] == "in 1 of 3 messages"
    assert "judged" in found["figures"][1][0]  # said in words: nothing is judged yet
    (example,) = found["examples"]
    marked = [piece["text"] for piece in example["pieces"] if piece["colour"]]
    assert (marked, example["label"]) == (["free", "offer"], "not judged")


def test_preview_warns_and_names_faults_with_their_remedy(place, team, project, terms):
    codebook = get_codebook(place, project.project_id)

    def told(text, label="spam"):
        return look_at_typed(place, team["ana"], project, codebook, text, label)

    assert "stands under spam already" in " ".join(told("Free")["warnings"])
    assert "ham and spam" in " ".join(told("lunch")["warnings"])
    assert "No message" in " ".join(told("giraffe")["warnings"])
    assert told("(a | b")["fault"].endswith("Add the missing ).")
    assert told("  ") is None


def test_term_that_was_sent_is_stored_once(place, team, project, terms):
    """The browser may send the same act again: one term, one version."""
    sent = {"key": "k1", "text": " Cheap  pills", "label": "spam", "sub": "", "reason": "ads"}

    for _ in range(2):
        answer = store_term(place, team["ana"], project, read_new_term(sent))

    assert "“cheap pills”: version 5" in answer.notice
    assert expressions(place, team, project).count(("spam", "cheap pills")) == 1


def test_nonsense_from_the_browser_is_refused():
    for raw in (None, "text", {}, {"key": "k"}):
        with pytest.raises(InvalidInputError):
            read_new_term(raw)


def test_viewer_reads_and_has_nothing_to_edit_with(place, team, project, terms):
    chosen = terms["spam", "free"]

    page = look("lexicon", place, team["vic"], project, term=chosen.term_id)

    assert not page.exception
    assert not page.text_input
    assert "Save" not in labels_of_buttons(page)
    assert data_of(page, "term_tree")["canSelect"] is False
    with pytest.raises(KeyError):
        data_of(page, "term_bar")


def test_chosen_term_is_moved_and_reasoned(place, team, project, terms):
    term = terms["ham", "lunch"]
    page = look("lexicon", place, team["ana"], project, term=term.term_id)
    one = f"{term.term_id}_0"

    page.selectbox(key=f"edit_label_{one}").select("spam")
    page.text_input(key=f"edit_reason_{one}").set_value("an offer of food")
    page.button(key=f"edit_save_{one}").click().run()

    assert not page.exception
    (moved,) = [
        found
        for found in get_lexicon(place, team["ana"], project.project_id).terms
        if found.expression == "lunch"
    ]
    assert (moved.label, moved.reason) == ("spam", "an offer of food")


def test_chosen_term_is_removed_with_its_reason(place, team, project, terms):
    term = terms["ham", "zebra"]
    page = look("lexicon", place, team["ana"], project, term=term.term_id)
    one = f"{term.term_id}_0"

    page.text_input(key=f"edit_reason_{one}").set_value("occurs nowhere")
    page.button(key=f"edit_remove_{one}").click().run()

    assert not page.exception
    assert ("ham", "zebra") not in expressions(place, team, project)
    assert get_lexicon(place, team["ana"], project.project_id).note == "occurs nowhere"


def test_what_a_colleague_changed_meanwhile_is_told_and_what_was_typed_stays(
    place, team, project, terms
):
    """Neither overwrites the other unseen; who has been told may then decide."""
    term, where = terms["ham", "lunch"], project.project_id
    page = look("lexicon", place, team["ana"], project, term=term.term_id)
    reason = f"edit_reason_{term.term_id}_0"
    save = f"edit_save_{term.term_id}_0"
    edit_term(place, team["ben"], where, term.term_id, category="food", key="by ben")

    page.text_input(key=reason).set_value("eaten at noon")
    page.button(key=save).click().run()

    assert not page.exception
    assert "Ben changed “lunch”" in page.error[0].value
    assert page.text_input(key=reason).value == "eaten at noon"
    (stands,) = [
        one for one in get_lexicon(place, team["ana"], where).terms if one.term_id == term.term_id
    ]
    assert (stands.category, stands.reason) == ("food", "")

    page.button(key=f"edit_anew_{term.term_id}_0").click().run()

    assert page.text_input(key=f"edit_category_{term.term_id}_1").value == "food"


def test_term_that_a_colleague_took_out_while_it_was_open_says_who(place, team, project, terms):
    term = terms["ham", "zebra"]
    page = look("lexicon", place, team["ana"], project, term=term.term_id)
    remove_terms(place, team["ben"], project.project_id, [term.term_id], key="by ben")

    page.button(key=f"edit_save_{term.term_id}_0").click().run()

    assert not page.exception
    assert "Ben removed “zebra”" in page.error[0].value


def test_warnings_lead_to_their_terms(place, team, project, terms):
    page = look("lexicon", place, team["ana"], project, part="mend")

    assert not page.exception
    said = texts_of(page)
    assert "“zebra”" in said
    assert "“free” stands under ham and spam" in said

    page.button(key=f"mend_NO_MATCH_{terms['ham', 'zebra'].term_id}").click().run()

    assert terms["ham", "zebra"].term_id in page.query_params["term"]


def test_versions_show_their_difference_and_lead_back(place, team, project, terms):
    page = look("lexicon", place, team["ana"], project, part="versions", after="2")

    assert not page.exception
    assert "+ “lunch” under ham" in texts_of(page)
    assert "From version 1 to 2: 1 change" in texts_of(page)

    page.button(key="roll_back_2").click().run()

    assert not page.exception
    assert expressions(place, team, project) == [("ham", "lunch"), ("spam", "free")]


def test_unmeasured_versions_say_so_in_words(place, team, project, terms):
    page = look("lexicon", place, team["vic"], project, part="versions")

    assert not page.exception
    assert "hold-out messages have a reference label" in texts_of(page)


def test_file_is_checked_before_it_is_imported(place, team, project, terms):
    page = look("lexicon", place, team["ana"], project, part="file")

    page.file_uploader[0].set_value(("terms.csv", FILE, "text/csv")).run()

    assert not page.exception
    assert "3 terms new" in texts_of(page)
    assert ("ham", "noon") not in expressions(place, team, project)

    page.button(key="lexicon_import_now").click().run()

    assert not page.exception
    assert ("ham", "noon") in expressions(place, team, project)
    assert "3 terms added: version 5." in page.success[0].value


def test_pieces_lose_nothing_and_colour_their_stretch():
    spans = [ColouredSpan(Span(0, 6), "#E69F00", "escrow: Sale")]

    pieces = coloured_pieces("escrow\u202e ok", spans)

    assert [(one["text"], one["colour"], one["hidden"]) for one in pieces] == [
        ("escrow", "#E69F00", False),
        ("RLO", "", True),
        (" ok", "", False),
    ]


def test_long_message_is_cut_around_its_first_term():
    text = "x" * 500 + " escrow " + "y" * 500

    cut, (span,) = around_first(text, [ColouredSpan(Span(501, 507), "#000000", "")], 200)

    assert cut[span.span.start : span.span.end] == "escrow"
    assert (cut[0], cut[-1], len(cut)) == ("…", "…", 202)
