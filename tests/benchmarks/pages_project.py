"""
A project of any size, as a team would have it after some weeks, written within seconds.

Texts are pieced together from the demo's messages of one label. Their vectors are random, about a
centre for each label, and as long as the packaged encoder's: how long a page takes depends on how
many there are and how long, not on what they mean. Judgements, turns, what the machine said in them
and two runs that answered all messages are written at once, as their acts would have written them;
all else comes about by the product's own acts.
"""

import csv
import io
import random
import uuid
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from rhml_core.concept_map import LinkKind
from rhml_core.domain import Label, Role
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.store import embeddings, messages
from rhml_core.store.adjudications import ErrorKind
from rhml_core.workflows import people, projects
from rhml_core.workflows.concept_map import acts
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes import adjudication
from rhml_core.workflows.files import label_import
from rhml_core.workflows.journal import entries, journal
from rhml_core.workflows.lexicon import lexicon_import
from tests.benchmarks.pages_run import SURFACED, add_run
from tests.benchmarks.pages_turns import OVERLAP, write_turns
from tests.benchmarks.simulated_corpus import demo_texts

N_EXPERTS = 8
N_TERMS = 500
_HELD_SHARE = 0.2
"""Of the judged messages: settled ones of the hold-out."""
_DECIDED, _TALKED, _SETTLED, _WRITTEN, _LINKED = 6, 20, 10, 4, 8
_BLOCK = 10_000


@dataclass(frozen=True)
class Filled:
    """
    What was made.

    Attributes:
        people: one of each role, by `viewer`, `expert`, `supervisor`; and the `judge`, another
            expert.
        label: one of the codebook's.
    """

    project: object
    people: dict
    label: str


class HashedWords:
    """An encoder whose vectors are bags of words, hashed; the same words, the same vector."""

    encoder_id = "hashed-words"
    dimension = 384

    def encode(self, texts, on_progress=None):
        """One row of length 1 per text."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        vectors[:, 0] = 0.1
        for row, text in enumerate(texts):
            places = [zlib.crc32(word.encode()) % self.dimension for word in words_of(text)]
            vectors[row, places] += 1.0
            if on_progress is not None:
                on_progress(row + 1, len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fill_project(place, *, n_messages, n_judged, seed=0):
    """Make the project in an empty workplace."""
    chances = random.Random(seed)
    boss = people.add_person(place, None, "Bo", Role.ADMIN)
    viewer = people.add_person(place, boss, "Vic", Role.VIEWER)
    experts = [
        people.add_person(place, boss, f"Expert {number}", Role.EXPERT)
        for number in range(N_EXPERTS)
    ]
    texts, labels = _vary(*demo_texts(), n_messages, chances)
    names = sorted(set(labels))
    project = projects.create_project(
        place, boss, "Forum", [Label(name, f"About {name}.") for name in names], overlap=OVERLAP
    )
    where = project.project_id
    n_held = round(n_judged * _HELD_SHARE)
    ids = [f"m{row:06}" for row in range(n_messages)]
    truth = dict(zip(ids, labels, strict=True))
    held, judged = ids[:n_held], ids[n_held:n_judged]
    _add_messages(place, where, ids, texts, held)
    _settle(place, boss, where, {name: truth[name] for name in held})
    _add_vectors(place, where, names, labels, seed)
    words = _telling_words(texts, labels)
    lexicon = {label: of[SURFACED // 2 :] for label, of in words.items()}
    _import_lexicon(place, boss, where, lexicon)
    for number, part in enumerate((judged[::2], judged[1::2]), start=1):
        write_turns(place, where, experts, names, {name: truth[name] for name in part}, chances)
        add_run(place, boss, where, truth, number=number, words=words, seed=seed)
    _talk(place, [boss, *experts], where, judged, names)
    _settle_some(place, boss, where, judged, truth)
    known = {"viewer": viewer, "expert": experts[0], "supervisor": boss, "judge": experts[1]}
    return Filled(projects.list_projects(place, boss)[0], known, names[0])


def _vary(texts, labels, n, chances):
    """As many texts, each of three pieces of texts of one label."""
    of_label = {}
    for text, label in zip(texts, labels, strict=True):
        of_label.setdefault(label, []).append(text.split())
    drawn = chances.choices(labels, k=n)
    made = []
    for label in drawn:
        words = [
            one[len(one) * part // 3 : len(one) * (part + 1) // 3]
            for part, one in enumerate(chances.choices(of_label[label], k=3))
        ]
        made.append(" ".join(words[0] + words[1] + words[2]) or "nothing")
    return made, drawn


def _add_messages(place, where, ids, texts, held):
    row = pl.DataFrame({"row": pl.int_range(len(ids), eager=True)})
    start = datetime.now(UTC) - timedelta(days=90)
    frame = row.select(
        message_id=pl.Series(ids),
        text=pl.Series(texts),
        text_hash=pl.format("hash-{}", "row"),
        author=pl.format("author {}", pl.col("row") % 97),
        sent_at=pl.lit(start) + pl.duration(minutes=pl.col("row") % 100_000),
        thread=pl.format("t{}", pl.col("row") // 5),
        reply_to=pl.lit(None, dtype=pl.String),
        language=pl.lit("en"),
        metadata=pl.concat_str(pl.lit('{"board":"b'), pl.col("row") % 5, pl.lit('"}')),
        split=pl.when(pl.col("row") < len(held)).then(pl.lit("holdout")).otherwise(pl.lit("pool")),
    )
    with place.db.atomic() as transaction:
        messages.add_messages(transaction, where, frame, import_id="made")


def _settle(place, boss, where, labels):
    table = _csv(("message_id", "label"), labels.items())
    label_import.import_labels(
        place, boss, where, table, "reference.csv", adjudicated=True, key=_key()
    )


def _add_vectors(place, where, names, labels, seed):
    """Random vectors of length 1 about the centre of each text's label."""
    encoder = place.machines.base_encoder()
    chances = np.random.default_rng(seed)
    centres = chances.standard_normal((len(names), encoder.dimension), dtype=np.float32)
    known = messages.message_keys(place.db, where)["text_hash"]
    rows = np.array([names.index(label) for label in labels])
    for start in range(0, len(known), _BLOCK):
        at = rows[start : start + _BLOCK]
        vectors = centres[at] + 3 * chances.standard_normal(
            (len(at), encoder.dimension), dtype=np.float32
        )
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        hashes = known[start : start + _BLOCK].to_list()
        with place.db.atomic() as transaction:
            embeddings.add_embeddings(transaction, encoder.encoder_id, hashes, vectors)
    place.machines.note_change(where)


