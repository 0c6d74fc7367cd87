"""Which terms of a file can come into the lexicon, and what stands in the way of the others."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.lexicons import ReadTerm
from rhml_core.lexicon import Lexicon, Term, TermSource
from rhml_core.machine.terms.grammar import ParsedTerm, parse_term
from rhml_core.workflows.lexicon_checks import checked_expression, checked_name, checked_reason


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
        n_there: terms that their label has already.
        n_other_label: of those that would be added, the ones that another label has too.
    """

    def __init__(self, lexicon: Lexicon, names: Sequence[str], moves: Mapping[str, str]) -> None:
        """Begin with what stands; `moves` says which of `names` a label of the file stands for."""
        self._names = names
        self._moves = moves
        self._known: dict[ParsedTerm, dict[str, str]] = {}
        for term in lexicon.terms:
            self._note(term, "in the lexicon")
        self.added: list[CheckedTerm] = []
        self.faults: list[tuple[int, str, str]] = []
        self.notes: list[tuple[int, str, str]] = []
        self.n_there = 0
        self.n_other_label = 0

    def take_all(self, found: Iterable[ReadTerm]) -> None:
        """Sort each term of a file into what is new, there already, or faulty."""
        for read in found:
            try:
                self._take(read, self._usable(read))
            except InvalidInputError as error:
                self.faults.append((read.row, "faulty_term", f"“{read.text}”: {error}"))

    def _usable(self, read: ReadTerm) -> Term:
        expression = checked_expression(read.text)
        return Term(
            term_id="",
            expression=expression,
            kind=parse_term(expression).kind,
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
        plain = {name.casefold(): name for name in reversed(self._names)}
        close = difflib.get_close_matches(label.casefold(), plain, n=1)
        hint = f" Did you mean '{plain[close[0]]}'?" if close else ""
        raise InvalidInputError(
            f"The codebook has no label '{label}'.{hint} Add the label to the codebook first, or "
            "say which of its labels stands for it."
        )

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
        self.added.append(CheckedTerm(read.row, term, dict(read.further or {})))

    def _note(self, term: Term, where: str) -> None:
        if term.label:
            self._known.setdefault(parse_term(term.expression), {})[term.label] = where

    def _tell(self, row: int, problem: str, explanation: str) -> None:
        self.notes.append((row, problem, explanation))
