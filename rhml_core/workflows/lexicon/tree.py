"""The lexicon as a tree: label, category, sub-category, terms, each with its messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from rhml_core.domain import Person, Role
from rhml_core.lexicon import Lexicon, Term
from rhml_core.store import codebooks
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.pool_matches import pool_matches
from rhml_core.workflows.lexicon.reading import current_lexicon
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class TermBranch:
    """
    A category of a label, or a sub-category of one.

    Attributes:
        name: "" for the terms that are in none.
        terms: those that stand right here, in the lexicon's order.
        branches: sub-categories.
    """

    name: str
    terms: tuple[Term, ...]
    branches: tuple["TermBranch", ...] = ()

    @property
    def n_terms(self) -> int:
        """Terms in it and below it."""
        return len(self.terms) + sum(branch.n_terms for branch in self.branches)


@dataclass(frozen=True)
class LabelBranch:
    """
    A label with its terms.

    Attributes:
        label: "" for terms whose label the codebook has no more.
        n_messages: of the pool that contain at least one of the terms.
        categories: in the lexicon's order.
    """

    label: str
    n_messages: int
    categories: tuple[TermBranch, ...]

    @property
    def n_terms(self) -> int:
        """All terms of the label."""
        return sum(branch.n_terms for branch in self.categories)


@dataclass(frozen=True)
class LexiconTree:
    """
    The lexicon as it stands.

    Attributes:
        lexicon: what the tree is made of.
        labels: every label of the codebook in its order, then terms without a label, if any.
        counts: expression -> messages of the pool that contain it.
        n_pool: messages of the pool.
    """

    lexicon: Lexicon
    labels: tuple[LabelBranch, ...]
    counts: Mapping[str, int]
    n_pool: int


def lexicon_tree(place: Workplace, person: Person, project_id: str) -> LexiconTree:
    """
    The lexicon as it stands, by label and category, with how many messages contain what.

    Raises:
        NotAllowedError: the person may not read the lexicon.
    """
    require(person, Role.VIEWER, "read the lexicon")
    lexicon = current_lexicon(place.db, project_id)
    matches = pool_matches(place.db, project_id)
    names = codebooks.get_codebook(place.db, project_id).names
    by_label: dict[str, list[Term]] = {name: [] for name in names}
    for term in lexicon.terms:
        by_label.setdefault(term.label, []).append(term)
    return LexiconTree(
        lexicon=lexicon,
        labels=tuple(
            LabelBranch(
                label,
                matches.count_any(term.expression for term in terms),
                _categories(terms),
            )
            for label, terms in by_label.items()
        ),
        counts=matches.counts,
        n_pool=len(pool_texts(place.db, project_id).texts),
    )


def _categories(terms: list[Term]) -> tuple[TermBranch, ...]:
    by_category: dict[str, dict[str, list[Term]]] = {}
    for term in terms:
        by_category.setdefault(term.category, {}).setdefault(term.sub_category, []).append(term)
    return tuple(
        TermBranch(
            category,
            tuple(subs.get("", ())),
            tuple(TermBranch(sub, tuple(own)) for sub, own in subs.items() if sub),
        )
        for category, subs in by_category.items()
    )
