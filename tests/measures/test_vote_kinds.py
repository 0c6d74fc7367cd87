"""Messages that are alike are worked on once, and nothing comes out differently for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures import vote_kinds
from rhml_core.measures.dawid_skene import fit_dawid_skene, refit
from rhml_core.measures.ratings import encode
from rhml_core.measures.vote_kinds import VoteKinds
from tests.measures.agreement.rated import LABELS, MESSAGES, RATERS, frame

crowds = st.dictionaries(
    st.tuples(
        st.sampled_from([*MESSAGES, *(f"{name}-again" for name in MESSAGES)]),
        st.sampled_from(RATERS),
    ),
    st.sampled_from(LABELS),
    min_size=1,
    max_size=24,
)
told = st.lists(st.integers(-1, 0), min_size=12, max_size=12)


@pytest.fixture
def always(monkeypatch):
    """Kinds are told apart however few messages are alike."""
    monkeypatch.setattr(vote_kinds, "_MOST_KINDS", 1.0)


def _crowd(*, seed, n_messages=400):
    """Three of four raters judge each message; one is careless."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n_messages)
    of = {}
    for message, label in enumerate(truth):
        for rater in random.choice(4, 3, replace=False):
            is_right = random.random() < (0.5 if rater == 0 else 0.8)
            said = label if is_right else random.integers(0, 3)
            of[f"m{message:03}", f"rater {rater}"] = LABELS[said]
    return encode(frame(of)), truth.astype(np.int32)


@given(crowds, told)
def test_messages_are_of_one_kind_where_the_same_raters_said_the_same(of, known):
    """Oracle: the sets of votes, compared one by one, with what is known of each message."""
    ratings = encode(frame(of))
    known = np.array(known[: len(ratings.messages)], dtype=np.int32)
    votes = [
        ({(who, label) for (message, who), label in of.items() if message == name}, told_label)
        for name, told_label in zip(ratings.messages, known.tolist(), strict=True)
    ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vote_kinds, "_MOST_KINDS", 1.0)
        kinds = VoteKinds.of(ratings, known)

    for one, mine in enumerate(votes):
        alike = [other for other, theirs in enumerate(votes) if theirs == mine]
        assert np.flatnonzero(kinds.of_message == kinds.of_message[one]).tolist() == alike
        assert kinds.first[kinds.of_message[one]] == alike[0]
        assert kinds.weights()[kinds.of_message[one]] == len(alike)
        assert kinds.known[kinds.of_message[one]] == known[one]


@pytest.mark.usefixtures("always")
def test_codes_that_grow_too_large_are_numbered_anew(monkeypatch):
    """Many raters a message would else run out of whole numbers."""
    ratings, truth = _crowd(seed=1)
    before = VoteKinds.of(ratings, truth)
    monkeypatch.setattr(vote_kinds, "_LARGEST_CODE", 2_000)

    after = VoteKinds.of(ratings, truth)

    assert after.of_message.max() < ratings.messages.len()
    pairs = set(zip(before.of_message.tolist(), after.of_message.tolist(), strict=True))
    assert len(pairs) == before.first.size == after.first.size


def test_few_alike_messages_stay_as_they_are():
    ratings, _ = _crowd(seed=2, n_messages=40)

    kinds = VoteKinds.of(ratings, None)

    assert kinds.first.tolist() == list(range(40))
    assert kinds.votes is ratings.votes


@pytest.mark.parametrize("evenness", [0.0, 0.5])
@pytest.mark.parametrize("is_told", [False, True])
def test_model_over_kinds_is_the_model_over_messages(evenness, is_told):
    """Oracle: the same rounds over every single message."""
    ratings, truth = _crowd(seed=3)
    known = np.where(np.arange(truth.size) % 10 == 0, truth, -1).astype(np.int32)
    known = known if is_told else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vote_kinds, "_MOST_KINDS", 0.0)
        whole = fit_dawid_skene(ratings, known, evenness=evenness)
    drawn = np.bincount(
        np.random.default_rng(0).integers(0, truth.size, truth.size), minlength=truth.size
    )

    fitted = fit_dawid_skene(ratings, known, evenness=evenness)
    again = refit(fitted, drawn, max_rounds=20)
    whole_again = refit(whole, drawn, max_rounds=20)

    assert fitted.kinds.first.size < whole.kinds.first.size == truth.size
    for one, other in ((fitted, whole), (again, whole_again)):
        assert one.n_rounds == other.n_rounds
        for figure in ("posterior", "prior", "confusion", "expected"):
            same = getattr(other, figure)
            assert getattr(one, figure) == pytest.approx(same, rel=1e-9, abs=1e-9)
