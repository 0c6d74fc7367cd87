from rhml_core.machine.evidence.conflicts import conflicting_terms
from rhml_core.machine.evidence.judged import Judged


def judged_of(*pairs):
    texts, labels = zip(*pairs, strict=True)
    return Judged(tuple(f"m{row}" for row in range(len(texts))), texts, labels)


SPAM_PRIZE = [("Prize now", "spam"), ("a prize", "spam"), ("prize!", "spam"), ("prize", "ham")]


def test_term_whose_messages_are_mostly_of_another_label_is_told():
    found = conflicting_terms(judged_of(*SPAM_PRIZE), {"ham": ["prize"]})

    assert found == {"spam": {"prize": "ham"}}


def test_term_under_both_labels_contradicts_neither():
    judged = judged_of(*SPAM_PRIZE)

    assert conflicting_terms(judged, {"ham": ["prize"], "spam": ["prize"]}) == {}


def test_term_under_its_own_label_is_no_conflict():
    assert conflicting_terms(judged_of(*SPAM_PRIZE), {"spam": ["prize"]}) == {}


def test_two_messages_could_be_chance():
    assert conflicting_terms(judged_of(*SPAM_PRIZE[:2]), {"ham": ["prize"]}) == {}


def test_half_of_the_messages_is_not_most():
    judged = judged_of(*SPAM_PRIZE[:3], *[("prize", "ham")] * 3)

    assert conflicting_terms(judged, {"other": ["prize"]}) == {}


def test_pattern_of_the_lexicon_is_looked_for_as_written():
    judged = judged_of(*[("win a prize", "spam")] * 3, ("prize", "ham"))

    found = conflicting_terms(judged, {"ham": ["win; prize"]})

    assert found == {"spam": {"win; prize": "ham"}}
