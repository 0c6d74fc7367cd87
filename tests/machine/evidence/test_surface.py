import time

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError, MachineError
from rhml_core.machine.evidence.surface import Judged, surface_concepts
from rhml_core.machine.evidence.surfaced import read_concepts, write_concepts
from tests.machine.evidence.surfacing_cases import LABELS, judged_messages, surfaced


@pytest.fixture
def judged():
    return judged_messages(
        {
            "ham": ["see you at lunch", "lunch at noon", "prize for mum"],
            "spam": ["claim the prize", "prize waiting", "win a prize"],
        }
    )


def test_strength_and_counts_are_those_computed_by_hand(judged):
    """Spam's mean is (0.2 + 0.9 + 0.8 + 0.9) / 4 = 0.7 with the word, 0.1 without."""
    concepts = surfaced(judged, [0.1, 0.1, 0.2, 0.9, 0.8, 0.9])

    prize = next(concept for concept in concepts if concept.terms == ("prize",))
    assert (prize.label, prize.kind) == ("spam", "term")
    assert prize.strength == pytest.approx(0.6)
    assert (prize.n_for, prize.n_against) == (3, 1)
    assert prize.messages_for == ("m3", "m4", "m5")
    assert prize.messages_against == ("m2",)
    assert prize.term_f1.value == pytest.approx(2 * 3 / (4 + 3))
    assert prize.is_new


def test_labels_come_in_codebook_order(judged):
    concepts = surfaced(judged, [0.1, 0.1, 0.2, 0.9, 0.8, 0.9])

    assert [concept.label for concept in concepts] == ["ham", "spam"]
    assert concepts[0].terms == ("lunch",)


def test_model_must_take_it_for_evidence_too(judged):
    """A model that sees no spam in the word makes it no shared evidence."""
    concepts = surfaced(judged, [0.5, 0.5, 0.1, 0.4, 0.4, 0.4])

    assert not [concept for concept in concepts if concept.terms == ("prize",)]


def test_people_must_take_it_for_evidence_too(judged):
    """Three of four messages with the word are spam, so it never marks ham."""
    concepts = surfaced(judged, [0.9, 0.9, 0.1, 0.1, 0.1, 0.1])

    assert not [concept for concept in concepts if concept.terms == ("prize",)]


def test_term_of_the_lexicon_is_not_new(judged):
    concepts = surfaced(judged, [0.1, 0.1, 0.2, 0.9, 0.8, 0.9], lexicon={"Prize"})

    prize = next(concept for concept in concepts if concept.terms == ("prize",))
    assert not prize.is_new


def test_known_terms_leave_room_for_new_ones():
    words = ["alpha", "beta", "gamma", "delta", "omega", "sigma"]
    spam = [f"{one} {other}" for one in words for other in words if one != other]
    judged = judged_messages({"ham": ["see you"] * 30, "spam": spam})

    concepts = surfaced(judged, [0.1] * 30 + [0.9] * 30, lexicon=words[:4], per_label=3)

    is_new = [concept.is_new for concept in concepts if concept.label == "spam"]
    assert sorted(is_new) == [False, True, True]


def test_variants_with_the_same_messages_are_told_once():
    judged = judged_messages(
        {"ham": ["hello there", "good day"], "spam": ["bank account locked"] * 3}
    )

    concepts = surfaced(judged, [0.1, 0.1, 0.9, 0.9, 0.9])

    assert len([concept for concept in concepts if concept.label == "spam"]) == 1


def test_rare_terms_are_not_surfaced():
    judged = judged_messages({"ham": ["hello", "morning"], "spam": ["prize", "money"]})

    assert surfaced(judged, [0.1, 0.1, 0.9, 0.9]) == ()


def test_single_message_with_the_label_could_be_chance():
    """Half of the word's messages are spam, twice the share of all, but it is one message."""
    judged = judged_messages({"ham": ["odd fox", "red cow", "tall dog"], "spam": ["odd coin"]})

    assert surfaced(judged, [0.1, 0.1, 0.1, 0.9]) == ()


def test_messages_without_words_surface_nothing():
    assert surfaced(judged_messages({"ham": ["!"], "spam": ["?"]}), [0.1, 0.9]) == ()


def test_term_in_every_message_tells_nothing_apart():
    judged = judged_messages({"ham": ["dear x"] * 2, "spam": ["dear y"] * 3})

    assert surfaced(judged, [0.1, 0.1, 0.9, 0.9, 0.9]) == ()


def test_probabilities_of_other_texts_are_refused(judged):
    with pytest.raises(InvalidInputError, match="one row per text"):
        surfaced(judged, [0.1])


def test_hundred_thousand_messages_take_seconds():
    """The corpus is scanned for candidates alone."""
    random = np.random.default_rng(1)
    vocabulary = np.array([f"word{number}" for number in range(2000)])
    texts = [" ".join(random.choice(vocabulary, size=12)) for _ in range(5000)] * 20
    labels = tuple(LABELS[row % 2] for row in range(500))
    judged = Judged(tuple(f"m{row}" for row in range(500)), tuple(texts[:500]), labels)
    spam = random.random(len(texts))

    started = time.perf_counter()
    concepts = surface_concepts(
        judged,
        texts=texts,
        probabilities=np.column_stack([1 - spam, spam]),
        all_labels=LABELS,
        seed=1,
    )

    assert len(concepts) <= 12
    assert time.perf_counter() - started < 60


def test_concepts_come_back_from_their_file(judged, tmp_path):
    concepts = surfaced(judged, [0.1, 0.1, 0.2, 0.9, 0.8, 0.9])

    write_concepts(concepts, tmp_path / "concepts.json")

    assert concepts
    assert read_concepts(tmp_path / "concepts.json") == concepts


def test_damaged_concepts_are_refused(tmp_path):
    (tmp_path / "concepts.json").write_text('[{"label": "a"}]')

    with pytest.raises(MachineError, match=r"concepts\.json"):
        read_concepts(tmp_path / "concepts.json")
