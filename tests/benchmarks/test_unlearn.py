import json

import numpy as np
import pytest

from tests.benchmarks import unlearn
from tests.machine.fakes import HashingEncoder
from tests.workflows.concepts.decoyed_mail import HAM, SHARED, SPAM


@pytest.fixture
def mail():
    """Two kinds of mail told apart by one word each, among shared ones."""
    rng = np.random.default_rng(1)
    texts, labels = [], []
    for n in range(600):
        label, words = ("spam", SPAM) if n % 2 else ("ham", HAM)
        texts.append(" ".join([str(rng.choice(words)), *rng.choice(SHARED, 5), f"n{n}"]))
        labels.append(label)
    return {"mail": (texts, np.array(labels), "spam")}


def test_recovered_share_by_hand():
    """Two seeds lose 0.2 each; one remedy brings back all of it, then half of it."""
    by_side = {
        "clean": [(0.9, 0.9), (0.8, 0.8)],
        "decoy": [(0.7, 0.9), (0.6, 0.8)],
        "ours": [(0.9, 0.9), (0.7, 0.8)],
    }

    found = unlearn.recovered(by_side, "ours", 0)

    assert found["value"] == 0.75
    assert (found["low"], found["high"], found["n_seeds"]) == (0.5, 1.0, 2)


def test_no_loss_leaves_what_is_recovered_undefined():
    by_side = {side: [(0.9, 0.9)] * 3 for side in ("clean", "decoy", "ours")}

    found = unlearn.recovered(by_side, "ours", 1)

    assert found["value"] is None
    assert "the decoy costs 0.000" in found["missing"]


def test_decoy_is_planted_once_and_nothing_else_changes():
    texts = ["a b c", "d e"]

    planted = unlearn.plant(texts, [0], np.random.default_rng(0))

    assert planted[1] == "d e"
    assert sorted(planted[0].split()) == ["a", "b", "c", unlearn.WORD]


def test_document_is_well_formed_and_one_rejection_recovers_what_was_lost(mail):
    document = unlearn.measure(
        mail, encoder=HashingEncoder(512), n_seeds=3, per_label=24, most_test=200
    )

    read = json.loads(json.dumps(document))
    found = read["sets"]["mail"]["fast"]
    assert set(found["without_decoy"]["macro_f1"]) == set(unlearn.SIDES)
    elsewhere = found["decoy_elsewhere"]
    assert elsewhere["macro_f1"]["decoy"] < elsewhere["macro_f1"]["clean"]
    assert elsewhere["recovered"]["ours"]["value"] > elsewhere["recovered"]["dropped"]["value"]
    assert elsewhere["recovered"]["ours"]["value"] > 0.8
    assert [one["bound"] for one in read["targets"]] == [unlearn.LEAST_RECOVERED]


def test_set_that_has_the_decoy_already_is_refused(mail):
    texts, labels, label = mail["mail"]

    with pytest.raises(ValueError, match="stands in mail already"):
        unlearn.measure(
            {"mail": ([*texts[:-1], unlearn.WORD], labels, label)},
            encoder=HashingEncoder(),
            n_seeds=1,
        )
