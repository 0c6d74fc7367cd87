"""Which terms of a file can come into the lexicon, and what stands in the way of the others."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.lexicons import ReadTerm
from rhml_core.lexicon import Lexicon, Term, TermKind, TermSource
from rhml_core.machine.terms.grammar import ParsedTerm, parse_term, read_term
from rhml_core.workflows.lexicon.checks import (
    LONGEST_NAME,
    checked_expression,
    checked_name,
    checked_reason,
)

LONGEST_FURTHER = 1_000
"""Characters of a cell, or of a name, of a column that the program does not know."""
MOST_FURTHER = 5_000_000
"""Characters of such cells and names in a file, counted for each term that they are kept with."""
_MOST_HINTS = 100
"""Unknown labels of a file for which one that may be meant is looked for."""
_MOST_QUOTED = 80


@dataclass(frozen=True)
class CheckedTerm:
    """A term of a file that can be used; `further` are its cells in unknown columns."""

    row: int
    term: Term
    further: Mapping[str, str]


class FileCheck:
    """
    What a file's terms come to, one after the other, beside what the lexicon has.

    Attributes:
        added: terms that would be added, in file order.
        faults, notes: row, problem and explanation of what cannot be used, and of what can.
        n_faulty: terms that cannot be used; a fault may be of several of a row.
        n_there: terms that their label has already.
        n_other_label: of those that would be added, the ones that another label has too.
    """

    def __init__(self, lexicon: Lexicon, names: Sequence[str], moves: Mapping[str, str]) -> None:
        """Begin with what stands; `moves` says which of `names` a label of the file stands for."""
        self._names = names
        self._moves = moves
        self._hints: dict[str, str] = {}
        self._n_further = 0
        self._known: dict[ParsedTerm, dict[str, str]] = {}
        for term in lexicon.terms:
            self._note(term, "in the lexicon")
        self.added: list[CheckedTerm] = []
        self.faults: list[tuple[int, str, str]] = []
        self.notes: list[tuple[int, str, str]] = []
        self.n_faulty = 0
        self.n_there = 0
        self.n_other_label = 0

    def take_all(self, found: Iterable[ReadTerm]) -> None:
        """Sort each term of a file into what is new, there already, or faulty."""
        for row, reads in groupby(found, key=lambda one: one.row):
            self._take_row(row, list(reads))

    def _take_row(self, row: int, reads: Sequence[ReadTerm]) -> None:
        """What terms share is looked at once, and told once."""
        first = reads[0]
        try:
            about = self._about(first)
        except InvalidInputError as error:
            more = f" and {len(reads) - 1:,} more" if len(reads) > 1 else ""
            self._refuse(row, f"“{_quoted(first.text)}”{more}: {error}", len(reads))
            return
        for read in reads:
            try:
                expression = checked_expression(read.text)
                term = replace(about, expression=expression, kind=parse_term(expression).kind)
            except InvalidInputError as error:
                self._refuse(row, f"“{_quoted(read.text)}”: {error}", 1)
            else:
                self._take(read, term)

    def _refuse(self, row: int, explanation: str, n_terms: int) -> None:
        self.faults.append((row, "faulty_term", explanation))
        self.n_faulty += n_terms

    def _about(self, read: ReadTerm) -> Term:
        """A term without its expression, with what a row says of all its terms."""
        for name, cell in (read.further or {}).items():
            if len(name) > LONGEST_FURTHER or len(cell) > LONGEST_FURTHER:
                raise InvalidInputError(
                    f"The column “{_quoted(name)}” has a text of "
                    f"{max(len(name), len(cell)):,} characters; at most {LONGEST_FURTHER:,} are "
                    "kept with a term. Shorten it, or take the column out."
                )
        return Term(
            term_id="",
            expression="",
            kind=TermKind.WORD,
            label=self._label(read.label),
            category=checked_name(read.category, "category"),
            sub_category=checked_name(read.sub_category, "sub-category"),
            reason=checked_reason(read.reason),
            source=TermSource.IMPORT,
        )

    def _label(self, label: str) -> str:
        if not label:
            raise InvalidInputError("The row has no label. Fill in the column of labels.")
        moved = self._moves.get(label, label)
        if moved in self._names:
            return moved
        raise InvalidInputError(
            f"The codebook has no label '{_quoted(label)}'.{self._hint(label)} Add the label to "
            "the codebook first, or say which of its labels stands for it."
        )

    def _hint(self, label: str) -> str:
        """The label that may be meant; "" for the long ones, and where many are unknown."""
        if len(label) > LONGEST_NAME:
            return ""
        if label not in self._hints and len(self._hints) < _MOST_HINTS:
            plain = {name.casefold(): name for name in reversed(self._names)}
            close = difflib.get_close_matches(label.casefold(), plain, n=1)
            self._hints[label] = f" Did you mean '{plain[close[0]]}'?" if close else ""
        return self._hints.get(label, "")

    def _take(self, read: ReadTerm, term: Term) -> None:
        standing = self._known.get(parse_term(term.expression), {})
        if term.label in standing:
            self.n_there += 1
            self._tell(
                read.row,
                "known_term",
                f"“{term.expression}” stands {standing[term.label]} under {term.label} "
                "already and stays as it is.",
            )
            return
        if standing:
            self.n_other_label += 1
            self._tell(
                read.row,
                "two_labels",
                f"“{term.expression}” stands under {', '.join(standing)} too, so that it does "
                "not tell them apart.",
            )
        self._note(term, f"in row {read.row}")
        further = read.further or {}
        self._n_further += sum(len(name) + len(cell) for name, cell in further.items())
        if self._n_further > MOST_FURTHER:
            raise InvalidInputError(
                f"The further columns come to more than {MOST_FURTHER:,} characters, counted once "
                "for each term that they are kept with. Take columns out, or split the file."
            )
        self.added.append(CheckedTerm(read.row, term, further))

    def _note(self, term: Term, where: str) -> None:
        parsed = read_term(term.expression)
        if term.label and parsed is not None:
            self._known.setdefault(parsed, {})[term.label] = where

    def _tell(self, row: int, problem: str, explanation: str) -> None:
        self.notes.append((row, problem, explanation))


def _quoted(text: str) -> str:
    """A text short enough to be told."""
    return text if len(text) <= _MOST_QUOTED else text[: _MOST_QUOTED - 1] + "…"
