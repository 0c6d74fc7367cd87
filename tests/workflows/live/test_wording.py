import numpy as np
import pytest

from rhml_core.store import messages
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon.reading import lexicon_terms, read_wording
from tests.workflows.training.quick_runs import trainer


@pytest.fixture
def judged(add_messages, add_labels):
    """Six messages of either label, and one that nobody has judged."""
    texts = {f"s{n}": f"cheap pills offer {n}" for n in range(6)}
    texts |= {f"h{n}": f"meeting notes monday {n}" for n in range(6)}
    add_messages(texts | {"new": "pills at the meeting"})
    add_labels([(name, "Ana", "spam" if name[0] == "s" else "ham") for name in texts])


@pytest.fixture
def concept(place, team, project, judged, monkeypatch):
    """What a run surfaced for spam."""
    trainer(place, team["sue"], project, monkeypatch)()
    found = journal.list_concepts(place, team["ana"], project.project_id)
    return next(concept for concept in found if concept.label == "spam")


def test_machine_reads_a_term_from_its_adoption_until_it_is_taken_back(
    place, team, project, concept
):
    """What an expert teaches reaches the machine that speaks, and leaves it again."""
    where, ana = project.project_id, team["ana"]
    before = place.machines.live(where)

    journal.adopt_concept(place, ana, where, concept.concept_id, key="adopt")
    adopted = place.machines.live(where)
    journal.reopen_concept(place, ana, where, concept.concept_id, key="reopen")
    again = place.machines.live(where)

    assert before.head.wording.terms == again.head.wording.terms == ()
    assert set(adopted.head.wording.terms) == set(concept.terms)
    spam = adopted.labels.index("spam")
    assert adopted.head.wording_coefficients[spam, -1] > 0
    assert again.opinion("new").probabilities == pytest.approx(before.opinion("new").probabilities)


def test_machine_says_of_a_text_what_it_says_of_the_message(place, project, judged):
    """Explanations ask about texts, the queue looks messages up: both must be one machine."""
    live = place.machines.live(project.project_id)

    asked = live.predict(["pills at the meeting"])[0]

    assert asked == pytest.approx(list(live.opinion("new").probabilities.values()), abs=1e-5)


def test_holdout_texts_shape_no_space_of_spellings(place, project, add_messages):
    """They only measure the machine; not even their spelling may teach it."""
    pool = {f"m{n}": f"selling access number {n} to a clinic" for n in range(20)}
    add_messages(pool)
    keys = messages.message_keys(place.db, project.project_id)
    alone, _ = read_wording(place.db, project.project_id, keys, ())
    held = {f"x{n}": f"wholly other words {n}" for n in range(20)}
    add_messages(held, holdout=list(held))

    keys = messages.message_keys(place.db, project.project_id)
    beside, readings = read_wording(place.db, project.project_id, keys, ())

    assert np.array_equal(alone.letters.directions, beside.letters.directions)
    assert len(readings) == 40


def test_surfaced_terms_are_the_machine_s_until_someone_adopts_them(place, project, concept):
    assert lexicon_terms(place.db, project.project_id) == ()
