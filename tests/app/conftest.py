"""Fixed material for the tests of pages and components; no store, no model, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from streamlit.components.v2 import manifest_scanner

from rhml_core.domain import (
    Codebook,
    ConceptStatus,
    Confidence,
    DrawnBecause,
    Judgement,
    Label,
    Message,
    Person,
    Phase,
    Project,
    Role,
    Span,
    TurnState,
)
from rhml_core.evidence import (
    Explanation,
    Faithfulness,
    Neighbour,
    NoticedConcept,
    Opinion,
    Said,
    WordInfluence,
)
from rhml_core.workflows.turn.queue import QueueProgress
from rhml_core.workflows.turn.view import TurnView

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
TEXT = "selling rdp access, escrow ok"


@pytest.fixture(scope="session", autouse=True)
def _components_found_once() -> Iterator[None]:
    """Let each page under test not look through all installed packages for components again."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture
def codebook() -> Codebook:
    """Two labels; the second has no key of its own."""
    labels = (Label("Sale", "Offers access.", ("rdp for sale",), key="1"), Label("Leak"))
    return Codebook(version=5, labels=labels, changed_by="Bo", changed_at=AT)


@pytest.fixture
def person() -> Person:
    """An expert."""
    return Person("p1", "Ana Ruiz", Role.EXPERT)


@pytest.fixture
def project() -> Project:
    """A project in the default mode."""
    return Project("forum", "Forum study")


@pytest.fixture
def progress() -> QueueProgress:
    """Fourteen done today, sixteen to go."""
    return QueueProgress(n_done_today=14, n_done=14, n_open=16, n_messages=30, n_fully_judged=3)


def _undirected(*words):
    return tuple(replace(word, influence=abs(word.influence)) for word in words)


@dataclass
class Turns:
    """Makes the view of one turn in any state."""

    message: Message = field(default_factory=lambda: Message("m1", TEXT, "kappa", AT, "market"))

    def __call__(self, state: TurnState, **facts) -> TurnView:
        """The turn in `state`, with the facts that this state may know, or those given."""
        committed = Judgement(
            "j1", "m1", "p1", Phase.COMMIT, "Sale", AT, Confidence.SURE, (Span(0, 7),)
        )
        words = (
            WordInfluence("selling", Span(0, 7), 0.3),
            WordInfluence("rdp", Span(8, 11), 0.0),
            WordInfluence("escrow", Span(20, 26), -0.1),
        )
        is_revealed = state in (TurnState.REVEALED, TurnState.DONE)
        said = (Said("p2", "Bo Li", "Leak"), Said("p3", "Cy", "Sale")) if is_revealed else ()
        label = "Leak" if is_revealed else ""
        neighbour = Neighbour("m2", "rdp, cheap", label, 0.8, said)
        shown = (words[0], words[2]) if is_revealed else _undirected(words[0], words[2])
        known = {
            "committed": None if state is TurnState.OPEN else committed,
            "explanation": None
            if state is TurnState.OPEN
            else Explanation(
                words,
                (neighbour,),
                "fast",
                shown=shown,
                concepts=(NoticedConcept("rdp", label, ConceptStatus.ADOPTED),),
                faithfulness=Faithfulness(1, 0.3, 0.04, 10, is_convincing=True),
            ),
            "opinion": Opinion("Leak", {"Sale": 0.3, "Leak": 0.7}, "fast") if is_revealed else None,
            "contrast": "would say Sale without “rdp”" if is_revealed else "",
        }
        return TurnView(
            turn_id="t1",
            message=self.message,
            state=state,
            because=DrawnBecause.RANDOM,
            is_unaided=False,
            **(known | facts),
        )


@pytest.fixture
def turn_in() -> Turns:
    """Makes the view of one turn: `turn_in(TurnState.OPEN)`."""
    return Turns()
