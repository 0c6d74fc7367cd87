"""What more labels bring: nested parts of the judged messages, measured on those held back."""

import threading

import numpy as np
import pytest

from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.workflows.training import curve_room, subset_curve
from rhml_core.workflows.training.curve_room import CurveRoom
from rhml_core.workflows.training.learning_curves import label_curve, more_labels
from rhml_core.workflows.training.subset_curve import (
    Judged,
    cross_validated_answers,
    holdout_answers,
    nested_sizes,
)

LABELS = ["ham", "spam"]
ALONE = {"surroundings": Surroundings(), "all_labels": LABELS}
SPAM = ("win cash prizes now", "cheap pills offer", "claim your free prize", "hot offer for cash")
HAM = ("see you at lunch", "the meeting moved to monday", "thanks for the notes", "call me later")


def two_clouds(n, *, seed=0, gap=4.0):
    """Judged messages of two labels whose vectors lie `gap` apart."""
    random = np.random.default_rng(seed)
    labels = tuple(LABELS[row % 2] for row in range(n))
    centres = np.array([[0.0, 0.0], [gap, gap]])[[row % 2 for row in range(n)]]
    vectors = (centres + random.normal(size=(n, 2))).astype(np.float32)
    return Judged(tuple(f"text {row}" for row in range(n)), vectors, labels, np.ones(n))


@pytest.fixture
def study(add_messages, add_labels):
    """Forty-eight judged pool messages; nothing of the hold-out is judged."""
    texts = {}
    for n in range(24):
        texts |= {f"s{n}": f"{SPAM[n % 4]} {n}", f"h{n}": f"{HAM[n % 4]} {n}"}
    add_messages(texts)
    add_labels([(name, "Ana", "spam" if name[0] == "s" else "ham") for name in texts])


@pytest.mark.parametrize("n", [1, 5, 10, 11, 25, 100, 641])
def test_sizes_rise_to_all(n):
    sizes = nested_sizes(n)

    assert sizes == sorted(set(sizes))
    assert sizes[-1] == n


def test_each_part_lies_within_the_next(monkeypatch):
    """Otherwise the curve would mix what more labels bring with which ones were drawn."""
    taught, seen = two_clouds(40), []
    monkeypatch.setattr(
        subset_curve,
        "_answers",
        lambda part, *_: seen.append({tuple(row) for row in part.vectors.tolist()}),
    )

    holdout_answers(taught, two_clouds(20, seed=1), **ALONE, seed=0)

    first, second, whole = seen[0], seen[3], seen[-1]
    assert (len(first), len(second), len(whole)) == (10, 20, 40)
    assert first < second < whole


def test_holdout_is_answered_thrice_by_each_part_and_once_by_the_whole():
    found = holdout_answers(two_clouds(40), two_clouds(24, seed=1), **ALONE, seed=0)

    assert [one.n_labels for one in found] == [10, 20, 40]
    assert [len(one.said) for one in found] == [3, 3, 1]
    assert all(len(said) == 24 for one in found for said in one.said)
    right = np.mean([a == b for a, b in zip(found[-1].truth, found[-1].said[0], strict=True)])
    assert right > 0.9


def test_without_holdout_every_judged_message_measures_once():
    judged = two_clouds(50)

    found = cross_validated_answers(judged, **ALONE, seed=0)

    assert [one.n_labels for one in found] == [10, 20, 40]
    assert all(len(one.truth) == 50 and len(one.said) == 1 for one in found)


def test_part_with_one_label_alone_is_left_out():
    """Ten messages of the common label teach nothing about the rare one."""
    judged = two_clouds(60)
    rare = Judged(judged.texts, judged.vectors, ("ham",) * 58 + ("spam",) * 2, judged.weights)

    found = holdout_answers(rare, two_clouds(20, seed=1), **ALONE, seed=3)

    assert found[-1].n_labels == 60
    assert all(1 <= len(one.said) <= 3 for one in found)
    assert len(found[0].said) < 3


def test_curve_is_cross_validated_without_a_holdout_and_says_so(place, team, project, study):
    curve = label_curve(place, team["vic"], project.project_id)

    assert curve.measured_on == "cross-validation"
    assert [point.n_labels for point in curve.points] == [10, 20, 38]
    assert {point.macro_f1.n for point in curve.points} == {48}
    assert curve.n_judged == 48
    assert more_labels(curve)


def test_curve_is_drawn_anew_only_when_what_teaches_has_changed(
    place, team, project, study, add_labels, monkeypatch
):
    drawn = []
    draw = curve_room.cross_validated_answers
    monkeypatch.setattr(
        curve_room,
        "cross_validated_answers",
        lambda judged, **rest: drawn.append(len(judged.labels)) or draw(judged, **rest),
    )
    first = label_curve(place, team["sue"], project.project_id)

    again = label_curve(place, team["sue"], project.project_id)
    add_labels([("s0", "Ben", "spam")])  # a second opinion that changes no reference
    third = label_curve(place, team["sue"], project.project_id)
    add_labels([("s0", "Cleo", "ham"), ("s0", "Dan", "ham")])
    label_curve(place, team["sue"], project.project_id)

    assert first == again == third
    assert drawn == [48, 47]


def test_too_few_judged_messages_are_counted(place, team, project, add_messages, add_labels):
    add_messages({f"m{n}": f"text {n}" for n in range(6)})
    add_labels([(f"m{n}", "Ana", LABELS[n % 2]) for n in range(6)])

    curve = label_curve(place, team["sue"], project.project_id)

    assert curve.points == ()
    assert "20 judged messages" in curve.missing
    assert "so far there are 6" in curve.missing
    assert more_labels(curve) == ""


def test_page_does_not_wait_for_the_curve(place, project, study, monkeypatch):
    """The first look comes back at once; the curve is there when its thread is done."""
    may_go_on = threading.Event()
    draw = curve_room.cross_validated_answers
    monkeypatch.setattr(
        curve_room,
        "cross_validated_answers",
        lambda *args, **rest: may_go_on.wait(60) and draw(*args, **rest),
    )
    room = CurveRoom(place.db, place.machines, in_background=True)

    first = room.look(project.project_id)
    may_go_on.set()
    room.close()
    later = room.look(project.project_id)

    assert (first.points, first.is_working) == ((), True)
    assert (len(later.points), later.is_working) == (3, False)


def test_curve_whose_reading_failed_is_tried_again_at_the_next_look(
    place, project, study, monkeypatch
):
    room = CurveRoom(place.db, place.machines, in_background=False)
    with monkeypatch.context() as broken:
        broken.setattr(curve_room, "training_set", _unreadable)
        with pytest.raises(OSError, match="unreadable"):
            room.look(project.project_id)

    curve = room.look(project.project_id)

    assert (len(curve.points), curve.is_working) == (3, False)


def _unreadable(*_):
    raise OSError("unreadable")
