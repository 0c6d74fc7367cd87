"""What the live machine says for its answer, and what of it an expert may see when."""

import dataclasses
import json

import pytest

from rhml_core.domain import Concept, ConceptStatus, Span, TurnState
from rhml_core.figures import Interval
from rhml_core.workflows.live.explanations import hide_answer
from rhml_core.workflows.turn import turns
from rhml_core.workflows.turn.view import kept_explanation

TEXT = "cheap pills offer for the boss"


@pytest.fixture
def taught(add_messages, add_labels):
    """Twelve judged messages of two labels, and one that nobody has judged."""
    texts = {f"s{n}": f"cheap pills offer {word}" for n, word in enumerate("abcdef")}
    texts |= {f"h{n}": f"meeting notes for monday {word}" for n, word in enumerate("abcdef")}
    add_messages(texts | {"new": TEXT})
    rows = [(name, "Ana", "spam" if name[0] == "s" else "ham") for name in texts]
    add_labels([*rows, ("s1", "Ben", "spam"), ("s2", "Ben", "spam")])


@pytest.fixture
def explained(place, team, project, taught):
    """Ana's turn at its explanation: she said ham, the machine thinks of spam."""
    for attempt in range(20):
        view = turns.next_turn(place, team["ana"], project.project_id)
        if view.message.message_id == "new":
            return turns.commit(place, team["ana"], view.turn_id, label="ham", key="c").turn
        turns.skip(place, team["ana"], view.turn_id, key=f"skip-{attempt}")
    raise AssertionError


@pytest.fixture
def live(place, project, taught):
    return place.machines.live(project.project_id)


def concept(name, status):
    interval = Interval(0.5, 0.4, 0.6, 10)
    return Concept(
        name, "spam", "term", (name,), 0.3, interval, 3, 0, (), (), is_new=True, status=status
    )


def test_explanation_holds_no_answer_and_no_direction(explained):
    """The turn itself is blind; the page only draws what is in it."""
    told = json.dumps(dataclasses.asdict(explained.explanation))

    assert explained.state is TurnState.EXPLAINED
    assert "spam" not in told
    assert "Ben" not in told
    words = [*explained.explanation.words, *explained.explanation.shown]
    assert words
    assert all(word.influence >= 0 for word in words)
    assert explained.explanation.faithfulness.n_words == 0


def test_reveal_tells_who_said_what_of_the_neighbours(place, team, explained):
    revealed = turns.answer_explanation(
        place, team["ana"], explained.turn_id, label="ham", key="a"
    ).turn

    said = {
        one.message_id: {(each.name, each.label) for each in one.said}
        for one in revealed.explanation.neighbours
    }
    alone, both = {("Ana", "spam")}, {("Ana", "spam"), ("Ben", "spam")}
    assert said == {name: both if name in {"s1", "s2"} else alone for name in said}
    assert len(said) == 3


def test_click_after_the_explanation_was_prepared_reads_nothing_anew(live):
    """An expert waits for the answer to a commit, so all of it is worked out before."""
    live.explain("new", TEXT)
    n_before = live.encoder.n_encoded

    contrast = live.contrast("new", TEXT)
    live.explain("new", TEXT)

    assert contrast.startswith("would say ham without ")
    assert live.encoder.n_encoded == n_before


def test_smallest_flip_is_true_of_the_machine(live):
    flip = live.smallest_flip("new", TEXT)
    left = " ".join(word for word in TEXT.split() if word not in flip.words)

    answer = live.labels[int(live.predict([left])[0].argmax())]

    assert (flip.before, flip.after) == ("spam", "ham")
    assert answer == flip.after


def test_message_that_was_not_read_has_no_flip(live):
    assert live.smallest_flip("unheard-of", "some text") is None
    assert live.contrast("unheard-of", "some text") == ""


def test_concepts_of_the_message_come_with_what_became_of_them(live):
    standing = (concept("pills", ConceptStatus.ADOPTED), concept("boss", ConceptStatus.NEW))
    live = dataclasses.replace(
        live, concepts=(*standing, concept("casino", ConceptStatus.NEW)), explanations={}
    )

    explanation = live.explain("new", TEXT)

    assert [(one.term, one.label, one.status) for one in explanation.concepts] == [
        ("pills", "spam", ConceptStatus.ADOPTED),
        ("boss", "spam", ConceptStatus.NEW),
    ]
    assert {one.label for one in hide_answer(explanation).concepts} == {""}


def test_rejected_concepts_are_not_the_machines_any_more(place, project, taught, monkeypatch):
    found = [concept("boss", ConceptStatus.NEW), concept("pills", ConceptStatus.ADOPTED)]
    found.append(concept("offer", ConceptStatus.REJECTED))
    monkeypatch.setattr("rhml_core.store.concepts.list_concepts", lambda *_: found)

    live = place.machines.refresh(project.project_id)

    assert [one.concept_id for one in live.concepts] == ["pills", "boss"]


def test_explanation_kept_before_phrases_were_known_can_be_read():
    """Turns stay open for days; an update in between must not break them."""
    word = {"word": "pills", "span": {"start": 0, "end": 5}, "influence": 0.4}
    near = {"message_id": "m", "text": "t", "label": "spam", "similarity": 0.9}

    kept = kept_explanation(
        {"explanation": {"words": [word], "neighbours": [near], "machine": "fast"}}
    )

    assert (kept.phrases, kept.concepts, kept.faithfulness) == ((), (), None)
    assert [(one.word, one.span) for one in kept.shown] == [("pills", Span(0, 5))]
