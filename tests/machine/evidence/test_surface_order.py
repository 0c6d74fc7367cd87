import numpy as np
import pytest

from rhml_core.machine.evidence.surface import Judged, surface_concepts
from tests.machine.evidence.surfacing_cases import LABELS, judged_messages, surfaced


def test_forms_of_one_word_are_told_once():
    """Ten variants of one word would hide nine other concepts."""
    words = ["sell", "sells", "selling", "seller"]
    spam = [f"{word} {rest}" for word in words for rest in ("cheap", "now", "here")]
    judged = judged_messages({"ham": ["see you", "lunch"] * 6, "spam": spam})

    concepts = surfaced(judged, [0.1] * 12 + [0.9] * 12)

    named = [concept.terms[0] for concept in concepts if concept.label == "spam"]
    assert len([name for name in named if name.startswith("sell")]) == 1


def test_phrase_and_its_words_are_told_once():
    """The whole phrase is named, though its words are found in as many messages."""
    spam = ["gift card for you", "a gift card", "gift card now"]
    judged = judged_messages({"ham": ["see you", "lunch", "hello"], "spam": spam})

    concepts = surfaced(judged, [0.1] * 3 + [0.9] * 3)

    assert [concept.terms for concept in concepts if concept.label == "spam"] == [("gift card",)]


def prize_and_money():
    """Both words are in as many messages of spam, and in none of ham."""
    return judged_messages(
        {"ham": ["see you", "at noon"] * 5, "spam": ["prize draw", "money fast"] * 5}
    )


def only_prize(texts):
    """A model that looks at one word alone."""
    spam = np.array([0.9 if "prize" in text else 0.5 for text in texts])
    return np.column_stack([1 - spam, spam])


def test_what_the_model_relies_on_comes_first():
    """Co-occurrence says the same of both; the model goes by one of them."""
    judged = prize_and_money()

    asked = surfaced(judged, [0.1] * 10 + [0.9, 0.8] * 5, predict=only_prize)

    spam = [concept for concept in asked if concept.label == "spam"]
    assert "prize" in spam[0].terms[0]
    assert spam[0].place == 1
    assert spam[0].influence == pytest.approx(0.4)
    assert next(one for one in spam if "money" in one.terms[0]).influence == 0.0


def test_model_that_is_surer_without_a_term_does_not_go_by_it():
    judged = prize_and_money()

    asked = surfaced(judged, [0.1] * 10 + [0.9] * 10, predict=lambda texts: 1 - only_prize(texts))

    assert not [concept for concept in asked if "prize" in concept.terms[0]]


def test_without_a_model_to_ask_there_is_no_influence():
    concepts = surfaced(prize_and_money(), [0.1] * 10 + [0.9] * 10)

    assert concepts
    assert all(concept.influence is None for concept in concepts)


def test_term_in_many_messages_is_steadier_than_one_in_few():
    spam = ["prize draw"] * 30 + ["rare coin"] * 3
    ham = [f"see you at {place}" for place in ("noon", "home", "work", "school")] * 8
    judged = judged_messages({"ham": [*ham, "rare coin"], "spam": spam})

    concepts = surfaced(judged, [0.1] * 33 + [0.9] * 33, per_label=2)

    stability = {concept.terms[0]: concept.stability for concept in concepts}
    assert stability["prize draw"] == 1.0
    assert 0 < stability["rare coin"] < 1.0


def test_term_of_the_lexicon_under_another_label_is_told():
    """Our term whose messages are mostly of another label is to be re-examined."""
    judged = judged_messages(
        {"ham": ["see you", "at noon"] * 5, "spam": ["prize draw", "money fast"] * 5}
    )

    concepts = surfaced(
        judged, [0.1] * 10 + [0.9] * 10, lexicon_by_label={"ham": ["money", "noon"]}
    )

    contradicting = {concept.terms[0]: concept.contradicts for concept in concepts}
    assert contradicting["money"] == "ham"
    assert contradicting.get("noon", "") == ""


def test_pattern_comes_after_the_terms_of_its_label():
    pairs = ["card far abroad", "card lost", "going abroad", "nothing"]
    texts = [pairs[row % 4] + f" w{row % 7}" for row in range(120)]
    judged = Judged(
        tuple(f"m{row}" for row in range(120)),
        tuple(texts),
        tuple("spam" if row % 4 == 0 else "ham" for row in range(120)),
    )

    concepts = surfaced(judged, [0.9 if row % 4 == 0 else 0.1 for row in range(120)])

    kinds = [concept.kind for concept in concepts if concept.label == "spam"]
    patterns = [concept for concept in concepts if concept.kind == "pattern"]
    assert kinds[-1] == "pattern"
    assert kinds.count("pattern") == 1
    assert patterns[0].n_for == 30
    assert patterns[0].term_f1.value == 1.0


def test_other_seed_surfaces_nearly_the_same():
    """What comes up is in the messages, not in the draw."""
    random = np.random.default_rng(3)
    words = np.array([f"word{number}" for number in range(60)])
    texts = [" ".join(random.choice(words, 5)) for _ in range(200)]
    labels = tuple("spam" if "word7" in text.split() else "ham" for text in texts)
    judged = Judged(tuple(map(str, range(200))), tuple(texts), labels)
    spam = np.array([0.9 if label == "spam" else 0.1 for label in labels])

    first, other = (
        surface_concepts(
            judged,
            texts=texts,
            probabilities=np.column_stack([1 - spam, spam]),
            all_labels=LABELS,
            seed=seed,
        )
        for seed in (1, 2)
    )

    assert [one.terms for one in first] == [one.terms for one in other]


def test_thirty_messages_are_enough():
    judged = judged_messages(
        {"ham": ["see you at noon", "lunch at home"] * 8, "spam": ["claim a prize"] * 14}
    )

    concepts = surfaced(judged, [0.1] * 16 + [0.9] * 14)

    assert ("claim a prize",) in {concept.terms for concept in concepts}
