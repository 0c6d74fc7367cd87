"""The journal as a file for people: digest, concepts with their lives, and entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rhml_core.domain import Message, Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.html_document import Section, Table
from rhml_core.exchange.journal_documents import journal_html, journal_markdown
from rhml_core.store import messages, projects
from rhml_core.workflows.concepts.histories import read_histories
from rhml_core.workflows.concepts.life import LifeEntry, life_of
from rhml_core.workflows.journal.cards import JournalCard, all_cards
from rhml_core.workflows.journal.digest import CycleDigest, cycle_digest
from rhml_core.workflows.journal.digest_words import DigestLine
from rhml_core.workflows.journal.entries import ReadEntry, held_out, list_entries
from rhml_core.workflows.journal.groups import JournalGroup
from rhml_core.workflows.journal.summary import journal_summary
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_GROUP_TITLES = {
    JournalGroup.NEW: "New concepts",
    JournalGroup.REEXAMINE: "To re-examine",
    JournalGroup.BLIND_SPOTS: "Shared blind spots",
    JournalGroup.SETTLED: "Settled concepts",
}


@dataclass(frozen=True)
class JournalMaterial:
    """
    Everything that the journal's file says, as far as its reader may see it.

    Attributes:
        lives: of every concept that was decided on, by the concept's identifier.
        texts: of messages that lines and entries point to, by identifier; empty where they were
            not wanted.
    """

    project: str
    made_at: datetime
    reader: str
    summary: str
    digest: CycleDigest | None
    cards: list[JournalCard]
    lives: dict[str, list[LifeEntry]]
    entries: list[ReadEntry]
    names: dict[str, str]
    texts: dict[str, str]


def gather_journal(
    place: Workplace, person: Person, project_id: str, *, with_texts: bool = False
) -> JournalMaterial:
    """
    What the journal's file says.

    Args:
        place: the workplace.
        person: who reads it.
        project_id: where.
        with_texts: whether texts of messages stand in it, or only their identifiers.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "export the journal")
    project = projects.get_project(place.db, project_id)
    project_id = project.project_id
    cards = all_cards(place, person, project_id)
    found = read_histories(place.db, person, project_id)
    digest = cycle_digest(place, person, project_id)
    entries = list_entries(place, person, project_id)
    linked = [name for one in entries for name in one.entry.message_ids]
    linked += [name for line in _lines(digest) for name in line.message_ids]
    held = set(held_out(place.db, person, project_id, linked))
    linked = [name for name in linked if found.shows(name) and name not in held]
    listed: list[Message] = (
        messages.get_messages(place.db, project_id, linked) if with_texts else []
    )
    return JournalMaterial(
        project=project.name,
        made_at=place.now(),
        reader=person.name,
        summary=journal_summary(place, person, project_id),
        digest=digest,
        cards=cards,
        lives={
            card.concept.concept_id: life_of(found, card.concept, person)
            for card in cards
            if found.decisions.get(card.concept.concept_id)
        },
        entries=entries,
        names={name: one.full_name for name, one in found.people.items()},
        texts={one.message_id: one.text for one in listed},
    )


def write_journal(material: JournalMaterial, suffix: str) -> str:
    """
    The journal as text of a kind of file.

    Args:
        material: as from `gather_journal`.
        suffix: `.md` for Markdown, `.html` for one HTML file that needs nothing else.

    Raises:
        InvalidInputError: it is another kind of file.
    """
    make = {".md": journal_markdown, ".html": journal_html}.get(suffix.lower())
    if make is None:
        raise InvalidInputError(
            f"The journal is written as .md or .html, not as '{suffix}'. Name the file so."
        )
    facts = [
        ("Project", material.project),
        ("Written", f"{material.made_at:%Y-%m-%d %H:%M} UTC, as {material.reader} may read it"),
        ("Concepts", f"{len(material.cards):,}"),
        ("Entries", f"{len(material.entries):,}"),
    ]
    sections = [*_digest(material), *_groups(material), *_lives(material), *_entries(material)]
    title = f"Learning journal of {material.project}"
    return make(title, material.summary, facts, sections)


def _lines(digest: CycleDigest | None) -> list[DigestLine]:
    if digest is None:
        return []
    return [*digest.learnt_from_you, *digest.learn_from_it, *digest.both_blind]


def _digest(material: JournalMaterial) -> list[Section]:
    digest = material.digest
    if digest is None:
        return [Section("Digest", ["The first digest comes when a run has closed a cycle."])]
    parts = [
        ("what the machine learnt from you", digest.learnt_from_you),
        ("what you might learn from it", digest.learn_from_it),
        ("where both are blind", digest.both_blind),
    ]
    return [
        Section(
            f"Cycle {digest.cycle}: {words}",
            [_with_messages(line.sentence, line.message_ids, material) for line in lines],
        )
        for words, lines in parts
        if lines
    ]


def _groups(material: JournalMaterial) -> list[Section]:
    heads = ("concept", "label", "status", "strength", "term F1 and 95 % interval", "with : for")
    found = []
    for group, title in _GROUP_TITLES.items():
        cards = [card for card in material.cards if card.group is group]
        if cards:
            rows = [_row(card) for card in cards]
            said = [f"“{card.concept.terms[0]}”: {_sentences(card)}" for card in cards]
            found.append(Section(title, said, table=Table(heads, rows)))
    return found


def _sentences(card: JournalCard) -> str:
    lines = [card.why, card.machine_says, *(card.effect.lines if card.effect else ())]
    return " ".join(line for line in lines if line)


def _row(card: JournalCard) -> list[str]:
    concept, known = card.concept, card.evidence
    strength = f"{card.strengths[-1][1]:+.2f}" if card.strengths else ""
    return [
        ", ".join(concept.terms),
        concept.label,
        concept.status.value,
        strength,
        str(known.term_f1 or "not known yet"),
        f"{known.n_for + known.n_against:,} : {known.n_for:,}",
    ]


def _lives(material: JournalMaterial) -> list[Section]:
    found = []
    for card in material.cards:
        life = material.lives.get(card.concept.concept_id)
        if life:
            lines = [_life_line(entry, material) for entry in life]
            found.append(Section(f"Life of “{card.concept.terms[0]}”", lines))
    return found


def _life_line(entry: LifeEntry, material: JournalMaterial) -> str:
    who = "The machine: " if entry.is_machine else ""
    who = f"{material.names[entry.person_id]} " if entry.person_id in material.names else who
    return f"{entry.made_at:%Y-%m-%d %H:%M} {who}{entry.sentence}"


def _entries(material: JournalMaterial) -> list[Section]:
    lines = [
        _with_messages(_entry_words(one), one.entry.message_ids, material)
        for one in material.entries
    ]
    return [Section("Entries", lines)] if lines else []


def _entry_words(one: ReadEntry) -> str:
    about = f" on {one.about}" if one.about else ""
    head = f"{one.entry.made_at:%Y-%m-%d %H:%M} {one.author.full_name}{about}"
    said = "points to messages that are not open to you" if one.is_closed else one.entry.text
    return f"{head}: {said}"


def _with_messages(words: str, message_ids: Sequence[str], material: JournalMaterial) -> str:
    named = [
        f"{name} “{material.texts[name]}”" if name in material.texts else name
        for name in message_ids
    ]
    return f"{words} Messages: {'; '.join(named)}." if named else words
