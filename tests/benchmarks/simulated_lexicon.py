"""
How simulated experts come to terms: assumptions, none of them measured on people.

An expert knows the field, so that it can tell a term that speaks for a label from one that does
not, most of the time; it does not have all of these terms in mind. It starts with few, finds some
in what it judges, and is reminded of others by the machine.
"""

import uuid
from collections import Counter
from dataclasses import dataclass

import numpy as np

from rhml_core.domain import ConceptStatus
from rhml_core.machine.evidence.phrases import phrases_of
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import lexicon

LEAST_MESSAGES = 3
"""Of the pool that have a term: one that is rarer, nobody knows anything about."""
LEAST_PRECISION = 0.6
"""Share of a term's messages of the pool that have its label, from which it truly speaks for it."""
INSIGHT = 0.85
"""Chance that an expert tells rightly whether a term speaks for a label."""
N_OWN = 1
"""Terms that an expert finds in a cycle by itself."""
N_DECIDED = 4
"""Concepts that an expert decides on in a cycle, strongest first."""


@dataclass(frozen=True)
class Field:
    """
    What is true of terms in a corpus; the hold-out has no part in it.

    Attributes:
        n_of: messages of the pool that contain a term, by label.
    """

    n_of: dict

    def speaks_for(self, term, label):
        """Whether a term truly speaks for a label."""
        counts = self.n_of.get(term, Counter())
        n = sum(counts.values())
        return n >= LEAST_MESSAGES and counts[label] / n >= LEAST_PRECISION

    def terms_of(self, label):
        """All terms that truly speak for a label, those in most of its messages first."""
        true = [term for term in self.n_of if self.speaks_for(term, label)]
        return sorted(true, key=lambda term: (-self.n_of[term][label], term))


def survey_field(corpus, holdout):
    """What is true of the words and phrases of a corpus's pool."""
    n_of = {}
    for name, text in corpus.texts.items():
        if name in holdout:
            continue
        for term in set(phrases_of(text)):
            n_of.setdefault(term, Counter())[corpus.labels[name]] += 1
    return Field(n_of)


def start_lexicon(desk, field, *, n_terms, rng):
    """Have the first expert write down some terms of each label, drawn from all that are true."""
    author = desk.experts[0].person
    for label in desk.corpus.names:
        true = field.terms_of(label)
        for place in rng.permutation(len(true))[:n_terms]:
            _add(desk, author, true[place], label, "simulated: known from the start")


def find_own_terms(desk, cycle):
    """Have each expert add what it noticed most in the messages that it judged in a cycle."""
    for expert in desk.experts:
        person = expert.person
        judged = [
            (desk.corpus.texts[turn["message_id"]], turn["final"])
            for turn in desk.turns
            if turn["cycle"] == cycle
            and turn["expert_id"] == person.person_id
            and not turn["is_holdout"]
        ]
        known = set(lexicon.get_lexicon(desk.place, person, desk.project_id).expressions)
        for term, label in _noticed(judged, known)[:N_OWN]:
            _add(desk, person, term, label, "simulated: seen in own judgements")


def decide_on_concepts(desk, field, *, rng):
    """Have the experts adopt or reject what the machine surfaced, by what they know."""
    for expert in desk.experts:
        person = expert.person
        open_ = journal.list_concepts(desk.place, person, desk.project_id, status=ConceptStatus.NEW)
        open_ = [one for one in open_ if one.kind in ("term", "phrase")]
        open_ = sorted(open_, key=lambda one: -one.strength * one.term_f1.value)
        for concept in open_[:N_DECIDED]:
            is_true = field.speaks_for(concept.terms[0], concept.label)
            is_believed = is_true if rng.random() < INSIGHT else not is_true
            decide = journal.adopt_concept if is_believed else journal.reject_concept
            decide(
                desk.place,
                person,
                desk.project_id,
                concept.concept_id,
                reason="simulated: knows the field",
                key=uuid.uuid4().hex,
            )


def _noticed(judged, known):
    """Terms of at least two own messages of one label and none of another, the longest first."""
    counts = {}
    for text, label in judged:
        for term in set(phrases_of(text)) - known:
            counts.setdefault(term, Counter())[label] += 1
    found = [
        (term, label)
        for term, of in counts.items()
        if len(of) == 1 and of.total() > 1
        for label in of
    ]
    return sorted(found, key=lambda one: (-counts[one[0]][one[1]], -len(one[0]), one))


def _add(desk, person, term, label, reason):
    lexicon.add_term(
        desk.place,
        person,
        desk.project_id,
        term,
        label=label,
        category="simulated",
        reason=reason,
        key=uuid.uuid4().hex,
    )


def chances(seed):
    """Where a team's chances beside judging come from."""
    return np.random.default_rng([seed, 1])
