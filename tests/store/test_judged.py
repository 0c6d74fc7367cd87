"""Messages that anybody has judged, without all the others."""

import polars as pl

from rhml_core.store.judged import fair_texts_of, judged_keys, judged_texts


def test_judged_messages_come_with_what_becomes_of_them(place, project, add_messages, add_labels):
    """A text that the hold-out has too must not teach, and is told apart."""
    add_messages({"m1": "one", "m2": "two", "m3": "same", "m4": "three"})
    add_messages({"h1": "same", "h2": "four"}, holdout=["h1", "h2"])
    add_labels([("m3", "Ana", "ham"), ("m1", "Ana", "spam"), ("h2", "Ben", "ham")])

    keys = judged_keys(place.db, project.project_id)
    texts = judged_texts(place.db, project.project_id)

    assert keys.rows() == [
        ("m1", "pool", False),
        ("m3", "pool", True),
        ("h2", "holdout", True),
    ]
    assert texts["message_id"].to_list() == ["m1", "m3", "h2"]
    assert texts["text"].to_list() == ["one", "same", "four"]


def test_nothing_judged_keeps_the_columns(place, project, add_messages):
    add_messages({"m1": "one"})

    keys = judged_keys(place.db, project.project_id)
    texts = judged_texts(place.db, project.project_id)

    assert (keys.schema["is_text_held"], keys.rows()) == (pl.Boolean, [])
    assert (texts.columns, texts.rows()) == (["message_id", "text", "text_hash", "split"], [])


def test_texts_to_measure_on_are_of_the_pool_and_in_no_hold_out(place, project, add_messages):
    add_messages({"m1": "one", "m2": "two", "m3": "same"})
    add_messages({"h1": "same", "h2": "four"}, holdout=["h1", "h2"])

    found = fair_texts_of(place.db, project.project_id, ["m3", "h2", "m2", "gone", "m1"])
    none = fair_texts_of(place.db, project.project_id, [])

    assert found.rows() == [("m1", "one"), ("m2", "two")]
    assert (none.columns, none.rows()) == (["message_id", "text"], [])
