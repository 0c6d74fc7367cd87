"""What the components of learning draw: nothing invented, nothing run, nothing private."""

from app.components.learning_charts import (
    EXPERTS,
    LEXICON,
    MACHINE,
    learners_frame,
    skill_frame,
)
from app.components.learnt_list import listed_messages
from app.components.plain_table import plain_table_html
from rhml_core.domain import Person, Role
from rhml_core.figures import Interval
from rhml_core.workflows.learner.learnt_messages import LearntMessage

ANA = Person("ana", "Ana", Role.EXPERT)


def test_only_what_was_measured_is_drawn():
    """A learner without a figure in a cycle is no point at 0."""
    cycles = [(1, Interval(0.5, 0.4, 0.6, 90), None), (2, None, Interval(0.8, 0.7, 0.9, 20))]

    frame = learners_frame(cycles)

    assert frame.select("cycle", "learner", "value", "n").rows() == [
        (1, MACHINE, 0.5, 90),
        (2, EXPERTS, 0.8, 20),
    ]


def test_lexicon_alone_is_a_series_of_its_own():
    cycles = [(1, Interval(0.5, 0.4, 0.6, 90), None)]

    frame = learners_frame(cycles, [(1, Interval(0.4, 0.3, 0.5, 80))])

    assert frame.select("cycle", "learner", "n").rows() == [(1, MACHINE, 90), (1, LEXICON, 80)]


def test_nothing_measured_keeps_the_columns():
    frame = learners_frame([])

    assert frame.is_empty()
    assert {"cycle", "learner", "value", "low", "high", "n"} <= set(frame.columns)


def test_every_cycle_of_skill_bears_its_n():
    frame = skill_frame([(3, Interval(0.75, 0.5, 0.9, 12))])

    assert frame["axis"].to_list() == ["3 (n = 12)"]
    assert frame["interval"].to_list() == ["0.5 to 0.9"]


def test_table_escapes_and_keeps_an_interval_on_one_line():
    html = plain_table_html(
        [("<b>", "it's")], [("<i>", [("0.5 [0.1, 0.9], n = 4", '"')])], title="<x>"
    )

    assert "<b>" not in html
    assert "<i>" not in html
    assert "[0.1,\u00a00.9], n\u00a0=\u00a04" in html
    assert 'title="&quot;"' in html


def test_same_label_twice_is_one_side():
    kept = LearntMessage("m1", "text", "ham", "ham", "spam")
    changed = LearntMessage("m2", "text", "ham", "spam", "")

    rows = listed_messages([kept, changed], ANA, {})

    assert [[side.label for side in row.sides] for row in rows] == [["ham"], ["ham", "spam"]]
    assert [row.note for row in rows] == ["right: spam", "not settled"]
