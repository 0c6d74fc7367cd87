"""A whole lexicon from a file, and back into one; nothing is written before someone has looked."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.lexicons import read_terms, write_terms
from rhml_core.exchange.report import ERROR, PROBLEM_SCHEMA, WARNING, errors_in, gather_problems
from rhml_core.exchange.safe_cells import guard_formulas
from rhml_core.exchange.workbook import workbook
from rhml_core.machine.terms.grammar import parse_term, read_term
from rhml_core.store import codebooks, lexicons, people
from rhml_core.store.lexicon_writing import add_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.files.intake import describe_errors, read_file, record_import
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.lexicon.checks import new_term_id
from rhml_core.workflows.lexicon.file_check import CheckedTerm, FileCheck
from rhml_core.workflows.lexicon.saving import SavedTerms, done_before, saved_terms
from rhml_core.workflows.permission import act_key, require

if TYPE_CHECKING:
    from rhml_core.workflows.workplace import Workplace

MOST_TERMS = 20_000
"""Of one file."""

_ENDINGS = (".xlsx", ".csv")
_MOST_PEOPLE = 4


@dataclass(frozen=True)
class CheckedLexicon:
    """
    What importing a file would do, as things stand.

    Attributes:
        file_name: as it is called.
        terms: that would be added, in file order.
        n_there: terms that their label has already; they stay as they are.
        n_other_label: of those that would be added, the ones that another label has too.
        n_faulty: terms that cannot be used.
        problems: `PROBLEM_SCHEMA`; its errors are the faulty terms.
    """

    file_name: str
    terms: tuple[CheckedTerm, ...]
    n_there: int
    n_other_label: int
    n_faulty: int
    problems: pl.DataFrame

    @property
    def n_new(self) -> int:
        """Terms that would be added."""
        return len(self.terms)

    def without_faulty_rows(self) -> "CheckedLexicon":
        """The same without what cannot be used."""
        kept = self.problems.filter(pl.col("severity") != ERROR)
        return replace(self, problems=kept, n_faulty=0)


_kept: KeptInMemory[CheckedLexicon] = KeptInMemory(most_places=_MOST_PEOPLE)


def check_lexicon(
    place: "Workplace",
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    *,
    labels: Mapping[str, str] | None = None,
) -> CheckedLexicon:
    """
    What importing a file would do; nothing is written.

    The newest check of an upload is kept, so that a page that is drawn anew does not check again.

    Args:
        place: the workplace.
        person: who imports.
        project_id: whose lexicon.
        source: where the file lies, or its bytes; laid out as `rhml_core.exchange.lexicons` says.
        name: the file's name; its ending decides the format.
        labels: label in the file -> label of the codebook, where they differ.

    Raises:
        NotAllowedError: viewers do not edit.
        InvalidInputError: the file cannot be read, lacks a column or holds too many terms, or
            `labels` names a label that the codebook does not have.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    moves = dict(labels or {})
    if not isinstance(source, bytes):
        return _check(place, project_id, source, name, moves)
    state = (
        hashlib.sha256(source).hexdigest(),
        name,
        tuple(sorted(moves.items())),
        lexicons.newest_version(place.db, project_id),
        codebooks.newest_version(place.db, project_id),
    )
    return _kept.get(
        (str(place.db.path), project_id, person.person_id),
        state,
        lambda: _check(place, project_id, source, name, moves),
    )


def _check(
    place: "Workplace",
    project_id: str,
    source: Path | bytes,
    name: str,
    moves: Mapping[str, str],
) -> CheckedLexicon:
    table = read_file(place, source, name)
    found, without = read_terms(table, most=MOST_TERMS)
    names = codebooks.get_codebook(place.db, project_id).names
    for label in moves.values():
        if label not in names:
            raise InvalidInputError(
                f"The codebook has no label '{label}' to import terms under. Choose one of: "
                f"{', '.join(names)}."
            )
    check = FileCheck(lexicons.get_lexicon(place.db, project_id), names, moves)
    check.take_all(found)
    empty = [(row, "no_term", "The row has no term and is left aside.") for row in without]
    return CheckedLexicon(
        file_name=name,
        terms=tuple(check.added),
        n_there=check.n_there,
        n_other_label=check.n_other_label,
        n_faulty=check.n_faulty,
        problems=gather_problems(
            table.problems,
            _problems(check.faults, ERROR),
            _problems(check.notes, WARNING),
            _problems(empty, WARNING),
        ),
    )


