import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError, MachineError
from rhml_core.jobs.job_files import read_spec
from rhml_core.jobs.protocol import (
    DoneLine,
    EmbedSpec,
    FailedLine,
    ProgressLine,
    TrainSpec,
    format_line,
    format_spec,
    parse_line,
    parse_spec,
)


@pytest.mark.parametrize(
    "line",
    [
        ProgressLine(3, 10, None, "Fine-tuning", 0.25),
        ProgressLine(3, 0, 1.5, "naïve — שלום"),
        DoneLine({"encoder_id": "x", "loss_curve": [0.5, 0.25]}),
        FailedLine('No "room"\non the disk.'),
    ],
)
def test_line_comes_back_as_it_was_sent(line):
    sent = format_line(line)

    assert "\n" not in sent
    assert parse_line(sent) == line


@pytest.mark.parametrize(
    "text",
    ["", "Loading weights: 100%", "{}", '{"kind": "progress"}', "[1]", "null", '{"kind": []}'],
)
def test_what_a_library_prints_is_no_line(text):
    assert parse_line(text) is None


@given(st.text())
def test_no_text_breaks_the_reader(text):
    assert parse_line(text) is None


@pytest.mark.parametrize(
    "spec",
    [
        EmbedSpec(),
        EmbedSpec("runs/7", "cache", "model"),
        TrainSpec("setfit", ("b", "a"), 4, "base-x", {"n_steps": 3}, ("term",), "model"),
        TrainSpec("fast", ("b", "a"), 4, "base-x", rejected=(("a term", "b"),), cache_folder="c"),
        TrainSpec("fast", ("b", "a"), 4, "base-x", lexicon_by_label={"a": ("one", "two")}),
    ],
)
def test_spec_comes_back_as_it_was_written(spec):
    assert parse_spec(format_spec(spec)) == spec


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "dance"}', '{"kind": "train"}', '{"kind": "embed", "x": 1}']
)
def test_spec_that_is_none_is_refused(text):
    with pytest.raises(InvalidInputError, match="Start the job again"):
        parse_spec(text)


def test_folder_without_a_job_is_named(tmp_path):
    with pytest.raises(MachineError, match=tmp_path.name):
        read_spec(tmp_path)
