from dataclasses import fields, replace

import numpy as np
import pytest

from rhml_core.machine.evidence import ablation
from rhml_core.machine.evidence.ablation import Knowledge, Study, answers, term_falls
from rhml_core.machine.heads.linear_head import LinearHead
from tests.machine.fakes import HashingEncoder

TEXTS = [f"escrow cheap pills {n}" for n in range(12)] + [f"lunch at noon {n}" for n in range(12)]
LABELS = ["spam"] * 12 + ["ham"] * 12
NOTHING = Knowledge()


@pytest.fixture
def encoder():
    return HashingEncoder(128)


@pytest.fixture
def study(encoder):
    """Twelve messages of either label; nothing is read of their spelling."""
    return Study(
        texts=TEXTS,
        embeddings=encoder.encode(TEXTS),
        labels=LABELS,
        weights=np.ones(24),
        all_labels=["ham", "spam"],
        letters=None,
        encode=encoder.encode,
    )


def test_fall_is_the_difference_of_two_answers_by_hand():
    """A head that goes by its first dimension alone: with the term it is 1, without it 0."""
    head = LinearHead(("ham", "spam"), np.array([[0.0], [2.0]]), np.zeros(2))

    def read(texts):
        return np.array([[float("escrow" in text)] for text in texts], dtype=np.float32)

    texts = ["escrow now", "escrow then"]
    found = term_falls(head, texts, read(texts), ["escrow"], "spam", read)

    by_hand = 1 / (1 + np.exp(-2.0)) - 0.5
    assert found == pytest.approx([by_hand, by_hand])


def test_rejecting_a_term_takes_its_weight(study, encoder):
    pairs = Knowledge(rejected=(("escrow", "spam"),))
    texts = ["lunch at noon escrow", "escrow for the office"]

    before, after = (
        term_falls(
            study.taught(known, seed=0, most=100).head,
            texts,
            encoder.encode(texts),
            ["escrow"],
            "spam",
            study.read,
        )
        for known in (NOTHING, pairs)
    )

    assert before.min() > 0
    assert abs(after.mean()) < before.mean() / 3
    assert study.n_copies > 0


def test_heads_differ_in_the_term_alone(study):
    """The same knowledge makes the same head; a term is one column more."""
    plain = study.taught(NOTHING, seed=0, most=100).head
    again = study.taught(NOTHING, seed=0, most=100).head
    with_term = study.taught(Knowledge(terms=("cheap", "cheap")), seed=0, most=100).head

    assert np.array_equal(plain.coefficients, again.coefficients)
    assert with_term.wording.terms == ("cheap",)
    assert with_term.wording_coefficients[1, 0] > 0


def test_no_text_is_read_twice(study, encoder):
    pairs = Knowledge(rejected=(("escrow", "spam"),))
    study.taught(pairs, seed=0, most=100)
    n_read = encoder.n_encoded

    study.taught(pairs, seed=0, most=100)

    assert encoder.n_encoded == n_read


def test_weight_out_of_fold_is_told_by_heads_that_never_saw_the_message(study, monkeypatch):
    """
    The head asked of a message was taught without it, and without copies of it.

    Both kinds of message are asked about once; the rejection takes the weight here too.
    """
    pairs = Knowledge(rejected=(("escrow", "spam"),))
    asked = []

    def spy(head, texts, *rest):
        asked.append((set(texts), set(head.seen)))
        return term_falls(head, texts, *rest)

    class Seen(LinearHead):
        seen = ()

    plain = Study.taught

    def taught(self, *args, **options):
        found = plain(self, *args, **options)
        head = Seen(*(getattr(found.head, field.name) for field in fields(LinearHead)))
        object.__setattr__(head, "seen", tuple(self.texts))
        return replace(found, head=head)

    monkeypatch.setattr(ablation, "term_falls", spy)
    monkeypatch.setattr(Study, "taught", taught)
    rows = [0, 3, 7, 11]

    before, after = (
        study.falls_out_of_fold(known, rows, ["escrow"], "spam", seed=0, most=100)
        for known in (NOTHING, pairs)
    )

    assert len(before) == len(after) == 4
    assert before.min() > 0
    assert abs(after.mean()) < before.mean() / 3
    assert all(texts.isdisjoint(seen) for texts, seen in asked)
    assert sorted(text for texts, _ in asked for text in texts) == sorted(
        2 * [TEXTS[row] for row in rows]
    )


def test_answers_are_labels(study, encoder):
    head = study.taught(NOTHING, seed=0, most=100).head

    assert answers(head, ["cheap pills", "lunch"], encoder.encode(["cheap pills", "lunch"])) == [
        "spam",
        "ham",
    ]
