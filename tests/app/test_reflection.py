"""The page Reflection: figures with their interval, and counts that lead to their messages."""

import pytest

from app.components.empty import TRIED_AGAIN
from app.components.lexicon_charts import (
    ALONE,
    IN_RUNS,
    MACHINE,
    TAUGHT,
    curve_frame,
    version_frame,
)
from app.views.reflection.words import summary_note, summary_sentence
from rhml_core.figures import Interval
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.lexicon.lexicon import add_term
from tests.app.store_fixtures import add_run, data_of, look, make_project, texts_of


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def judged(place, team, project, add_messages, add_labels):
    """
    Two dozen messages of the pool, as many held out; `free` tells spam, and misleads at times.

    Ben alone judged `x`, which is still before Ana.
    """
    texts = {
        f"{kind}{place:02d}": f"{'free entry' if place % 2 == 0 else 'lunch at noon'} {kind}{place}"
        for kind in "ph"
        for place in range(24)
    }
    truth = {
        name: "spam" if (int(name[1:]) % 2 == 0) != (int(name[1:]) % 8 == 0) else "ham"
        for name in texts
    }
    add_messages(
        texts | {"x": "free secret entry"}, holdout=[name for name in texts if name[0] == "h"]
    )
    add_labels(
        [(name, who, truth[name]) for name in texts for who in ("Ana", "Ben")]
        + [("x", "Ben", "spam")]
    )
    where = project.project_id
    add_term(place, team["sue"], where, "free", label="spam", key="free")
    add_term(place, team["sue"], where, "lunch", label="ham", key="lunch")
    return truth


def told(page):
    """Everything that the browser was told, components included."""
    drawn = [element.proto.json for element in page.get("bidi_component")]
    return "\n".join([texts_of(page), *drawn])


def pills(page, key):
    (found,) = [one for one in page.get("button_group") if one.key == key]
    return [option.content for option in found.proto.options]


def test_without_words_the_page_leads_to_the_lexicon(place, team, project):
    page = look("reflection", place, team["ana"], project)

    assert not page.exception
    assert "Our lexicon has no term yet" in texts_of(page)
    assert page.button(key="no_reflection").label == "Go to the lexicon"


def test_first_line_has_both_figures_with_interval_and_n(place, team, project, judged):
    page = look("reflection", place, team["vic"], project)

    assert not page.exception
    said = texts_of(page)
    assert "Our lexicon reaches a macro-F1 of 0." in said
    assert "unweighed 0." in said
    assert said.count("n = 24") >= 2


def test_no_finished_cycle_leads_to_training(place, team, project, judged):
    page = look("reflection", place, team["ana"], project)

    assert page.button(key="no_cycles").label == "Go to training"


def test_cycle_without_words_is_named_in_words(place, team, project, judged):
    add_run(place, project, 1, {})

    page = look("reflection", place, team["ana"], project)

    assert not page.exception
    assert "The lexicon had no term when this cycle ended." in texts_of(page)


def test_terms_have_their_counts_and_figures(place, team, project, judged):
    """Of 24 messages 12 contain `free`; 3 of these are ham."""
    page = look("reflection", place, team["ana"], project, part="terms", label="spam")

    assert not page.exception
    (row,) = data_of(page, "worth_table")["rows"]
    words = [cell["words"] for cell in row["cells"]]
    assert (row["term"], words[:3]) == ("free", ["13", "9", "3"])
    assert words[3].startswith("0.75 [")
    assert [cell["to"] for cell in row["cells"]][:3] == ["", "for", "against"]
    assert data_of(page, "reflection_tree")["labels"][1]["n"] == 13


def test_count_leads_to_exactly_its_messages(place, team, project, judged):
    page = look(
        "reflection",
        place,
        team["ana"],
        project,
        part="messages",
        label="spam",
        term="free",
        side="against",
    )

    assert not page.exception
    items = data_of(page, "reflected_mail")["items"]
    assert sorted(one["id"] for one in items) == ["p00", "p08", "p16"]
    assert [piece["text"] for piece in items[0]["pieces"] if piece["colour"]] == ["free"]
    assert items[0]["sides"][0]["label"] == "ham"


def test_outcomes_are_counted_and_chosen_in_the_address(place, team, project, judged):
    page = look(
        "reflection", place, team["ana"], project, part="messages", label="spam", outcome="fn"
    )

    assert not page.exception
    words = pills(page, "reflected_outcome")
    assert words[0] == "all 24"
    assert sum(int(one.rsplit(" ", 1)[1]) for one in words[1:]) == 24
    assert [one.rsplit(" ", 1)[0] for one in words[1:]] == [
        "found rightly",
        "found wrongly",
        "missed",
        "rightly left alone",
    ]


def test_choice_that_fits_nothing_is_undone_by_one_click(place, team, project, judged):
    chosen = {"part": "messages", "label": "spam", "outcome": "fn", "term": "lunch", "side": "for"}
    page = look("reflection", place, team["ana"], project, **chosen)

    page.button(key="none_reflected").click().run()

    assert not page.exception
    assert page.query_params["label"] == "spam"
    assert pills(page, "reflected_outcome")[0] == "all 24"


def test_expert_reads_nothing_of_the_hold_out_nor_of_what_is_theirs_to_judge(
    place, team, project, judged
):
    """Not in any part of the page, whatever the address asks for."""
    for filters in (
        {"part": "curve"},
        {"part": "terms"},
        {"part": "messages", "label": "spam"},
        {"part": "messages", "label": "spam", "page": "2"},
        {"part": "messages", "label": "spam", "term": "free"},
    ):
        page = look("reflection", place, team["ana"], project, **filters)

        assert not page.exception
        assert "secret" not in told(page)
        assert not [name for name in judged if name[0] == "h" and f'"{name}"' in told(page)]


def test_supervisor_may_read_what_an_expert_has_still_to_judge(place, team, project, judged):
    """The test before this one could not fail if nobody were shown the message."""
    page = look(
        "reflection", place, team["sue"], project, part="messages", label="spam", term="free"
    )

    assert "secret" in told(page)


def test_term_that_has_gone_is_said_in_words(place, team, project, judged):
    page = look(
        "reflection", place, team["ana"], project, part="messages", label="spam", term="gone"
    )

    assert not page.exception
    assert "The lexicon has no term “gone” any more." in texts_of(page)


def test_figures_that_are_missing_are_not_drawn_as_zero():
    found = Interval(0.5, 0.4, 0.6, 30)

    curve = curve_frame([(1, None, None, found), (2, found, None, None)])
    versions = version_frame([(1, found, None), (2, None, 0.7)])

    assert curve.select("at", "who", "n").rows() == [(1, MACHINE, 30), (2, TAUGHT, 30)]
    assert versions.select("at", "who", "low").rows() == [(1, ALONE, 0.4), (2, IN_RUNS, None)]


def test_figures_under_way_are_said_to_be():
    looked = Looked(None, is_current=False, is_working=True)

    assert summary_sentence(looked) == "How far our lexicon goes is being worked out."


def test_figures_that_could_not_be_made_are_not_promised():
    """Nothing is under way any more, so that “they come by themselves” would be a lie."""
    looked = Looked(None, is_current=False, is_working=False)

    assert summary_sentence(looked) == "How far our lexicon goes could not be worked out."
    assert summary_note(looked) == TRIED_AGAIN
