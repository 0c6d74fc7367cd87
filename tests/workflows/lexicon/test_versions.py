"""What became of the lexicon, version by version, and what each was worth."""

import dataclasses

import pytest

from rhml_core.errors import NotFoundError
from rhml_core.figures import Interval
from rhml_core.lexicon import Lexicon, Term, TermChangeKind, TermKind
from rhml_core.machine.reflection import measure_reflection
from rhml_core.store import runs
from rhml_core.workflows.lexicon import figures as lexicon_figures
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.figures import RunsFigure, version_figures
from rhml_core.workflows.lexicon.versions import (
    compare_lexicons,
    lexicon_difference,
)
from rhml_core.workflows.training import run_registry
from tests.workflows.training.quick_runs import judge_all, trainer


@pytest.fixture
def add(place, team, project):
    def add_term(text, label="spam"):
        return lexicon.add_term(
            place, team["ana"], project.project_id, text, label=label, key=f"{text}-{label}"
        ).terms[0]

    return add_term


def term(name, label="spam", **facts):
    return Term(f"term-{name}", name, TermKind.WORD, label, **facts)


def test_difference_lists_removed_moved_and_added_terms(place, team, project, add):
    pills, _offer, lunch = add("pills"), add("offer"), add("lunch", "ham")
    where, ben = project.project_id, team["ben"]
    lexicon.remove_terms(place, ben, where, [pills.term_id], key="r")
    lexicon.edit_term(place, ben, where, lunch.term_id, category="Food", key="m")
    add("noon", "ham")

    found = lexicon_difference(place, team["vic"], where, before=3, after=6).changes
    back = lexicon_difference(place, team["vic"], where, before=6, after=3).changes

    def told(changes):
        return [
            (one.kind, one.before and one.before.expression, one.after and one.after.category)
            for one in changes
        ]

    assert told(found) == [
        (TermChangeKind.REMOVED, "pills", None),
        (TermChangeKind.MOVED, "lunch", "Food"),
        (TermChangeKind.ADDED, None, ""),
    ]
    assert told(back) == [
        (TermChangeKind.REMOVED, "noon", None),
        (TermChangeKind.MOVED, "lunch", ""),
        (TermChangeKind.ADDED, None, ""),
    ]
    with pytest.raises(NotFoundError, match="version 9"):
        lexicon_difference(place, team["vic"], where, before=1, after=9)


def test_jaccard_is_the_share_of_common_terms(place, team, project, add):
    """By hand: {pills, offer} and {offer, lunch} share one of three; two empty ones have none."""
    pills = add("pills")
    add("offer")
    where, vic = project.project_id, team["vic"]
    lexicon.remove_terms(place, team["ana"], where, [pills.term_id], key="r")
    add("lunch", "ham")

    found = lexicon_difference(place, vic, where, before=2, after=4)
    empty = lexicon_difference(place, vic, where, before=0, after=0)

    assert (found.jaccard, found.n_both, found.n_either) == (pytest.approx(1 / 3), 1, 3)
    assert empty.jaccard is None


def test_term_that_was_taken_out_and_brought_in_again_is_the_same():
    before = Lexicon(1, (term("pills"), term("offer")))
    again = dataclasses.replace(term("pills", category="Shop"), term_id="term-other")

    found = compare_lexicons(before, Lexicon(3, (again, term("offer"))))

    assert [(one.kind, one.after.category) for one in found] == [(TermChangeKind.MOVED, "Shop")]
    assert compare_lexicons(before, before) == []


@pytest.fixture
def measured(add_messages, add_labels):
    """Twelve messages that teach, and 24 of the hold-out."""
    judge_all(add_messages, add_labels)
    held = {f"x{n}": "free prize" if n % 2 else "lunch today" for n in range(24)}
    add_messages(held, holdout=list(held))
    add_labels(
        [(name, "Sue", "spam" if text == "free prize" else "ham") for name, text in held.items()],
        adjudicated=True,
    )
    return held


