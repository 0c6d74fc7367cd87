"""The messages behind how sure an expert said to be, as far as they may come across them again."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Confidence, Person, Role
from rhml_core.store import messages, projects
from rhml_core.store import reviews as review_store
from rhml_core.store import turns as turn_store
from rhml_core.workflows.learner.judged_turns import own_answers
from rhml_core.workflows.learner.learning_data import learning_data
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

_COLUMNS = ("message_id", "text", "label", "reference", "is_right")


@dataclass(frozen=True)
class StatedLevel:
    """
    One's own answers of one stated confidence.

    Attributes:
        n: answers whose right label is known, those that may not be shown too.
        n_right: right ones among them.
        shown: `message_id, text, label` (the first answer), `reference` (String), `is_right`
            (Boolean), newest first: those of the answers that the person may see again.
    """

    confidence: Confidence
    n: int
    n_right: int
    shown: pl.DataFrame

    @property
    def n_hidden(self) -> int:
        """Answers that are counted and not shown."""
        return self.n - self.shown.height


def stated_levels(place: Workplace, person: Person, project_id: str) -> list[StatedLevel]:
    """
    The answers behind each bin of one's own calibration, least sure first; those stated alone.

    Not shown again are messages of the hold-out, those judged without any machine, which measure
    the person, and what lies before them or may yet be asked in the first round.

    Raises:
        NotFoundError: there is no such project.
        NotAllowedError: viewers judge nothing.
    """
    require(person, Role.EXPERT, "see how sure they were")
    db = place.db
    project_id = projects.get_project(db, project_id).project_id
    turns = learning_data(db, project_id).turns.filter(pl.col("expert_id") == person.person_id)
    stated = own_answers(turns).filter(pl.col("confidence").is_not_null())
    again = review_store.own_labels(db, project_id, person.person_id).select("message_id")
    open_to = answered_for(db, person, project_id, stated.join(again, on="message_id", how="semi"))
    held = turn_store.held_messages(db, project_id, person.person_id)
    seen = stated.join(
        open_to.filter(~pl.col("message_id").is_in(held)).select("message_id"),
        on="message_id",
        how="semi",
        maintain_order="left",
    )
    texts = messages.texts_of(db, project_id, seen["message_id"].to_list())
    listed = seen.join(texts, on="message_id", how="inner", maintain_order="left")
    return [
        StatedLevel(
            confidence=level,
            n=of_level.height,
            n_right=int(of_level["is_right"].sum()),
            shown=listed.filter(pl.col("confidence") == level.value).select(*_COLUMNS),
        )
        for level in Confidence
        if (of_level := stated.filter(pl.col("confidence") == level.value)).height
    ]
