"""One line of a digest, and the words that its figures are told in."""

from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.domain import Concept
from rhml_core.figures import Interval, percent_with_bounds

MOST_NAMED = 3
"""Things of a kind that a digest names."""
_LONGEST_NAME = 40


@dataclass(frozen=True)
class DigestLine:
    """
    One thing to know.

    Attributes:
        message_ids: some messages behind it that the reader may open, of the pool.
        concept_id: the concept that it is about; "" for none.
    """

    sentence: str
    message_ids: tuple[str, ...] = ()
    concept_id: str = ""


def share_words(share: Interval, of: str = "messages") -> str:
    """A share with its interval and what it is of, as in `12 % [5 %, 25 %] of 40 messages`."""
    return f"{percent_with_bounds(share)} of {share.n:,} {of}"


def named_concepts(concepts: Sequence[Concept]) -> str:
    """The first few concepts with their labels, and how many more there are."""
    named = [
        f"“{short_name(one.terms[0])}” ({short_name(one.label)})" for one in concepts[:MOST_NAMED]
    ]
    rest = f" and {len(concepts) - MOST_NAMED:,} more" if len(concepts) > MOST_NAMED else ""
    return ", ".join(named) + rest


def short_name(name: str) -> str:
    """A name on one line, cut where it is long."""
    line = " ".join(name.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"


def counted(n: int, one: str, many: str = "") -> str:
    """A number and what it counts, as in `2 messages`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