def test_each_version_is_measured_on_the_same_hold_out(place, team, project, measured, add):
    """By hand: `lunch` for ham finds nothing else, so ties of what is taught decide; both, all."""
    free = add("free")
    add("lunch", "ham")
    where = project.project_id
    lexicon.remove_terms(place, team["ana"], where, [free.term_id], key="r")
    lexicon.roll_back_lexicon(place, team["ana"], where, 0, key="b")

    found = version_figures(place, team["vic"], where)

    texts = [measured[name] for name in sorted(measured)]
    truth = ["spam" if text == "free prize" else "ham" for text in texts]
    taught = ["spam", "ham"] * 6
    expected = measure_reflection(texts, truth, {"spam": ["free"]}, taught=taught)
    assert list(found) == [4, 3, 2, 1]
    assert found[1].reflection == expected.macro_f1
    assert (found[2].reflection.value, found[2].reflection.n, found[2].n_hit) == (1.0, 24, 24)
    assert (found[3].reflection.value < 0.5, found[3].n_hit) == (True, 12)
    assert (found[4].reflection, found[4].missing) == (
        None,
        "This version has no term, so it answers nothing.",
    )


def test_too_small_a_hold_out_is_said(place, team, project, add_messages, add_labels, add):
    judge_all(add_messages, add_labels)
    add("free")

    (found,) = version_figures(place, team["vic"], project.project_id).values()

    assert found.reflection is None
    assert "Only 0 hold-out messages have a reference label; from 20 on" in found.missing


def test_figures_are_kept_until_what_they_rest_on_changes(
    place, team, project, measured, add, add_labels, monkeypatch
):
    """A page with many versions must not measure them all again at every judgement."""
    add("free")
    add("lunch", "ham")
    n_measured = []

    def counting(*args, **facts):
        n_measured.append(1)
        return measure_reflection(*args, **facts)

    monkeypatch.setattr(lexicon_figures, "measure_reflection", counting)
    where, vic = project.project_id, team["vic"]

    def look():
        n_measured.clear()
        version_figures(place, vic, where)
        return len(n_measured)

    first, second = look(), look()
    add("noon", "ham")
    after_edit = look()
    add_labels([("s0", "Ben", "spam")])
    after_judgement = look()
    add_labels([("x0", "Sue", "spam")], adjudicated=True)
    after_holdout = look()

    assert (first, second, after_edit, after_judgement, after_holdout) == (2, 0, 1, 0, 3)


def test_runs_keep_the_version_that_they_were_trained_with(
    place, team, project, measured, add, monkeypatch
):
    train = trainer(place, team["sue"], project, monkeypatch)
    first = train("one")
    add("free")
    second, third = train("two"), train("three")

    found = version_figures(place, team["vic"], project.project_id)

    kept = [run.parameters["lexicon_version"] for run in (first, second, third)]
    assert kept == [0, 1, 1]
    values = [run.metrics.macro_f1.value for run in (second, third)]
    assert found[1].runs == RunsFigure(sum(values) / 2, min(values), max(values), 2)
    assert str(RunsFigure(0.81, 0.78, 0.84, 2)) == "0.81 on average of 2 runs, 0.78 to 0.84"
    assert run_registry.get_run(place, third.run_id).parameters["lexicon_version"] == 1


def test_runs_measured_by_cross_validation_are_left_out(place, team, project, add, monkeypatch):
    def run(number, measured_on, value):
        metrics = type("M", (), {"measured_on": measured_on, "macro_f1": Interval(value, 0, 1, 9)})
        return type("R", (), {"parameters": {"lexicon_version": 1}, "metrics": metrics})

    trained = [run(1, "hold-out", 0.5), run(2, "cross-validation", 0.9)]
    monkeypatch.setattr(runs, "list_runs", lambda *_: trained)
    add("free")

    found = version_figures(place, team["vic"], project.project_id)[1].runs

    assert (found, str(found)) == (RunsFigure(0.5, 0.5, 0.5, 1), "0.50 in one run")
