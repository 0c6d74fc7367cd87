"""Which words, phrases and patterns the machine and the judged messages both take for a mark."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csc_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError
from rhml_core.machine.evidence.candidates import Candidates, gather_candidates
from rhml_core.machine.evidence.conflicts import conflicting_terms
from rhml_core.machine.evidence.describing import Found, describe
from rhml_core.machine.evidence.influence import Influence, measure_influence, n_terms_to_ask
from rhml_core.machine.evidence.judged import Judged
from rhml_core.machine.evidence.patterns import find_patterns
from rhml_core.machine.evidence.ranking import Ranked, rank_terms, supported_terms
from rhml_core.machine.evidence.surfaced import SurfacedConcept
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.grammar import normal_terms

__all__ = ["Judged", "surface_concepts"]

PER_LABEL = 6


def surface_concepts(
    judged: Judged,
    *,
    texts: Sequence[str],
    probabilities: Floats,
    all_labels: Sequence[str],
    lexicon: Collection[str] = (),
    lexicon_by_label: Mapping[str, Collection[str]] | None = None,
    predict: Callable[[list[str]], Floats] | None = None,
    per_label: int = PER_LABEL,
    seed: int,
) -> tuple[SurfacedConcept, ...]:
    """
    Words, phrases and patterns that are evidence for a label on both sides.

    A term counts when the messages that people judged carry the label more often with it than
    over all, when the model gives the label more probability where the term occurs than
    elsewhere, and, where the model can be asked, unless it is clearly surer of messages from
    which the term is taken out. Terms are ranked by how surely they go with the label, up to
    twice as much where the model relies on them. Variants of a better term of the same label,
    by their words or by their messages, are left out, and of a label's terms at most a third
    are terms of the lexicon, so that there is room for what is new.

    After a label's terms come patterns, two words that tell it better together than either
    alone, and terms of the lexicon that stand under another label though their judged messages
    are mostly of this one; both whatever their rank.

    Args:
        judged: messages with their reference label; hold-out messages do not belong here.
        texts: the messages that the model was asked about, judged ones included.
        probabilities: shape (len(texts), n_labels); for training messages out of fold.
        all_labels: every label, in codebook order.
        lexicon: the team's terms; letter case does not matter.
        lexicon_by_label: the same by their label, to tell where they contradict.
        predict: gives any texts' probabilities by the model in use, shape (n, n_labels);
            without it no influence is measured.
        per_label: most words and phrases of a label, at least 1.
        seed: fixes what is drawn: the intervals' bootstrap, resamples, texts of a large pool.

    Returns:
        By label in codebook order, best first. Empty where no term is in three judged
        messages (two, below 60 judged), two of them with the label, or none is evidence on
        both sides.

    Raises:
        InvalidInputError: the arguments are not aligned, or a term of the lexicon is written
            against the notation.

    Source:
        Grootendorst: BERTopic (class-based TF-IDF). Monroe and others: Fightin' words (order).
        Zeiler, Fergus: Visualizing and understanding convolutional networks (occlusion).
    """
    if probabilities.shape != (len(texts), len(all_labels)):
        raise InvalidInputError("The probabilities must be one row per text, one column per label.")
    if not len(judged.message_ids) == len(judged.texts) == len(judged.labels):
        raise InvalidInputError("Judged ids, texts and labels must be of one length.")
    under = {label: normal_terms(terms) for label, terms in (lexicon_by_label or {}).items()}
    known = {*normal_terms(lexicon), *(term for terms in under.values() for term in terms)}
    candidates = gather_candidates(
        judged.texts, judged.shares(all_labels), texts, probabilities, seed=seed
    )
    terms: Mapping[str, Sequence[Found]] = {}
    if candidates:
        terms = _terms_by_label(
            candidates,
            judged,
            texts,
            probabilities,
            all_labels=all_labels,
            known=known,
            predict=predict,
            per_label=per_label,
            seed=seed,
        )
    conflicts = conflicting_terms(judged, under)
    further = (find_patterns(judged, all_labels, seed=seed), conflicts)
    chosen = {label: _in_order(label, terms, further) for label in all_labels}
    rows = candidates.rows if candidates else np.arange(len(texts))
    return describe(
        chosen,
        judged,
        texts=[texts[row] for row in rows],
        probabilities=probabilities[rows],
        known=known,
        conflicts=conflicts,
    )


def _terms_by_label(
    candidates: Candidates,
    judged: Judged,
    texts: Sequence[str],
    probabilities: Floats,
    *,
    all_labels: Sequence[str],
    known: Collection[str],
    predict: Callable[[list[str]], Floats] | None,
    per_label: int,
    seed: int,
) -> dict[str, list[Found]]:
    """Each label's words and phrases, best first."""
    rise = _rise(candidates.occurs, probabilities[candidates.rows])
    has_label = [judged.has_label(label) for label in all_labels]
    surely = [
        supported_terms(candidates, has_label[column], rise[:, column])
        for column in range(len(all_labels))
    ]
    influences = _influences(candidates, surely, texts, predict, per_label=per_label)
    found: dict[str, list[Found]] = {}
    for column, label in enumerate(all_labels):
        ranked = rank_terms(
            candidates,
            has_label[column],
            surely[column],
            influences[column],
            per_label=per_label,
            seed=seed,
        )
        kept = _with_room_for_new(candidates, ranked, known, per_label)
        found[label] = [
            Found(candidates.terms[one.term], one.influence, one.stability) for one in kept
        ]
    return found