def import_lexicon(
    place: "Workplace", person: Person, project_id: str, checked: CheckedLexicon, *, key: str
) -> SavedTerms:
    """
    Add the terms of a checked file in one version, all or none.

    What a colleague has added since the check is not added again.

    Raises:
        NotAllowedError: viewers do not edit.
        InvalidInputError: rows have errors; names them and leaves the lexicon as it was.
    """
    require(person, Role.EXPERT, "edit the lexicon")
    if errors_in(checked.problems).height:
        raise InvalidInputError(describe_errors(checked.problems))
    now = place.now()
    act = act_key(person, "lexicon", project_id, key)
    with place.db.atomic() as transaction:
        if not transaction.claim(act, at=now):
            return done_before(transaction, project_id, act)
        lexicon = lexicons.get_lexicon(transaction, project_id)
        names = codebooks.get_codebook(transaction, project_id).names
        gone = {one.term.label for one in checked.terms} - set(names)
        if gone:
            raise InvalidInputError(
                f"The codebook has no label '{min(gone)}' any more. Check the file again."
            )
        known = {(term.label, read_term(term.expression)) for term in lexicon.terms}
        states = [
            TermState(
                replace(one.term, term_id=new_term_id(), author_id=person.person_id, added_at=now),
                further=one.further,
            )
            for one in checked.terms
            if (one.term.label, parse_term(one.term.expression)) not in known
        ]
        if not states:
            return SavedTerms(lexicon.version)
        add_version(
            transaction,
            project_id,
            states,
            person_id=person.person_id,
            at=now,
            note=f"Imported from {checked.file_name}.",
            act=act,
        )
        record_import(
            transaction, person, project_id, "lexicon", checked.file_name, len(states), place
        )
        saved = saved_terms(transaction, project_id, [state.term.term_id for state in states])
    place.machines.note_change(project_id)
    return saved


def export_lexicon(
    place: "Workplace",
    person: Person,
    project_id: str,
    *,
    version: int | None = None,
    ending: str = ".xlsx",
) -> bytes:
    """
    One version of the lexicon as a file that `check_lexicon` reads back.

    Args:
        place: the workplace.
        person: who exports.
        project_id: whose lexicon.
        version: None for the newest.
        ending: `.xlsx` or `.csv`.

    Raises:
        NotFoundError: there is no such version.
        InvalidInputError: no such format is written.
    """
    require(person, Role.VIEWER, "read the lexicon")
    if ending not in _ENDINGS:
        raise InvalidInputError(
            f"A lexicon cannot be written as '{ending}'. Name the file {' or '.join(_ENDINGS)}."
        )
    lexicon = lexicons.get_lexicon(place.db, project_id, version)
    table = write_terms(
        lexicon.terms,
        authors={one.person_id: one.name for one in people.list_people(place.db)},
        further=lexicons.further_columns(place.db, project_id, lexicon.version),
    )
    if ending == ".xlsx":
        return workbook({"Lexicon": table})
    # Empty texts would be written as "", which only a program reads with ease.
    return guard_formulas(table).select(pl.all().replace("", None)).write_csv().encode()


def _problems(found: Sequence[tuple[int, str, str]], severity: str) -> pl.DataFrame:
    rows = [(row, "", problem, explanation, severity) for row, problem, explanation in found]
    return pl.DataFrame(rows, schema=PROBLEM_SCHEMA, orient="row")
