"""The lexicon as a tree in the browser: label, category, sub-category and terms with counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.marks import NO_COLOUR, initials, person_tone
from rhml_core.domain import Person
from rhml_core.lexicon import Term
from rhml_core.safe_text import one_line
from rhml_core.workflows.lexicon.tree import LexiconTree, TermBranch

_component = st.components.v2.component(
    "rhml_term_tree",
    html=asset("term_tree.html"),
    css=asset("term_tree.css"),
    js="\n".join(asset(name) for name in ("elements.js", "term_tree.js")),
)

_NO_LABEL = "without a label"
_MOST_SELECTED = 5_000
_MOST_OPENED = 30
"""Terms up to which the whole tree is open at first."""


@dataclass(frozen=True)
class TreeAct:
    """What a person did in the tree: the term clicked in this run ("" for none), those ticked."""

    chosen: str
    selected: tuple[str, ...]


def tree_data(
    tree: LexiconTree,
    people: Sequence[Person],
    colours: Mapping[str, str],
    *,
    chosen: str = "",
    can_select: bool = False,
    clear: str = "",
    opened: Collection[str] = (),
    is_long: bool = False,
) -> dict[str, Any]:
    """
    What the browser needs to draw the tree.

    Args:
        tree: what is drawn.
        people: who may have brought a term in.
        colours: label -> `#RRGGBB`.
        chosen: the term that stands out.
        can_select: whether terms can be ticked.
        clear: a change of it takes all ticks away.
        opened: labels that are open at first.
        is_long: whether the tree takes all the height that it needs.
    """
    names = {person.person_id: person for person in people}
    is_small = len(tree.lexicon.terms) <= _MOST_OPENED
    first = [label.label for label in tree.labels if label.n_terms][:1]
    own = [path for term in tree.lexicon.terms if term.term_id == chosen for path in _paths(term)]
    whole = {path: None for term in tree.lexicon.terms for path in _paths(term)}
    shown = [label for label in tree.labels if label.label or label.n_terms]
    return {
        "findWords": "Find a term",
        "nTerms": len(tree.lexicon.terms),
        "most": max((label.n_messages for label in tree.labels), default=0),
        "chosen": chosen,
        "canSelect": can_select,
        "clear": clear,
        "isLong": is_long,
        "opened": list(whole) if is_small else [*opened, *own, *first],
        "labels": [
            {
                "label": label.label,
                "name": one_line(label.label) or _NO_LABEL,
                "colour": colours.get(label.label, NO_COLOUR),
                "n": label.n_messages,
                "branches": [_branch(one, tree.counts, names) for one in label.categories],
            }
            for label in shown
        ],
    }


def _paths(term: Term) -> list[str]:
    """The branches that a term stands in, as the browser names them."""
    return [
        term.label,
        f"{term.label}\n{one_line(term.category)}",
        f"{term.label}\n{one_line(term.category)}\n{one_line(term.sub_category)}",
    ]


def _branch(
    branch: TermBranch, counts: Mapping[str, int], people: Mapping[str, Person]
) -> dict[str, Any]:
    return {
        "name": one_line(branch.name),
        "terms": [_term(term, counts, people) for term in branch.terms],
        "branches": [_branch(one, counts, people) for one in branch.branches],
    }


def _term(term: Term, counts: Mapping[str, int], people: Mapping[str, Person]) -> dict[str, Any]:
    author = people.get(term.author_id)
    name = one_line(author.name) if author else "someone who has left"
    return {
        "id": term.term_id,
        "expression": one_line(term.expression),
        "kind": "" if term.kind.value in ("word", "phrase") else term.kind.value,
        "n": counts.get(term.expression, 0),
        "source": term.source.value,
        "who": {"name": name, "tone": person_tone(term.author_id), "initials": initials(name)},
        "reason": one_line(term.reason),
    }


def term_tree(data: Mapping[str, Any], *, key: str) -> TreeAct:
    """Draw the tree; what was done in it."""
    result = _component(
        key=key,
        data=dict(data),
        default={"selected": []},
        on_chosen_change=lambda: None,
        on_selected_change=lambda: None,
    )
    selected = result.selected if isinstance(result.selected, list) else []
    return TreeAct(str(result.chosen or ""), tuple(str(one) for one in selected[:_MOST_SELECTED]))
