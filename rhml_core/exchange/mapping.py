"""Which column of a table means what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import polars as pl

_ALIASES: dict[str, tuple[str, ...]] = {
    "id": (
        *("message_id", "msg_id", "id", "tweet_id", "post_id", "comment_id", "document_id"),
        *("doc_id", "item_id", "uid", "uuid", "guid", "nachricht_id", "identifier"),
    ),
    "text": (
        *("text", "message", "body", "content", "post", "comment", "utterance", "tweet"),
        *("sentence", "message_text", "full_text", "msg", "document"),
        *("nachricht", "inhalt", "kommentar", "beitrag", "mensaje", "texto", "mensagem"),
        *("texte", "contenu", "commentaire", "messaggio", "testo", "bericht", "tekst"),
    ),
    "author": (
        *("author", "user", "username", "user_name", "handle", "screen_name", "sender", "from"),
        *("author_id", "user_id", "autor", "verfasser", "absender", "benutzer", "nutzer"),
        *("auteur", "utilisateur", "usuario", "autore", "utente", "usuário", "gebruiker"),
    ),
    "time": (
        *("time", "timestamp", "created_at", "sent_at", "date", "datetime", "created", "posted_at"),
        *("published_at", "zeit", "zeitpunkt", "datum", "fecha", "hora", "heure", "data", "ora"),
    ),
    "thread": (
        *("thread", "thread_id", "conversation", "conversation_id", "topic", "topic_id"),
        *("discussion", "dialogue_id", "faden", "gespräch", "unterhaltung", "hilo", "fil"),
    ),
    "reply_to": (
        *("reply_to", "in_reply_to", "in_reply_to_id", "in_reply_to_status_id", "reply_to_id"),
        *("parent", "parent_id", "antwort_auf", "réponse_à", "respuesta_a"),
    ),
    "language": ("language", "lang", "locale", "sprache", "langue", "idioma", "lingua", "taal"),
    "split": ("split", "set", "fold", "partition", "subset", "aufteilung"),
    "label": (
        *("label", "labels", "gold", "gold_label", "class", "annotation", "einstufung"),
        *("etikett", "kategorie", "klasse", "étiquette", "etiqueta", "categoría", "catégorie"),
    ),
}
_NEVER_TEXT = (
    *("label", "labels", "gold", "class", "category", "code", "annotation", "reason", "annotator"),
    *("expert", "rater", "etikett", "kategorie", "klasse", "étiquette", "etiqueta", "metadata"),
)


@dataclass(frozen=True)
class Mapping:
    """
    The column that holds each fact, None where there is none.

    Columns that are not named become a message's metadata, which people see before they judge.
    What stands in the `label` column is therefore kept apart: it is no part of a message.
    """

    text: str | None = None
    id: str | None = None
    author: str | None = None
    time: str | None = None
    thread: str | None = None
    reply_to: str | None = None
    language: str | None = None
    split: str | None = None
    label: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that are named, in the order of the facts."""
        return list(self.named.values())

    @property
    def named(self) -> dict[str, str]:
        """The column of each fact that has one, in the order of the facts."""
        found = {fact.name: getattr(self, fact.name) for fact in fields(self)}
        return {fact: column for fact, column in found.items() if column is not None}


class Reason(StrEnum):
    """Why a column was taken for a fact."""

    NAME = "its name"
    WORDS = "the words of its name"
    LENGTH = "the longest texts"


@dataclass(frozen=True)
class Guess:
    """The mapping that a table suggests, and for each fact that has a column the reason."""

    mapping: Mapping
    reasons: dict[str, Reason]


def guess_mapping(columns: Sequence[str], sample: pl.DataFrame) -> Mapping:
    """Return the mapping of `guess_columns` alone."""
    return guess_columns(columns, sample).mapping


def guess_columns(columns: Sequence[str], sample: pl.DataFrame) -> Guess:
    """
    Return the mapping that the columns' names suggest; a person should be shown it.

    Names are compared without case, blanks and marks; a fact's earlier alias wins. A fact that no
    name stands for takes a column each word of whose name does, as in `Date/time`. Where neither
    stands for the text, the unused column with the longest mean text is taken, but never one
    named like a label.

    Args:
        columns: the table's columns.
        sample: some of its rows, all String.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_plain(column), column)
    found = {fact: _first_alias(by_name, aliases) for fact, aliases in _ALIASES.items()}
    reasons = {fact: Reason.NAME for fact, column in found.items() if column is not None}
    for fact, aliases in _ALIASES.items():
        free = [column for column in columns if column not in found.values()]
        near = None if found[fact] else _column_by_words(free, aliases)
        if near is not None:
            found[fact], reasons[fact] = near, Reason.WORDS
    if found["text"] is None:
        taken = set(found.values())
        free = [
            column
            for column in columns
            if column not in taken and _plain(column) not in _PLAIN_NEVER_TEXT
        ]
        found["text"] = _longest_column(sample, free)
        if found["text"] is not None:
            reasons["text"] = Reason.LENGTH
    return Guess(Mapping(**found), reasons)


def _column_by_words(columns: Sequence[str], aliases: Sequence[str]) -> str | None:
    """The first column with several words, or a word and an ending, all of which are aliases."""
    known = {_plain(alias) for alias in aliases}
    for column in columns:
        words = [word for word in _WORD.findall(column.casefold()) if len(word) >= _FEWEST_LETTERS]
        if words and all(word in known for word in words):
            return column
    return None


def _first_alias(by_name: dict[str, str], aliases: Sequence[str]) -> str | None:
    return next((by_name[name] for name in map(_plain, aliases) if name in by_name), None)


def _longest_column(sample: pl.DataFrame, columns: Sequence[str]) -> str | None:
    present = [column for column in columns if column in sample.columns]
    if not present or sample.is_empty():
        return None
    lengths = sample.select(pl.col(present).str.len_chars().fill_null(0).mean()).row(0)
    longest = max(range(len(present)), key=lengths.__getitem__)
    return present[longest] if lengths[longest] > 0 else None


_WORD = re.compile(r"[^\W_]+")
_FEWEST_LETTERS = 3
"""A shorter part of a name is an ending or a mark, as in `Verfasser/in`."""


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_PLAIN_NEVER_TEXT = frozenset(_plain(name) for name in _NEVER_TEXT)
