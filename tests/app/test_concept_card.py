import dataclasses
from datetime import UTC, datetime
from html import escape

import pytest

from app.components.meanings import meaning_of
from app.views.journal.concept_card_life import life_html
from app.views.journal.concept_card_words import (
    concept_evidence,
    concept_heading,
    machine_line,
    used_line,
    why_line,
)
from rhml_core.domain import Codebook, ConceptKind, ConceptStatus, Label, Person, Role
from rhml_core.figures import Interval
from rhml_core.workflows.concepts.evidence import ConceptEvidence, run_evidence
from rhml_core.workflows.concepts.life import LifeEntry, LifeKind
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.cards import JournalCard, ReasonUse
from rhml_core.workflows.journal.effects import EffectWords
from rhml_core.workflows.journal.groups import JournalGroup
from tests.app.store_fixtures import add_run, look, make_concept, make_project, texts_of

CODEBOOK = Codebook(1, (Label("ham"), Label("spam")))
AT = datetime(2026, 3, 3, 14, 2, tzinfo=UTC)
ANA = Person("ana", "Ana Ruiz", Role.EXPERT)
CLUSTER = "concept-vouch-spam"


def card_of(concept, **facts):
    known = {
        "group": JournalGroup.NEW,
        "why": "",
        "strengths": [],
        "machine_says": "",
        "used_by": (),
        "evidence": run_evidence(concept),
        "n_comments": 0,
        "effect": None,
    }
    return JournalCard(concept=concept, **(known | facts))


def of_kind(kind, *terms):
    return dataclasses.replace(make_concept(terms[0]), kind=ConceptKind(kind), terms=terms)


def test_everything_on_a_card_is_escaped():
    """Terms, reasons and what the machine says of them come from hostile messages."""
    hostile = "<img src=x onerror=alert(1)>"
    concept = dataclasses.replace(make_concept(hostile), label=hostile)
    card = card_of(
        concept,
        why=hostile,
        machine_says=hostile,
        used_by=(ReasonUse(Person("x", hostile, Role.EXPERT), 2),),
        effect=EffectWords(None, (hostile,)),
    )
    entry = LifeEntry(AT, LifeKind.DISCUSSED, f"wrote: “{hostile}”", "x")

    drawn = [
        concept_heading(card, CODEBOOK),
        concept_evidence(card),
        machine_line(card),
        why_line(card),
        used_line(card),
        life_html([entry], {"x": Person("x", hostile, Role.EXPERT)}, ["now"]),
    ]

    for html in drawn:
        assert "<img" not in html
        assert "&lt;img" in html


def test_term_f1_stands_with_interval_and_n():
    html = concept_evidence(card_of(make_concept("money", messages_for=["m1"])))

    assert "0.71 [0.60, 0.80], n = 48" in html
    assert "of 1 with it: 1 spam, 0 not" in html


def test_figures_of_a_card_say_on_hover_what_they_mean():
    concept = dataclasses.replace(make_concept("money", messages_for=["m1"]), stability=0.8)
    card = card_of(concept, strengths=((1, 0.2), (2, 0.3)))

    shown = concept_evidence(card) + concept_heading(card, CODEBOOK)

    assert "80 %" in shown
    for name in ("Term F1", "Stability", "Strength"):
        assert escape(meaning_of(name)) in shown


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        (of_kind("term", "money"), "word, new to us"),
        (of_kind("phrase", "free money"), "phrase, new to us"),
        (of_kind("pattern", "sell; price"), "pattern, new to us"),
        (of_kind("cluster", "vouch", "join"), "group of messages; maybe a label is missing"),
    ],
)
def test_each_kind_is_told_in_words(concept, said):
    assert said in concept_heading(card_of(concept), CODEBOOK)


def test_pattern_is_read_out_and_a_cluster_claims_no_label():
    """A cluster speaks for no label: no arrow to one, and no term F1."""
    pattern = card_of(of_kind("pattern", "sell; (rdp | vpn) AND price"))
    cluster = card_of(
        dataclasses.replace(of_kind("cluster", "vouch", "join"), n_for=11, n_against=1)
    )

    assert "sell, then within five words one of (rdp, vpn); and anywhere price" in (
        concept_evidence(pattern)
    )
    assert "spam" not in concept_heading(cluster, CODEBOOK)
    assert "Term F1" not in concept_evidence(cluster)
    assert "12 messages, 1 of them judged; no label of ours covers them well" in (
        concept_evidence(cluster)
    )


