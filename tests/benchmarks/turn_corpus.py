"""A store with many messages whose label anyone can tell, and a machine that has learnt it."""

import csv
import io
import uuid

from rhml_core.domain import Label, Role
from rhml_core.settings import Settings
from rhml_core.store import embeddings
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.workplace import open_workplace

LABELS = ("Sale", "Leak")
"""The first has the key 1, the second the key 2."""

PROJECT = "forum"
MEASURED = "ana"
_SENTENCES = {
    "Sale": [
        "selling rdp access to a clinic, escrow accepted",
        "selling fresh vpn logins, price on request, buyers only",
        "selling admin access of a web shop, escrow welcome",
        "selling a loader with support, price per month",
    ],
    "Leak": [
        "leaked database of a travel agency, full dump attached",
        "leaked passwords of a forum, free download for members",
        "leaked customer records, the dump is one archive",
        "leaked mailbox of an office, sample inside the archive",
    ],
}
_N_JUDGED = 60


def label_of(text):
    """The label that a text's first word tells."""
    return "Sale" if text.lstrip().startswith("selling") else "Leak"


def expert_id(number):
    """Who the other expert of a number is."""
    return f"expert-{number}"


def fill_store(database, *, cache, n_messages, n_experts):
    """
    Make the database: a project, its messages, the experts and judged messages to learn from.

    The numbered variants of a sentence share its vector: what the machine reads of them differs
    by a number alone, and ten thousand texts take minutes to read.
    """
    settings = Settings(database=database, cache_folder=cache)
    place = open_workplace(settings, in_background=False)
    try:
        boss = people.add_person(place, None, "Bo", Role.ADMIN)
        people.add_person(place, boss, "Ana", Role.EXPERT)
        for number in range(n_experts):
            people.add_person(place, boss, f"Expert {number}", Role.EXPERT)
        labels = [
            Label("Sale", "Offers access, goods or a service for money.", key="1"),
            Label("Leak", "Gives away data that was taken from someone.", key="2"),
        ]
        project = projects.create_project(place, boss, "Forum", labels).project_id
        texts = _texts(n_messages)
        _import(place, boss, project, texts)
        _read(place, project)
    finally:
        place.close()


def _texts(n):
    sentences = [text for pair in zip(*_SENTENCES.values(), strict=True) for text in pair]
    return {f"m{k:05}": f"{sentences[k % len(sentences)]}, case {k:05}" for k in range(n)}


def _import(place, boss, project, texts):
    table = _csv([("message_id", "text"), *texts.items()])
    prepared = importing.check_messages(place, boss, project, table, "messages.csv")
    importing.import_messages(
        place, boss, project, prepared, file_name="messages.csv", key=uuid.uuid4().hex
    )
    judged = [
        (name, expert, label_of(text))
        for name, text in list(texts.items())[:_N_JUDGED]
        for expert in ("Past one", "Past two")
    ]
    table = _csv([("message_id", "expert", "label"), *judged])
    label_import.import_labels(place, boss, project, table, "labels.csv", key=uuid.uuid4().hex)


def _csv(rows):
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    return table.getvalue().encode()


def _read(place, project):
    encoder = place.machines.base_encoder()
    missing = embeddings.missing_embeddings(place.db, project, encoder.encoder_id)
    sentences = [text.rpartition(", case")[0] for text in missing["text"]]
    distinct = sorted(set(sentences))
    rows = {text: row for row, text in enumerate(distinct)}
    vectors = encoder.encode(distinct)[[rows[text] for text in sentences]]
    with place.db.atomic() as transaction:
        embeddings.add_embeddings(
            transaction, encoder.encoder_id, missing["text_hash"].to_list(), vectors
        )
