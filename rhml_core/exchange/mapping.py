"""Which column of a table means what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

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
}
_NEVER_TEXT = (
    *("label", "labels", "gold", "class", "category", "code", "annotation", "reason", "annotator"),
    *("expert", "rater", "etikett", "kategorie", "klasse", "étiquette", "etiqueta", "metadata"),
)


@dataclass(frozen=True)
class Mapping:
    """
    The column that holds each fact, None where there is none.

    Columns that are not named become a message's metadata.
    """

    text: str | None = None
    id: str | None = None
    author: str | None = None
    time: str | None = None
    thread: str | None = None
    reply_to: str | None = None
    language: str | None = None
    split: str | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that are named, in the order of the facts."""
        named = (getattr(self, fact.name) for fact in fields(self))
        return [column for column in named if column is not None]


def guess_mapping(columns: Sequence[str], sample: pl.DataFrame) -> Mapping:
    """
    Return the mapping that the columns' names suggest; a person should be shown it.

    Names are compared without case, blanks and marks; a fact's earlier alias wins. Where no
    name stands for the text, the unused column with the longest mean text is taken, but
    never one named like a label.

    Args:
        columns: the table's columns.
        sample: some of its rows, all String.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_plain(column), column)
    found = {fact: _first_alias(by_name, aliases) for fact, aliases in _ALIASES.items()}
    if found["text"] is None:
        taken = set(found.values())
        free = [
            column
            for column in columns
            if column not in taken and _plain(column) not in _PLAIN_NEVER_TEXT
        ]
        found["text"] = _longest_column(sample, free)
    return Mapping(**found)


def _first_alias(by_name: dict[str, str], aliases: Sequence[str]) -> str | None:
    return next((by_name[name] for name in map(_plain, aliases) if name in by_name), None)


def _longest_column(sample: pl.DataFrame, columns: Sequence[str]) -> str | None:
    present = [column for column in columns if column in sample.columns]
    if not present or sample.is_empty():
        return None
    lengths = sample.select(pl.col(present).str.len_chars().fill_null(0).mean()).row(0)
    longest = max(range(len(present)), key=lengths.__getitem__)
    return present[longest] if lengths[longest] > 0 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_PLAIN_NEVER_TEXT = frozenset(_plain(name) for name in _NEVER_TEXT)
