"""Agreement as pages ask for it: the figures kept are the measures' own, and they follow."""

import random
import threading

import polars as pl
import pytest

from rhml_core.errors import NotAllowedError
from rhml_core.measures.agreement.alpha import alpha_by_label, alpha_interval
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.label_confusion import label_confusion
from rhml_core.measures.competence import team_competences
from rhml_core.store import judgements, kept_agreement
from rhml_core.workflows.agreement import agreement
from rhml_core.workflows.agreement import consensus as agreement_consensus
from rhml_core.workflows.agreement import keeping as agreement_keeping
from tests.app.store_fixtures import add_run


def _votes(n, *, seed=0, people=("Ana", "Ben", "Cy"), names=("ham", "spam")):
    """Labels of people who are right four times in five."""
    draw = random.Random(seed)
    rows = []
    for number in range(n):
        truth = draw.choice(names)
        for person in people:
            said = truth if draw.random() < 0.8 else draw.choice(names)
            rows.append((f"m{number}", person, said))
    return rows


@pytest.fixture
def judged(place, team, project, add_messages, add_labels):
    """Sixty messages that Ana, Ben and Cy judged."""
    add_messages({f"m{n}": f"text number {n}" for n in range(60)})
    add_labels(_votes(60))
    return project


def test_kept_figures_are_those_of_the_measures(place, team, judged):
    """Through the store and back as JSON, nothing is lost."""
    labels = judgements.current_labels(place.db, judged.project_id)

    overview = agreement.agreement_overview(place, team["vic"], judged.project_id)
    pairs = agreement.pair_agreement(place, team["vic"], judged.project_id)
    by_label = agreement.label_agreement(place, team["vic"], judged.project_id)

    assert overview.now.alpha.interval == alpha_interval(labels)
    assert pairs.drop("undefined").equals(pairwise_kappa(labels))
    assert by_label.equals(alpha_by_label(labels))


def test_confusion_of_one_pair_is_that_of_the_measure(place, team, judged):
    labels = judgements.current_labels(place.db, judged.project_id)
    a, b = sorted(labels["expert_id"].unique())[:2]

    of_pair = agreement.confusion(
        place, team["vic"], judged.project_id, between="experts", a=a, b=b
    )
    of_all = agreement.confusion(place, team["vic"], judged.project_id, between="experts")

    assert of_pair.equals(label_confusion(labels, a, b))
    assert of_all.equals(label_confusion(labels))


def test_figures_follow_a_new_judgement(place, team, judged, add_labels):
    before = agreement.agreement_overview(place, team["vic"], judged.project_id)

    add_labels([("m0", "Dan", "ham"), ("m1", "Dan", "spam")])
    after = agreement.agreement_overview(place, team["vic"], judged.project_id)

    assert (before.now.n_people, after.now.n_people) == (3, 4)
    assert after.standing.n_since == 0
    assert not after.standing.is_updating


def test_unchanged_judgements_are_not_measured_again(place, team, judged, monkeypatch):
    agreement.agreement_overview(place, team["vic"], judged.project_id)
    made = []
    monkeypatch.setattr(agreement_keeping, "make_figures", lambda *_: made.append(1))

    agreement.agreement_overview(place, team["vic"], judged.project_id)

    assert made == []


def test_new_run_makes_figures_anew(place, team, judged):
    """The machine is one more rater: its answers change the pairs."""
    agreement.agreement_overview(place, team["vic"], judged.project_id)

    add_run(place, judged, 1, {f"m{n}": ("spam", 0.9) for n in range(30)})
    agreement.agreement_overview(place, team["vic"], judged.project_id)
    pairs = agreement.pair_agreement(place, team["vic"], judged.project_id)

    with_model = pairs.filter(pl.col("b") == "model")
    assert with_model["n"].to_list() == [30, 30, 30]


def test_page_shows_old_figures_while_newer_ones_are_made(
    place, team, judged, add_labels, monkeypatch
):
    """It never waits: it says how many judgements ago the figures are from."""
    agreement.agreement_overview(place, team["vic"], judged.project_id)
    held = []
    monkeypatch.setattr(type(place.machines), "do_later", lambda _, work: held.append(work))
    add_labels([("m0", "Dan", "ham"), ("m1", "Dan", "spam")])

    old = agreement.agreement_overview(place, team["vic"], judged.project_id)
    again = agreement.agreement_overview(place, team["vic"], judged.project_id)
    held[0]()
    new = agreement.agreement_overview(place, team["vic"], judged.project_id)

    assert (old.standing.n_since, old.standing.is_updating, old.now.n_people) == (2, True, 3)
    assert again.standing.is_updating
    assert len(held) == 1
    assert (new.standing.n_since, new.standing.is_updating, new.now.n_people) == (0, False, 4)


