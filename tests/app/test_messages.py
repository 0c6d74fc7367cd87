"""The messages page: the list, the import step by step, and labels."""

import pytest

from app.views.messages.label_meanings import LEAVE_OUT, NEW
from rhml_core.domain import Split
from rhml_core.store.messages import get_messages
from rhml_core.workflows.overview.message_list import list_messages
from tests.app.training_fixtures import begin_study, page_of, seen

GOOD = b"id,text,author\na1,first,Ana\na2,second,Ben\na3,third,Ana\na4,fourth,Ana\na5,fifth,Ben\n"
BAD = b"id,text\na1,first\na1,again\na2,\na3,third\n"


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    yield study
    study.place.close()


def n_stored(study, split=None):
    return list_messages(study.place, study.admin, study.project.project_id, split=split)[1]


def checked(study, data):
    page = page_of("messages", study).run()
    page.file_uploader(key="import_file").set_value(("new.csv", data, "text/csv")).run()
    page.button(key="import_check").click().run()
    return page


def test_empty_project_opens_with_the_import(study):
    page = page_of("messages", study).run()

    assert not page.exception
    assert "No messages yet: import a file to begin" in seen(page)
    assert page.file_uploader(key="import_file")


def test_list_shows_messages_and_how_many_are_held_out(study):
    study.fill()

    page = page_of("messages", study).run()

    assert not page.exception
    assert "30 messages, 20 of them hold-out; the machine has read 0" in seen(page)
    assert page.dataframe[0].value.shape[0] == 30


def test_search_and_filters_narrow_the_list(study):
    study.fill()
    study.judge({"m21": "Leak", "m22": "Sale"})
    page = page_of("messages", study).run()

    page.selectbox(key="messages_label").set_value("Leak").run()
    labelled = list(page.dataframe[0].value["message_id"])
    page.selectbox(key="messages_label").set_value("").run()
    page.selectbox(key="messages_split").set_value("pool").run()
    page.text_input(key="messages_search").set_value("NUMBER 2").run()
    page.text_input(key="messages_author").set_value("author1").run()

    assert not page.exception
    assert labelled == ["m21"]
    assert list(page.dataframe[0].value["message_id"]) == ["m22", "m25", "m28"]


def test_filters_without_a_hit_say_what_to_do(study):
    study.fill()
    page = page_of("messages", study).run()

    page.text_input(key="messages_search").set_value("nowhere").run()

    assert not page.exception
    assert "No message fits these filters" in seen(page)


def test_experts_are_told_why_messages_are_closed_and_when_they_open(study):
    study.fill()

    page = page_of("messages", study, study.expert).run()

    assert not page.exception
    assert not page.dataframe
    assert "your judgement stays your own" in seen(page)
    assert "No thread is open to you yet" in seen(page)
    assert page.button(key="open_messages_empty").label == "Label messages"


def test_experts_list_has_what_they_judged_and_no_label(study):
    """Neither a label nor the split: what is held out is judged without a hint."""
    study.fill()
    study.judge({"m1": "Sale", "m22": "Leak"}, by=study.expert.name)
    study.judge({"m23": "Leak"}, by="Zoe")

    page = page_of("messages", study, study.expert).run()

    assert not page.exception
    table = page.dataframe[0].value
    assert list(table["message_id"]) == ["m1", "m22"]
    assert set(table.columns) == {"message_id", "text", "author", "sent_at", "n_judgements"}


def test_file_goes_in_by_steps_with_a_random_hold_out(study):
    page = checked(study, GOOD)
    before = n_stored(study)
    told = seen(page)
    page.button(key="import_now").click().run()

    assert not page.exception
    assert before == 0
    assert "All 5 rows are in order." in told
    assert "5 messages are in, 1 of them hold-out." in seen(page)
    assert n_stored(study) == 5
    assert n_stored(study, Split.HOLDOUT) == 1
    assert page.button(key="import_to_label").label == "Label the first message"


def test_faulty_rows_are_named_and_block_until_left_out(study):
    page = checked(study, BAD)
    told = seen(page)
    is_blocked = page.button(key="import_now").disabled
    page.checkbox(key="import_leave_out").check().run()
    page.button(key="import_now").click().run()

    assert not page.exception
    assert is_blocked
    assert "Rows with errors: 2 of 4." in told
    assert "The message has no text." in told
    assert n_stored(study) == 2
    assert "Left out: 2 faulty rows." in seen(page)


def test_guessed_columns_can_be_changed(study):
    page = page_of("messages", study).run()
    data = b"note,remark\nshort,a much longer text here\n"
    page.file_uploader(key="import_file").set_value(("new.csv", data, "text/csv")).run()
    guessed = page.selectbox(key="import_column_text_").value
    page.selectbox(key="import_column_text_").set_value("note").run()
    page.button(key="import_check").click().run()
    page.button(key="import_now").click().run()

    frame, _ = list_messages(study.place, study.admin, study.project.project_id)
    assert not page.exception
    assert guessed == "remark"
    assert frame["text"].to_list() == ["short"]


