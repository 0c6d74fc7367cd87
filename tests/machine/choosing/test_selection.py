import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import DrawnBecause, QueueShares
from rhml_core.machine.choosing.sampling import conflict, scarcity, spread
from rhml_core.machine.choosing.selection import Judged, rank_read, rank_unread, reasons_to_try

FOUR_WAYS = np.eye(4, dtype=np.float32)
LISTS = {
    DrawnBecause.UNCERTAIN,
    DrawnBecause.CONTESTED,
    DrawnBecause.CONFLICT,
    DrawnBecause.RARE,
}


def like(place, *, lean=0.4):
    """A message near one of four that point in four ways."""
    vector = FOUR_WAYS[place] + lean * FOUR_WAYS[(place + 1) % 4]
    return vector / np.linalg.norm(vector)


@pytest.fixture
def pool():
    """Four judged messages, and two that nobody judged near each of them."""
    near = [like(place, lean=lean) for place in range(4) for lean in (0.4, -0.5)]
    return np.vstack([FOUR_WAYS, near]).astype(np.float32)


def rank(pool, probabilities, **facts):
    known = {"labels": np.array([0, 0, 0, 1]), "disagreement": np.zeros(4)} | facts
    return rank_read(
        pool,
        np.asarray(probabilities),
        free=np.arange(4, 12),
        judged=Judged(rows=np.arange(4), **known),
        n=2,
        seed=0,
    )


def sure(n=12):
    return np.tile([1.0, 0.0], (n, 1))


def test_before_the_machine_speaks_there_is_coverage_alone(pool):
    ranked = rank_unread(pool, free=np.arange(4, 12), judged=np.arange(4), n=3, seed=0)

    assert list(ranked) == [DrawnBecause.COVERAGE]
    assert len(ranked[DrawnBecause.COVERAGE]) == 3


def test_uncertain_messages_lead_their_list(pool):
    probabilities = sure()
    probabilities[3] = [0.0, 1.0]
    probabilities[9] = [0.5, 0.5]

    ranked = rank(pool, probabilities)

    assert ranked[DrawnBecause.UNCERTAIN] == [9]


def test_messages_like_one_that_experts_differ_on_lead_their_list(pool):
    ranked = rank(pool, sure(), disagreement=np.array([0.0, 1.0, 0.0, 0.0]))

    assert ranked[DrawnBecause.CONTESTED][0] in {6, 7}


def test_messages_like_one_that_the_machine_contradicts_lead_their_list(pool):
    """The machine says label 0 of all four; people said label 1 of the last."""
    ranked = rank(pool, sure())

    assert ranked[DrawnBecause.CONFLICT][0] in {10, 11}


def test_messages_likely_of_the_scarce_label_lead_their_list(pool):
    probabilities = sure()
    probabilities[8] = [0.1, 0.9]

    ranked = rank(pool, probabilities)

    assert ranked[DrawnBecause.RARE] == [8]


def test_lists_without_their_reason_are_empty(pool):
    ranked = rank(pool, sure(), labels=np.array([0, 0, 0, 0]))

    assert ranked == {because: [] for because in LISTS}


def test_judged_messages_are_in_no_list(pool):
    probabilities = np.tile([0.6, 0.4], (12, 1))

    ranked = rank(pool, probabilities, disagreement=np.ones(4))

    assert all(row >= 4 for rows in ranked.values() for row in rows)
    assert all(ranked[because] for because in LISTS)


def test_message_with_tied_votes_is_contested_but_contradicted_by_nobody(pool):
    """It has no reference label, yet it is where experts differ most."""
    ranked = rank(
        pool,
        sure(),
        labels=np.array([0, 0, 0, -1]),
        disagreement=np.array([0.0, 0.0, 0.0, 1.0]),
    )

    assert ranked[DrawnBecause.CONTESTED][0] in {10, 11}
    assert ranked[DrawnBecause.CONFLICT] == []


def test_conflict_is_how_much_likelier_another_label_seems():
    said = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])

    assert conflict(said, np.array([1, 1])) == pytest.approx([0.5, 0.0])


def test_scarcity_weighs_labels_by_what_they_lack_of_the_mean():
    """Counts 6, 3 and 0: the mean is 3; the last lacks all of it, the others nothing."""
    likely = scarcity(np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]), np.array([6, 3, 0]))

    assert likely == pytest.approx([0.3, 0.0])


def test_no_label_is_scarce_where_all_have_the_same_number_or_none():
    said = np.array([[0.2, 0.8]])

    assert scarcity(said, np.array([4, 4])).tolist() == [0.0]
    assert scarcity(said, np.array([0, 0])).tolist() == [0.0]


def test_doubt_spreads_by_the_mean_of_the_nearest_judged():
    """Of two judged messages at cosines 0.8 and 0.6, one is in doubt."""
    carried = spread(np.array([[0.8, 0.6]]), np.eye(2), np.array([1.0, 0.0]))

    assert carried == pytest.approx([0.4])


def test_without_doubt_nothing_spreads():
    assert spread(np.eye(2), np.eye(2), np.zeros(2)).tolist() == [0.0, 0.0]
    assert spread(np.eye(2), np.zeros((0, 2)), np.zeros(0)).tolist() == [0.0, 0.0]


@given(st.integers(0, 500))
def test_spread_doubt_is_that_of_a_plain_loop(seed):
    rng = np.random.default_rng(seed)
    vectors, judged = rng.normal(size=(7, 4)), rng.normal(size=(9, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    judged /= np.linalg.norm(judged, axis=1, keepdims=True)
    doubts = rng.random(9) + 0.01

    carried = spread(vectors, judged, doubts)

    for vector, found in zip(vectors, carried, strict=True):
        nearest = sorted(zip((judged @ vector).tolist(), doubts.tolist(), strict=True))[-5:]
        assert found == pytest.approx(sum(max(cos, 0) * doubt for cos, doubt in nearest) / 5)


def test_lottery_gives_each_reason_its_share():
    shares = QueueShares(
        uncertain=0.4, contested=0.1, conflict=0.1, rare=0.1, holdout=0.1, probe=0.1
    )
    rolls = (np.arange(1000) + 0.5) / 1000

    firsts = [reasons_to_try(shares, roll)[0] for roll in rolls]

    counted = {because: firsts.count(because) for because in set(firsts)}
    assert counted == {
        DrawnBecause.UNCERTAIN: 400,
        DrawnBecause.CONTESTED: 100,
        DrawnBecause.CONFLICT: 100,
        DrawnBecause.RARE: 100,
        DrawnBecause.HOLDOUT: 100,
        DrawnBecause.PROBE: 100,
        DrawnBecause.RANDOM: 100,
    }


@given(st.floats(0, 1, exclude_max=True))
def test_whatever_is_rolled_every_message_can_be_reached(roll):
    """Chance reaches the whole pool and the hold-out when all lists have run dry."""
    order = reasons_to_try(QueueShares(), roll)

    assert len(order) == len(set(order))
    assert {DrawnBecause.RANDOM, DrawnBecause.HOLDOUT} <= set(order)