def test_first_visit_does_not_wait_for_long(place, team, judged, monkeypatch):
    monkeypatch.setattr(agreement_keeping, "_SECONDS_TO_WAIT_FIRST", 0.01)
    released = threading.Event()

    def later(_, work):
        threading.Thread(target=lambda: (released.wait(5), work())).start()

    monkeypatch.setattr(type(place.machines), "do_later", later)

    first = agreement.agreement_overview(place, team["vic"], judged.project_id)
    report = agreement.agreement_report(place, team["vic"], judged.project_id)
    released.set()

    assert first.now is None
    assert first.standing.is_updating
    assert "being worked out" in report.alpha_missing
    _until(lambda: not agreement_keeping._under_way.makings)


def _until(holds):
    for _ in range(200):
        if holds():
            return
        threading.Event().wait(0.02)
    pytest.fail("it never came true")


def test_undefined_is_said_with_its_reason(place, team, project, add_messages, add_labels):
    """Two people who never met, and two who always say the same."""
    add_messages({"m1": "one", "m2": "two"})
    add_labels([("m1", "Ana", "ham"), ("m2", "Ben", "ham")])

    alone = agreement.agreement_overview(place, team["vic"], project.project_id).now
    add_labels([("m1", "Ben", "ham")])
    alike = agreement.agreement_overview(place, team["vic"], project.project_id).now
    pairs = agreement.pair_agreement(place, team["vic"], project.project_id)

    assert alone.alpha.interval is None
    assert "No message has labels from two people" in alone.reading
    assert "one label only" in alike.alpha.missing
    assert pairs["kappa"].to_list() == [None]
    assert pairs["undefined"].to_list() == ["both gave one and the same label throughout"]


def test_nothing_judged_is_no_error(place, team, project):
    overview = agreement.agreement_overview(place, team["vic"], project.project_id)

    assert overview.now.n_people == 0
    assert overview.now.alpha.missing
    assert overview.falls == ()


def test_competences_are_for_supervisors(place, team, judged):
    agreement.agreement_overview(place, team["sue"], judged.project_id)
    labels = judgements.current_labels(place.db, judged.project_id)
    decided = judgements.adjudicated_labels(place.db, judged.project_id)

    found = agreement.consensus_of(place, team["sue"], judged.project_id)

    assert found.method == "dawid-skene"
    assert found.by_rater.equals(team_competences(labels, decided).by_rater)
    for name in ("ana", "vic"):
        with pytest.raises(NotAllowedError):
            agreement.consensus_of(place, team[name], judged.project_id)


def test_thin_consensus_says_why_and_counts_votes(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    agreement.agreement_overview(place, team["sue"], project.project_id)

    found = agreement.consensus_of(place, team["sue"], project.project_id)

    assert (found.method, found.n_open, found.n_agreed) == ("majority", 1, 0)
    assert "Only 2 people" in found.too_thin
    assert found.by_rater.is_empty()


def test_labels_of_some_people_are_those_of_all_filtered(place, judged):
    everyone = judgements.first_labels(place.db, judged.project_id)
    one = everyone["expert_id"][0]

    found = kept_agreement.labels_of_people(place.db, judged.project_id, [one], "first")

    assert found.equals(everyone.filter(pl.col("expert_id") == one))


def test_figures_of_another_program_are_made_anew(place, team, judged, monkeypatch):
    """They may have another shape, so they are not even shown while newer ones are made."""
    agreement.agreement_overview(place, team["vic"], judged.project_id)
    held = []
    monkeypatch.setattr(type(place.machines), "do_later", lambda _, work: held.append(work))
    monkeypatch.setattr(agreement_keeping, "_MAKING", "next")
    monkeypatch.setattr(agreement_keeping, "_SECONDS_TO_WAIT_FIRST", 0.01)

    between = agreement.agreement_overview(place, team["vic"], judged.project_id)
    held[0]()
    after = agreement.agreement_overview(place, team["vic"], judged.project_id)

    assert between.now is None
    assert after.now.n_people == 3


def test_competence_of_very_many_is_measured_on_a_part(place, team, judged, monkeypatch):
    """Whole messages are drawn, and the figures say on how many judgements."""
    monkeypatch.setattr(agreement_consensus, "_MOST_JUDGEMENTS", 120)
    agreement.agreement_overview(place, team["sue"], judged.project_id)

    found = agreement.consensus_of(place, team["sue"], judged.project_id)

    assert found.n_measured == 120
    assert found.by_rater["n"].to_list() == [40, 40, 40]
    assert found.n_agreed + found.n_open == 60