def test_expert_reads_what_the_figures_are_counted_on_and_where_there_are_none():
    """Term F1 without a known answer is no figure."""
    known = card_of(
        make_concept("x"),
        evidence=ConceptEvidence(2, 1, Interval(0.5, 0.4, 0.6, 9), is_partial=True),
    )
    unknown = card_of(make_concept("x"), evidence=ConceptEvidence(0, 0, None, is_partial=True))

    assert "n = 9 judged messages open to you" in concept_evidence(known)
    assert "of 3 with it: 2 spam, 1 not" in concept_evidence(known)
    assert "Term F1 is not known yet" in concept_evidence(unknown)
    assert "with it" not in concept_evidence(unknown)


def test_label_that_is_none_any_more_is_said_to_be_gone():
    gone = card_of(dataclasses.replace(make_concept("x"), is_label_gone=True))

    assert "the codebook has this label no more" in concept_heading(gone, CODEBOOK)


def test_people_who_used_it_are_named():
    named = used_line(card_of(make_concept("x"), used_by=(ReasonUse(ANA, 3),)))

    assert "Ana Ruiz 3\u00d7" in named
    assert used_line(card_of(make_concept("x"))) == ""


def test_life_names_people_and_machine_and_counts_the_rest():
    entries = [
        LifeEntry(AT, LifeKind.SURFACED, "run 1 surfaced it", is_machine=True),
        LifeEntry(AT, LifeKind.ADOPTED, "adopted it", "ana"),
        LifeEntry(AT, LifeKind.REVIEWED, "reviewed once by 1 colleague"),
    ]

    html = life_html(entries, {"ana": ANA}, ["a", "b", "c"])

    assert "The machine</span> run 1 surfaced it" in html
    assert "Ana Ruiz</span> adopted it" in html
    assert "Reviewed once by 1 colleague" in html


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def surfaced(place, project, add_messages):
    """Run 1 found the word money and a cluster around vouch."""
    add_messages({"m1": "free money", "m2": "please vouch"})
    cluster = dataclasses.replace(
        make_concept("vouch", messages_for=["m2"]),
        kind=ConceptKind.CLUSTER,
        terms=("vouch", "please"),
    )
    add_run(place, project, 1, {}, [make_concept("money", messages_for=["m1"]), cluster])
    return project


def status_of(place, person, project, concept_id):
    return journal.get_concept(place, person, project.project_id, concept_id).concept


def test_concept_is_adopted_under_another_label_and_category(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    concept_id = "concept-money-spam"
    page.selectbox(key=f"adopt_label_{concept_id}").set_value("ham")
    page.text_input(key=f"adopt_category_{concept_id}").set_value("Offers")
    page.text_input(key=f"adopt_reason_{concept_id}").set_value("sellers say so")

    page.button(key=f"adopt_so_{concept_id}").click().run()

    assert not page.exception
    adopted = status_of(place, team["ana"], surfaced, concept_id)
    assert (adopted.status, adopted.label) == (ConceptStatus.ADOPTED, "ham")
    newest = journal.timeline(place, team["ana"], surfaced.project_id)[0].sentence
    assert newest == "adopted “money” for ham, because sellers say so"
    assert "What adopting it brought on the hold-out is not known: " in texts_of(page)


def test_rejecting_asks_for_the_reason(place, team, surfaced):
    """Without one nothing is written, and the page says what is missing."""
    page = look("journal", place, team["ana"], surfaced)

    page.button(key="reject_concept-money-spam").click().run()

    assert not page.exception
    assert "Say why" in page.warning[0].value
    found = status_of(place, team["ana"], surfaced, "concept-money-spam")
    assert found.status is ConceptStatus.NEW


def test_cluster_leads_to_the_codebook_and_cannot_be_adopted(place, team, surfaced):
    page = look("journal", place, team["sue"], surfaced)

    keys = {button.key for button in page.button}
    assert page.button(key=f"codebook_{CLUSTER}").label == "Change the codebook"
    assert f"adopt_{CLUSTER}" not in keys
    assert f"reject_{CLUSTER}" in keys


def test_later_puts_a_card_at_the_end_of_its_group(place, team, surfaced):
    page = look("journal", place, team["ana"], surfaced)
    order = [one.key for one in page.button if one.key.startswith("open_")]

    page.button(key=order[0].replace("open_", "later_")).click().run()

    assert not page.exception
    assert [one.key for one in page.button if one.key.startswith("open_")] == order[::-1]


def test_misleading_term_of_ours_says_why_it_is_there(place, team, project, add_messages):
    add_messages({"m1": "free money"})
    wrong = dataclasses.replace(
        make_concept("money"),
        n_for=2,
        n_against=18,
        term_f1=Interval(0.1, 0.0, 0.2, 100),
        is_new=False,
    )
    add_run(place, project, 1, {}, [wrong])

    page = look("journal", place, team["sue"], project)

    assert "Re-examine" in texts_of(page)
    assert "Contradicted: of the judged messages with it, 10 %" in texts_of(page)