def _influences(
    candidates: Candidates,
    surely: Sequence[Floats],
    texts: Sequence[str],
    predict: Callable[[list[str]], Floats] | None,
    *,
    per_label: int,
) -> list[dict[int, Influence] | None]:
    """By label, of the terms that go with it most surely; None where the model is not asked."""
    if predict is None:
        return [None] * len(surely)
    n = n_terms_to_ask(len(surely), least=per_label)
    asked = [
        (column, int(term))
        for column, sure in enumerate(surely)
        for term in np.argsort(-sure, kind="stable")[:n]
        if sure[term] > 0
    ]
    measured = measure_influence(
        [(candidates.terms[term], column, candidates.texts_with(term)) for column, term in asked],
        texts,
        predict,
    )
    found: list[dict[int, Influence] | None] = []
    for column in range(len(surely)):
        pairs = zip(asked, measured, strict=True)
        found.append({term: influence for (of, term), influence in pairs if of == column})
    return found


def _rise(occurs: csc_matrix, probabilities: Floats) -> Floats:
    """Mean probability with each term minus without; 0 for a term that is in all texts or none."""
    n_with = np.asarray(occurs.sum(axis=0)).ravel()[:, None]
    sum_with = np.asarray(occurs.T @ probabilities)
    n_without = occurs.shape[0] - n_with
    sum_without = probabilities.sum(axis=0)[None, :] - sum_with
    rise = sum_with / np.maximum(n_with, 1) - sum_without / np.maximum(n_without, 1)
    told_apart: Floats = np.where((n_with > 0) & (n_without > 0), rise, 0.0)
    return told_apart


def _with_room_for_new(
    candidates: Candidates, ranked: Iterable[Ranked], known: Collection[str], per_label: int
) -> list[Ranked]:
    """The best, of which at most a third are known."""
    chosen: list[Ranked] = []
    n_known_left = per_label // 3
    for one in ranked:
        if candidates.terms[one.term] in known:
            n_known_left -= 1
            if n_known_left < 0:
                continue
        chosen.append(one)
        if len(chosen) == per_label:
            break
    return chosen


def _in_order(
    label: str,
    terms: Mapping[str, Sequence[Found]],
    further: Iterable[Mapping[str, Collection[str]]],
) -> list[Found]:
    """A label's terms, then its further expressions, each once."""
    once = {one.expression: one for one in terms.get(label, ())}
    for expressions in further:
        for expression in expressions.get(label, ()):
            once.setdefault(expression, Found(expression))
    return list(once.values())