def _telling_words(texts, labels):
    """Words that stand in messages of one label rather than of others, by label."""
    n_of, n_all = {}, Counter()
    for text, label in list(zip(texts, labels, strict=True))[:5_000]:
        found = set(words_of(text))
        n_all.update(found)
        n_of.setdefault(label, Counter()).update(found)
    return {
        label: sorted(counts, key=lambda word: (-(counts[word] ** 2) / n_all[word], word))[
            : -(-N_TERMS // len(n_of))
        ]
        for label, counts in n_of.items()
    }


def _import_lexicon(place, boss, where, words):
    rows = [
        (label, f"group {start // 20}", "", ",".join(known[start : start + 20]), "", "", "", "")
        for label, known in words.items()
        for start in range(0, len(known), 20)
    ]
    columns = ("Labeling", "Category", "Sub-Category", "Words", "Phrases", "Patterns")
    table = _csv((*columns, "Website.links", "Reason"), rows)
    checked = lexicon_import.check_lexicon(place, boss, where, table, "lexicon.csv")
    lexicon_import.import_lexicon(place, boss, where, checked, key=_key())


def _talk(place, team, where, judged, names):
    """Have people talk, decide, write and draw, each act as often in any project."""
    boss, *experts = team
    for row, message_id in enumerate(judged[:_TALKED]):
        subject = f"message:{message_id}"
        threads.add_comment(place, boss, where, subject, f"Why so? {row}", key=_key())
    found = journal.list_concepts(place, boss, where)
    for row, concept in enumerate(found[:_DECIDED]):
        decide = journal.reject_concept if row % 3 == 2 else journal.adopt_concept
        reason = "seen often"
        decide(place, experts[row % 4], where, concept.concept_id, reason=reason, key=_key())
    for row in range(_WRITTEN):
        author = experts[row % N_EXPERTS]
        entries.write_entry(place, author, where, f"Learnt something {row}", key=_key())
        for at in range(_LINKED):
            acts.state_proposition(
                place,
                author,
                where,
                f"sign {at}",
                LinkKind.INDICATES,
                names[(at + row) % len(names)],
                key=_key(),
            )


def _settle_some(place, boss, where, judged, truth):
    for message_id in judged[-_SETTLED:]:
        adjudication.adjudicate(
            place,
            boss,
            where,
            message_id,
            label=truth[message_id],
            error_kind=next(iter(ErrorKind)),
            key=_key(),
        )


def _key():
    return uuid.uuid4().hex


def _csv(columns, rows):
    table = io.StringIO()
    csv.writer(table).writerows([columns, *rows])
    return table.getvalue().encode()
