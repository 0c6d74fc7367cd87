import numpy as np
import pytest

from rhml_core.machine.evidence import uncovered as module
from rhml_core.machine.evidence.uncovered import Pool, uncovered_groups
from rhml_core.machine.heads.head import train_head

TOPICS = ("parcel", "invoice", "refund", "outage")
N_OF_EACH = 60


def pool_of(judged_topics, *, n_judged=80, seed=1):
    """Messages of four topics around four directions; the judged ones are of some topics."""
    rng = np.random.default_rng(seed)
    topics = np.repeat(TOPICS, N_OF_EACH)
    middles = np.eye(16, dtype=np.float32)[: len(TOPICS)]
    vectors = np.repeat(middles, N_OF_EACH, axis=0) + rng.normal(0, 0.12, (len(topics), 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    fillers = [f"w{number}" for number in range(20)]
    texts = [f"{topic} {' '.join(rng.choice(fillers, 4))}" for topic in topics]
    rows = rng.permutation(np.flatnonzero(np.isin(topics, judged_topics)))[:n_judged]
    names = sorted(judged_topics)
    trained = train_head(vectors[rows], topics[rows].tolist(), all_labels=names, seed=seed)
    probabilities = trained.head.predict_proba(vectors)
    probabilities[rows] = trained.out_of_fold
    is_judged = np.zeros(len(topics), dtype=bool)
    is_judged[rows] = True
    ids = [f"{topic}-{row}" for row, topic in enumerate(topics)]
    return Pool(ids, texts, probabilities, vectors, is_judged), names


def test_topic_that_nobody_judged_is_named():
    pool, names = pool_of(TOPICS[:3])

    (found,) = uncovered_groups(pool, all_labels=names, seed=1)

    assert found.kind == "cluster"
    assert found.terms[0] == "outage"
    assert found.n_for >= 0.8 * N_OF_EACH
    assert found.n_against == 0
    assert all(name.startswith("outage") for name in found.messages_for)
    assert found.label in names
    assert found.is_new
    assert 0 < found.strength <= 1
    assert found.term_f1.value > 0.8


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_named_where_every_topic_is_judged(seed):
    pool, names = pool_of(TOPICS, seed=seed)

    assert uncovered_groups(pool, all_labels=names, seed=seed) == ()


def test_term_of_the_lexicon_makes_a_group_no_news():
    pool, names = pool_of(TOPICS[:3])

    (found,) = uncovered_groups(pool, all_labels=names, lexicon=["outage"], seed=1)

    assert not found.is_new


def test_few_judged_messages_say_of_nothing_that_it_is_strange():
    pool, names = pool_of(TOPICS[:3], n_judged=20)

    assert uncovered_groups(pool, all_labels=names, seed=1) == ()


def test_pool_without_an_unjudged_message_has_no_group():
    pool, names = pool_of(TOPICS, n_judged=len(TOPICS) * N_OF_EACH)

    assert uncovered_groups(pool, all_labels=names, seed=1) == ()


def test_large_pool_is_drawn_from(monkeypatch):
    """What is named still names messages of the topic."""
    monkeypatch.setattr(module, "MOST_TEXTS", 120)
    pool, names = pool_of(TOPICS[:3])

    (found,) = uncovered_groups(pool, all_labels=names, seed=1)

    assert found.n_for <= 120
    assert found.terms[0] == "outage"


def test_group_without_a_word_has_nothing_to_be_called():
    pool, names = pool_of(TOPICS[:3])
    silent = Pool(
        pool.message_ids, ["!"] * len(pool.texts), pool.probabilities, pool.vectors, pool.is_judged
    )

    assert uncovered_groups(silent, all_labels=names, seed=1) == ()
