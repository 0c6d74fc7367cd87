"""What happened in the journal since a person was here, in its first line."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from rhml_core.domain import ConceptStatus, Person, Role
from rhml_core.store import events
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.histories import Histories, read_histories
from rhml_core.workflows.journal.effects import EffectWords
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class JournalNews:
    """
    What happened to concepts since a moment.

    Attributes:
        n_surfaced: concepts that a run surfaced for the first time.
        n_adopted_own, n_adopted_others: that stand adopted since then, by whom.
        n_rejected: that stand rejected since then.
        n_unlearnt: rejected ones whose strength was measured since then and fell below half.
    """

    n_surfaced: int
    n_adopted_own: int
    n_adopted_others: int
    n_rejected: int
    n_unlearnt: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not any(vars(self).values())


def journal_summary(
    place: Workplace, person: Person, project_id: str, *, zone: tzinfo = UTC
) -> str:
    """
    One sentence: what was surfaced, adopted and unlearnt since the person was last here.

    Where nothing happened since then, since Monday on the clock of `zone`; where nothing happened
    since then either, so far.
    """
    require(person, Role.VIEWER, "read the journal")
    found = read_histories(place.db, person, project_id)
    if not found.concepts:
        return "Nothing is surfaced yet: the first training run fills the journal."
    for words, since in _windows(place.db, person, project_id, place.now(), zone):
        news = news_since(found, person, since)
        if not news.is_empty:
            return f"{words}: {_sentence(news, person)}"
    return f"So far: {_sentence(news_since(found, person, None), person)}"


def news_since(found: Histories, person: Person, since: datetime | None) -> JournalNews:
    """What happened to the concepts since a moment; None: ever."""

    def is_new(at: datetime) -> bool:
        return since is None or at >= since

    standing = [rows[-1] for rows in found.decisions.values()]
    recent = [row for row in standing if is_new(row["made_at"])]
    adopted = [row for row in recent if row["status"] == ConceptStatus.ADOPTED.value]
    n_own = sum(row["person_id"] == person.person_id for row in adopted)
    rejected = {
        row["concept_id"] for row in standing if row["status"] == ConceptStatus.REJECTED.value
    }
    return JournalNews(
        n_surfaced=sum(is_new(rows[0]["made_at"]) for rows in found.sightings.values()),
        n_adopted_own=n_own,
        n_adopted_others=len(adopted) - n_own,
        n_rejected=sum(row["status"] == ConceptStatus.REJECTED.value for row in recent),
        n_unlearnt=sum(
            name in rejected
            and is_unlearnt(effect)
            and effect.measured_at is not None
            and is_new(effect.measured_at)
            for name, effect in found.effects.items()
        ),
    )


def is_unlearnt(effect: EffectWords) -> bool:
    """Whether a rejected term lost more than half of its strength."""
    if effect.strengths is None:
        return False
    before, after = effect.strengths
    return abs(after) < abs(before) / 2


def _windows(
    db: Database, person: Person, project_id: str, now: datetime, zone: tzinfo
) -> list[tuple[str, datetime]]:
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=local.weekday())
    visits = events.last_visits(db, project_id, person.person_id)["made_at"].to_list()
    windows = [("Since Monday", monday)]
    if len(visits) > 1:  # the newest is this one
        windows.insert(0, ("Since your last visit", visits[1]))
    return windows


def _sentence(news: JournalNews, person: Person) -> str:
    concepts = "concept" if news.n_surfaced == 1 else "concepts"
    parts = [f"the machine surfaced {news.n_surfaced:,} {concepts}", _adopted(news, person)]
    waiting = max(news.n_rejected - news.n_unlearnt, 0)
    unlearnt = f"it unlearnt {news.n_unlearnt:,}" if news.n_unlearnt else "it unlearnt none"
    if waiting:
        unlearnt += (
            f" and has {waiting:,} more to unlearn"
            if news.n_unlearnt
            else (f", with {waiting:,} still to unlearn")
        )
    return f"{', '.join([*parts, unlearnt])}."


def _adopted(news: JournalNews, person: Person) -> str:
    own, others = news.n_adopted_own, news.n_adopted_others
    if not person.may(Role.EXPERT):
        return f"the team adopted {own + others or 'none'}"
    if own and others:
        return f"you adopted {own:,} and your colleagues {others:,}"
    if others:
        return f"your colleagues adopted {others:,}"
    return f"you adopted {own or 'none'}"
