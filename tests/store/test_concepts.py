"""Concepts in the store: what a run says of each, and what older runs never said."""

import dataclasses

import duckdb

from rhml_core.domain import ConceptKind
from rhml_core.store import concepts
from rhml_core.store.database import _migrations
from tests.app.store_fixtures import add_run, make_concept

FIRST_WITH_PLACES = 17


def listed(place, project):
    return concepts.list_concepts(place.db, project.project_id)


def test_what_a_run_says_of_a_concept_comes_back(place, project):
    said = dataclasses.replace(
        make_concept("prize"),
        kind=ConceptKind.PATTERN,
        place=2,
        influence=0.25,
        stability=0.9,
        contradicts="ham",
    )

    add_run(place, project, 1, {}, [said])

    (found,) = listed(place, project)
    assert found == dataclasses.replace(said, run_number=1)


def test_best_of_each_label_come_before_the_second_best(place, project):
    """A journal that lists one label to its end first hides the other."""
    found = [
        dataclasses.replace(make_concept(term, label, strength=strength), place=at)
        for term, label, strength, at in [
            ("prize", "spam", 0.9, 1),
            ("claim", "spam", 0.8, 2),
            ("lunch", "ham", 0.1, 1),
        ]
    ]

    add_run(place, project, 1, {}, found)

    assert [one.terms[0] for one in listed(place, project)] == ["prize", "lunch", "claim"]


def test_cluster_is_another_concept_than_a_term_of_its_name(place, project):
    term = make_concept("refund")
    cluster = dataclasses.replace(term, kind=ConceptKind.CLUSTER, concept_id="concept-cluster")

    add_run(place, project, 1, {}, [term, cluster])
    add_run(place, project, 2, {}, [cluster])

    found = {one.kind: one for one in listed(place, project)}
    assert len(listed(place, project)) == 2
    assert (found["term"].run_number, found["cluster"].run_number) == (1, 2)


def test_sightings_of_before_have_no_place(tmp_path):
    """A database that was in use before keeps its concepts."""
    connection = duckdb.connect(str(tmp_path / "old.duckdb"))
    by_number = {number: sql for number, _, sql in _migrations()}
    connection.execute(by_number[1])
    connection.execute(
        "INSERT INTO concept_sightings (concept_id, run_id, strength, term_f1, term_f1_low, "
        "term_f1_high, n_judged, n_for, n_against, messages_for, messages_against, is_new) "
        "VALUES ('c', 'r', 0.1, 0.5, 0.4, 0.6, 9, 2, 1, [], [], true)"
    )

    connection.execute(by_number[FIRST_WITH_PLACES])
    kept = connection.execute(
        "SELECT place, influence, stability, contradicts FROM concept_sightings"
    ).fetchall()

    connection.close()
    assert kept == [(0, None, None, "")]
