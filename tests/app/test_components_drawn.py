import dataclasses
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.components.charts import score_frame
from app.components.matrix import PAIRS_OF_ANSWERS, matrix_data
from app.components.message_card import about_message, text_pieces
from app.components.progress_row import job_line
from rhml_core.domain import Job, JobKind, JobState, Message
from rhml_core.figures import Interval


@given(st.text(alphabet="ab \u202e", max_size=20))
def test_pieces_lose_nothing_and_mark_what_cannot_be_seen(text):
    pieces = text_pieces(text)

    assert "".join("\u202e" if one["hidden"] else one["text"] for one in pieces) == text


def test_unknown_facts_of_a_message_are_left_out():
    assert about_message(Message("m", "x", thread="market")) == ["thread market"]


def test_absent_pair_counts_zero():
    counts = pl.DataFrame({"a": ["x", "y"], "b": ["y", "z"], "n": [3, 9]})

    data = matrix_data(counts, ["x", "y"], {"x": "#111111"})

    assert data["counts"] == [[0, 3], [0, 0]]
    assert data["labels"][0] == {"name": "x", "colour": "#111111"}
    assert data["words"][0] == ["0 messages", "3 messages"]


def test_counts_in_a_matrix_say_what_they_count():
    """Pairs that agree stand twice in their cell, once for each direction."""
    counts = pl.DataFrame({"a": ["x", "x", "y"], "b": ["x", "y", "x"], "n": [4, 1, 1]})

    words = matrix_data(counts, ["x", "y"], {}, PAIRS_OF_ANSWERS)["words"]

    assert words[0] == ["2 pairs of answers, each in both directions", "1 pair of answers"]


def test_label_without_f1_is_not_drawn_as_zero():
    frame = score_frame([("a", Interval(0.8, 0.7, 0.9, 60), 60), ("b", None, 0)])

    assert frame["axis"].to_list() == ["a (n = 60)"]
    assert frame.row(0, named=True)["interval"] == "0.70 to 0.90"


def test_no_labels_keep_the_frames_columns():
    assert score_frame([]).columns == ["label", "score", "low", "high", "n", "axis", "interval"]


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (JobState.RUNNING, "step 12 of 20 · teaching · 25 s left"),
        (JobState.FAILED, "failed · teaching"),
    ],
)
def test_job_is_one_line(state, line):
    assert job_line(_job(state)) == line


def test_reading_counts_messages_and_does_not_say_so_twice():
    reading = dataclasses.replace(
        _job(JobState.RUNNING), kind=JobKind.EMBED, recipe="", detail="Reading messages"
    )

    assert job_line(reading) == "12 of 20 messages · 25 s left"


def test_only_a_job_that_goes_on_can_be_cancelled():
    page = AppTest.from_function(_rows, args=([_job(JobState.RUNNING), _job(JobState.DONE)],))

    page.run()

    assert not page.exception
    assert [button.key for button in page.button] == ["row0"]


def test_next_step_of_an_empty_page_is_a_button():
    page = AppTest.from_function(_empty).run()

    page.button(key="step").click().run()

    assert not page.exception
    assert page.text[0].value == "clicked"


def _job(state):
    made = datetime(2025, 3, 3, tzinfo=UTC)
    return Job("j", "p", JobKind.TRAIN, "setfit", state, 12, 20, 25.0, "teaching", None, "p1", made)


def _rows(jobs):
    from app.components.progress_row import progress_row  # noqa: PLC0415 -- runs as a script

    for place, job in enumerate(jobs):
        progress_row(job, key=f"row{place}")


def _empty():
    import streamlit  # noqa: PLC0415 -- runs as a script

    from app.components.empty import empty_state  # noqa: PLC0415 -- runs as a script

    if empty_state("Nothing here yet.", action="Do it", key="step"):
        streamlit.text("clicked")
