"""Dawid-Skene against crowd-kit on real crowds, by hand, and where the data are poor."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from crowdkit.aggregation import DawidSkene
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rhml_core.errors import NotEnoughDataError
from rhml_core.measures.dawid_skene import fit_dawid_skene, refit
from rhml_core.measures.ratings import encode
from tests.measures.agreement.rated import LABELS, RATERS, frame, votes

CROWDS = ["convabuse", "snow_rte", "weather_sentiment"]
SAME = 1e-6
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.fixture(scope="module", params=CROWDS)
def crowd(request, datasets):
    """The judgements of a real crowd, and the gold labels of its messages."""
    file = datasets / "multi" / f"{request.param}.csv"
    if not file.is_file():
        pytest.skip(f"no real crowd at {file}")
    table = pl.read_csv(file, infer_schema=False)
    gold = table.select("id", "gold").drop_nulls().unique()
    return table.select(message_id="id", expert_id="annotator", label="label"), dict(gold.rows())


def in_crowd_kits_words(labels):
    return labels.rename({"message_id": "task", "expert_id": "worker"}).to_pandas()


def theirs(labels, n_rounds, true_labels=None):
    """crowd-kit's model after so many rounds, whatever it thinks of them."""
    model = DawidSkene(n_iter=n_rounds, tol=-np.inf)
    return model.fit(in_crowd_kits_words(labels), true_labels=true_labels)


def assert_same(fitted, other):
    names = fitted.ratings
    posterior = other.probas_.loc[names.messages.to_list(), list(names.labels)].to_numpy()
    assert np.abs(posterior - fitted.posterior).max() < SAME
    assert np.abs(other.priors_[list(names.labels)].to_numpy() - fitted.prior).max() < SAME
    for (rater, label), row in other.errors_.iterrows():
        given_labels = fitted.confusion[names.raters.index(rater), :, names.labels.index(label)]
        assert np.abs(row[list(names.labels)].to_numpy() - given_labels).max() < SAME


def test_model_equals_crowd_kit_at_convergence(crowd):
    labels, _ = crowd

    fitted = fit_dawid_skene(encode(labels))

    assert fitted.has_converged
    assert_same(fitted, theirs(labels, fitted.n_rounds))


def test_model_with_known_truth_equals_crowd_kit(crowd):
    """Every tenth message is told: the majority's label, or the first where votes tie."""
    labels, _ = crowd
    ratings = encode(labels)
    known = np.full(len(ratings.messages), -1, dtype=np.int32)
    known[::10] = ratings.counts[::10].argmax(axis=1)
    names = ratings.messages.to_list()[::10]
    told = pd.Series([ratings.labels[code] for code in known[::10]], index=names)

    fitted = fit_dawid_skene(ratings, known)

    assert fitted.has_converged
    assert (fitted.posterior[::10].argmax(axis=1) == known[::10]).all()
    assert (fitted.posterior[::10].max(axis=1) == 1).all()
    assert_same(fitted, theirs(labels, fitted.n_rounds, told))


@settings(max_examples=25)
@given(votes, st.integers(1, 6))
def test_model_equals_crowd_kit_after_any_round(of, n_rounds):
    assume(of)
    labels = frame(of)

    fitted = fit_dawid_skene(encode(labels), max_rounds=n_rounds, tolerance=0)

    assert_same(fitted, theirs(labels, n_rounds))


@given(votes, st.permutations(RATERS), st.permutations(LABELS), st.randoms())
def test_names_and_order_do_not_matter(of, raters, labels, random):
    assume(of)
    rename_rater = dict(zip(RATERS, raters, strict=True))
    rename_label = dict(zip(LABELS, labels, strict=True))
    renamed = [((m, rename_rater[r]), rename_label[label]) for (m, r), label in of.items()]
    random.shuffle(renamed)

    before = fit_dawid_skene(encode(frame(of), LABELS), max_rounds=5, tolerance=0)
    after = fit_dawid_skene(encode(frame(dict(renamed)), labels), max_rounds=5, tolerance=0)

    order = [labels.index(rename_label[label]) for label in LABELS]
    assert after.posterior[:, order] == pytest.approx(before.posterior, abs=SAME)