def test_unreadable_file_is_refused_with_a_reason(study):
    page = page_of("messages", study).run()

    page.file_uploader(key="import_file").set_value(("new.csv", b"  ", "text/csv")).run()

    assert not page.exception
    assert page.error
    assert page.file_uploader(key="import_file")


def labels_page(study, data):
    """The part with the labels, a file chosen and its columns taken as guessed."""
    study.fill()
    page = page_of("messages", study)
    page.session_state[f"messages_tab_{study.project.project_id}"] = "Import labels"
    page.run()
    page.file_uploader(key="labels_file").set_value(("l.csv", data, "text/csv")).run()
    if not page.button(key="labels_check").disabled:
        page.button(key="labels_check").click().run()
    return page


def test_labels_are_taken_in_and_new_experts_named(study):
    page = labels_page(study, b"message_id,expert,label\nm20,Zoe,Sale\nm21,Zoe,Leak\n")

    page.button(key="labels_import").click().run()

    assert not page.exception
    assert "2 labels of 1 expert taken in. New here: Zoe." in seen(page)


def test_label_that_the_codebook_lacks_is_asked_about_and_mapped(study):
    page = labels_page(study, b"message_id,expert,label\nm20,Zoe,SALE!\nm21,Zoe,news\n")
    nearest = page.selectbox(key="labels_meaning_SALE!").value
    told = seen(page)
    is_blocked = page.button(key="labels_import").disabled
    page.selectbox(key="labels_meaning_news").set_value(NEW).run()
    page.button(key="labels_import").click().run()

    assert not page.exception
    assert (nearest, is_blocked) == ("Sale", True)
    assert "1 label of the file must be answered first." in told
    assert "2 labels of 1 expert taken in." in seen(page)
    assert "New in the codebook: news." in seen(page)


def test_rows_of_a_word_can_be_left_out(study):
    page = labels_page(study, b"message_id,expert,label\nm20,Zoe,Sale\nm21,Zoe,news\n")

    page.selectbox(key="labels_meaning_news").set_value(LEAVE_OUT).run()
    told = seen(page)
    page.button(key="labels_import").click().run()

    assert not page.exception
    assert "1 row left out by your answers." in told
    assert "1 label of 1 expert taken in." in seen(page)


def test_labels_of_nobody_ask_for_a_name(study):
    page = labels_page(study, b"message_id,label\nm20,Sale\n")
    is_blocked = page.button(key="labels_check").disabled
    page.text_input(key="labels_expert").set_value("Zoe").run()
    page.button(key="labels_check").click().run()
    page.button(key="labels_import").click().run()

    assert not page.exception
    assert is_blocked
    assert "New here: Zoe." in seen(page)


def test_repeats_are_left_out_unless_one_wants_them(study):
    page = checked(study, b"id,text\na1,same\na2,same\na3,other\n")
    told = seen(page)
    page.checkbox(key="import_leave_repeats_out").uncheck().run()
    kept = page.button(key="import_now").label
    page.checkbox(key="import_leave_repeats_out").check().run()
    page.button(key="import_now").click().run()

    assert not page.exception
    assert "1 row repeats a text that stands in another row or in the project: row 3." in told
    assert kept == "Import 3 messages"
    assert "Left out: 1 repeat." in seen(page)
    assert n_stored(study) == 2


def test_check_and_end_of_an_import_name_exact_and_near_repeats(study):
    page = checked(study, b"id,text\na1,same\na2,same\na3,SAME\na4,other\n")
    told = seen(page)
    page.checkbox(key="import_leave_repeats_out").uncheck().run()
    page.button(key="import_now").click().run()

    assert not page.exception
    assert "1 row repeats such a text but for case, spacing or unseen characters: row 4." in told
    assert "4 messages are in" in seen(page)
    assert "1 repeats a text and 1 nearly does, but for case" in seen(page)


def test_end_of_an_import_without_repeats_says_so(study):
    page = checked(study, GOOD)
    page.button(key="import_now").click().run()

    assert "Each text is there once." in seen(page)


def test_labels_beside_the_messages_are_the_next_step_and_no_metadata(study):
    """What stands in a message's metadata is seen by those who have still to judge it."""
    page = checked(study, b"id,text,label\na1,first,Sale\na2,second,Leak\n")
    page.button(key="import_now").click().run()
    stored = get_messages(study.place.db, study.project.project_id, ["a1"])[0]
    page.button(key="import_to_labels").click().run()

    assert not page.exception
    assert stored.metadata == {}
    assert page.selectbox(key="labels_column_label_").value == "label"
    assert page.selectbox(key="labels_column_message_").value == "id"
