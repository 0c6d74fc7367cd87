"""A text without some of its words, and what a machine says of it then."""

import re
from collections.abc import Callable, Iterable
from itertools import islice

from rhml_core.domain import Span
from rhml_core.machine.protocol import Floats

WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")

Removal = frozenset[int]
"""Places of words that are left out together; empty for the whole text."""

WHOLE: Removal = frozenset()


class Deletions:
    """
    What a machine says of one text without some of its words; each is asked about once.

    Words are letters, digits and underscores of any script, joined by an apostrophe or a
    hyphen. Their places count from 0.
    """

    def __init__(
        self, text: str, predict: Callable[[list[str]], Floats], *, most_words: int | None = None
    ) -> None:
        """
        Take a text apart; nothing is asked yet.

        Args:
            text: the message.
            predict: gives texts' probabilities, shape (n, n_labels).
            most_words: what follows these words always stays; None takes all.
        """
        self.text = text
        found = list(islice(WORD.finditer(text), most_words))
        self.words = [word.group() for word in found]
        self.spans = [Span(*word.span()) for word in found]
        self._predict = predict
        self._known: dict[Removal, Floats] = {}

    def is_joined(self, place: int) -> bool:
        """Whether nothing but space stands between a word and the one after it."""
        return self.text[self.spans[place].end : self.spans[place + 1].start].isspace()

    def ask(self, removals: Iterable[Removal]) -> None:
        """Have the machine answer to every one that is not known yet, at a single call."""
        new = [removal for removal in dict.fromkeys(removals) if removal not in self._known]
        if new:
            answers = self._predict([self.without(removal) for removal in new])
            self._known.update(zip(new, answers, strict=True))

    def is_known(self, removal: Removal) -> bool:
        """Whether the machine has answered to it."""
        return removal in self._known

    def probabilities(self, removal: Removal = WHOLE) -> Floats:
        """Shape (n_labels,), of the text without these words; asks where that is not known."""
        self.ask([removal])
        return self._known[removal]

    def fall(self, removal: Removal, label: int) -> float:
        """By how much the label's probability falls without these words, -1 to 1."""
        return float(self.probabilities()[label] - self.probabilities(removal)[label])

    def without(self, removal: Removal) -> str:
        """The text without these words; what stood between them stays."""
        kept, start = [], 0
        for place in sorted(removal):
            kept.append(self.text[start : self.spans[place].start])
            start = self.spans[place].end
        return "".join([*kept, self.text[start:]])
