"""What the machine says of a concept in the journal: sentences made of what is on record alone."""

from collections.abc import Sequence

from rhml_core.domain import Concept, ConceptKind, ConceptStatus
from rhml_core.workflows.concepts.histories import Histories
from rhml_core.workflows.concepts.life import teaching_runs

_NUMBERS = (
    "none one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 -- reads as it is said
)


def in_words(n: int) -> str:
    """
    A number of people, spelt out up to twelve.

    >>> in_words(3), in_words(13)
    ('three', '13')
    """
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"


def machine_says(found: Histories, concept: Concept) -> str:
    """
    One or two sentences of the machine on a concept: since when, how much, and what people did.

    Each part stands there only where it is on record.
    """
    people = _what_people_did(found, concept)
    said = f"{_since_when(found, concept)}{'; ' + people if people else ''}."
    return f"{said} {_lesson(found, concept)}".strip()


def last_stretch(runs: Sequence[int], known: Sequence[int]) -> tuple[int, int]:
    """
    First and last of the newest runs in a row that surfaced something.

    Args:
        runs: numbers of those that did, in order, at least one.
        known: numbers of all runs, in order.

    >>> last_stretch([1, 4, 5], [1, 2, 3, 4, 5, 6])
    (4, 5)
    """
    last = first = runs[-1]
    for number in reversed([one for one in known if one < last]):
        if number not in runs:
            break
        first = number
    return first, last


def named(concept: Concept) -> str:
    """The concept's leading term in quotes."""
    return f"“{' '.join(concept.terms[0].split())}”"


def users_of(found: Histories, concept: Concept) -> int:
    """How many people gave a concept's term as a reason for its label, as far as one may see."""
    uses = found.uses.get(concept.concept_id, ())
    return len({row["expert_id"] for row in uses if row["is_for"]})


def _since_when(found: Histories, concept: Concept) -> str:
    seen = dict(found.strengths(concept.concept_id))
    if not seen:
        return f"No run on record surfaced {named(concept)}"
    first, last = last_stretch(list(seen), sorted(found.runs))
    if concept.kind is ConceptKind.CLUSTER:
        return (
            f"In run {last} I found messages around {named(concept)} that no label of ours covers "
            "well"
        )
    strength = f"strength {seen[last]:.2f}"
    if last == found.newest_run:
        since = f"Since run {first}" if first != last else f"In run {last}"
        return f"{since} I rely on {named(concept)} for {concept.label} ({strength})"
    span = f"From run {first} to run {last}" if first != last else f"In run {last}"
    return (
        f"{span} I relied on {named(concept)} for {concept.label} ({strength} then); "
        f"run {found.newest_run} did not surface it"
    )


def _what_people_did(found: Histories, concept: Concept) -> str:
    n_users = users_of(found, concept)
    newest = {
        row["person_id"]: row["status"] for row in found.decisions.get(concept.concept_id, ())
    }
    parts = []
    if n_users:
        parts.append(f"{in_words(n_users)} of you used it as a reason")
    for status in (ConceptStatus.ADOPTED, ConceptStatus.REJECTED):
        n = sum(one == status.value for one in newest.values())
        if n:
            of_you = "" if parts else " of you"
            parts.append(f"{in_words(n)}{of_you} {status.value} it")
    if not parts and concept.kind is not ConceptKind.CLUSTER:
        if found.open_messages is None:
            return "nobody has used it as a reason yet"
        return "nobody has used it as a reason yet where you may know the answers"
    return ", ".join(parts)


def _lesson(found: Histories, concept: Concept) -> str:
    if concept.status is not ConceptStatus.REJECTED or concept.kind is ConceptKind.CLUSTER:
        return ""
    effect = found.effects.get(concept.concept_id)
    if effect and effect.strengths:
        before, after = effect.strengths
        return f"I was taught otherwise, and rely on it {'less' if after < before else 'no less'}."
    taught = [
        run.number
        for run, status in teaching_runs(found, concept)
        if status == ConceptStatus.REJECTED.value
    ]
    if taught:
        return f"Run {taught[0]} was the first to be trained with it rejected."
    return (
        "The next training teaches me otherwise, by counterexamples from messages that say more "
        "than the term."
    )