@given(votes, st.sampled_from([0.0, 0.5, 1.0]))
def test_rows_are_chances_that_add_up_to_one(of, evenness):
    assume(of)

    fitted = fit_dawid_skene(encode(frame(of)), evenness=evenness)

    assert fitted.posterior.sum(axis=1) == pytest.approx(1)
    assert fitted.confusion.sum(axis=2) == pytest.approx(1)
    assert fitted.prior.sum() == pytest.approx(1)
    assert (fitted.posterior >= 0).all()


def test_one_rater_is_believed():
    """Alone, a rater is taken at their word: nothing says otherwise."""
    labels = frame({("m1", "ana"): "ham", ("m2", "ana"): "spam", ("m3", "ana"): "spam"})

    fitted = fit_dawid_skene(encode(labels))

    assert fitted.posterior == pytest.approx(np.array([[1, 0], [0, 1], [0, 1]]), abs=SAME)
    assert fitted.prior == pytest.approx([1 / 3, 2 / 3])


def test_one_label_is_certain():
    fitted = fit_dawid_skene(encode(frame({("m1", "ana"): "ham", ("m2", "ben"): "ham"})))

    assert fitted.posterior.tolist() == [[1.0], [1.0]]


def test_first_round_by_hand():
    """
    Two messages, two raters who agree on the first and differ on the second.

    Votes: m1 ham 1; m2 half each. Of ham 1.5, of spam 0.5. Ana says ham throughout. Ben says ham
    on 2/3 of ham, none of spam. m2 is ham by 3/4 x 1/3, spam by 1/4 x 1: even, as 1/4 is 1/4.
    """
    labels = frame(
        {("m1", "ana"): "ham", ("m1", "ben"): "ham", ("m2", "ana"): "ham", ("m2", "ben"): "spam"}
    )

    fitted = fit_dawid_skene(encode(labels), max_rounds=1, tolerance=0)

    assert fitted.posterior == pytest.approx(np.array([[1, 0], [0.5, 0.5]]), abs=SAME)
    assert fitted.confusion[1] == pytest.approx(np.array([[2 / 3, 1 / 3], [0, 1]]), abs=SAME)


def test_known_message_shows_who_errs():
    """Two against one, but the one was right wherever truth is known."""
    of = {}
    for number in range(12):
        truth, other = ("ham", "spam") if number % 2 else ("spam", "ham")
        of |= {(f"m{number:02}", "ana"): truth}
        of |= {(f"m{number:02}", name): other for name in ("ben", "cleo")}
    ratings = encode(frame(of))
    known = np.full(12, -1, dtype=np.int32)
    known[:10] = [1 - number % 2 for number in range(10)]  # spam is 1, ham is 0

    fitted = fit_dawid_skene(ratings, known)

    assert fitted.posterior[10:].argmax(axis=1).tolist() == [1, 0]


def test_fitting_again_with_every_message_once_changes_nothing():
    of = {
        (f"m{n}", rater): "ham" if (n * step) % 5 < 3 else "spam"
        for n in range(40)
        for step, rater in enumerate(["ana", "ben", "cleo"], start=1)
    }
    fitted = fit_dawid_skene(encode(frame(of)))

    again = refit(fitted, np.ones(40, dtype=np.int64), max_rounds=5)

    assert again.posterior == pytest.approx(fitted.posterior, abs=1e-3)


def test_weights_are_messages_repeated():
    """Counting a message twice is having it twice."""
    of = {
        (f"m{n}", rater): "ham" if (n * step) % 7 < 3 else "spam"
        for n in range(20)
        for step, rater in enumerate(["ana", "ben", "cleo"], start=1)
    }
    twice = of | {(f"{message}-again", rater): label for (message, rater), label in of.items()}
    weights = np.full(20, 2, dtype=np.int64)

    weighed = refit(
        fit_dawid_skene(encode(frame(of)), max_rounds=3, tolerance=0),
        weights,
        max_rounds=4,
        tolerance=0,
    )
    repeated = fit_dawid_skene(encode(frame(twice)), max_rounds=7, tolerance=0)

    assert weighed.prior == pytest.approx(repeated.prior, abs=SAME)
    assert weighed.expected == pytest.approx(repeated.expected, abs=1e-4)


def test_nothing_judged_is_an_error():
    with pytest.raises(NotEnoughDataError, match="Nothing is judged"):
        fit_dawid_skene(encode(frame({})))
