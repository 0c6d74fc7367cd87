"""Which words are forms of one another, and which terms say the same in other words."""

from collections.abc import Sequence

_LEAST_SHARED = 3
"""Letters that two forms of a word begin with alike."""
_ENDINGS = frozenset(
    {"", "s", "es", "e", "ed", "er", "ers", "ing", "ings", "ly", "y", "ies", "ied"}
    | {"'s", "or", "ors", "ion", "ions", "ment", "ments"}
)
_AFTER_E = frozenset({"d", "r", "rs"})


def are_forms(one: str, other: str) -> bool:
    """
    Whether two words are the same or differ by an English ending alone.

    >>> are_forms("selling", "sells"), are_forms("planned", "plan"), are_forms("baked", "baking")
    (True, True, True)
    >>> are_forms("card", "care"), are_forms("car", "care")
    (False, False)
    """
    if one == other:
        return True
    n_shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n_shared += 1
    is_only_e = {one[n_shared:], other[n_shared:]} == {"", "e"}
    return (
        n_shared >= _LEAST_SHARED
        and not is_only_e
        and all(_ends_a_form(word, n_shared) for word in (one, other))
    )


def is_variant(one: Sequence[str], other: Sequence[str]) -> bool:
    """
    Whether each word of the shorter term has a form in the longer one.

    >>> is_variant(["gift", "cards"], ["card"]), is_variant(["gift", "card"], ["card", "lost"])
    (True, False)
    """
    shorter, longer = sorted((one, other), key=len)
    return all(any(are_forms(word, known) for known in longer) for word in shorter)


def _ends_a_form(word: str, n_shared: int) -> bool:
    """Whether what follows the shared letters is an ending, a doubled letter before it or not."""
    rest = word[n_shared:]
    if rest in _AFTER_E:
        return word[n_shared - 1] == "e"
    return rest in _ENDINGS or (rest[:1] == word[n_shared - 1] and rest[1:] in _ENDINGS)
