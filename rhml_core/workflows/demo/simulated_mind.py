"""
What a simulated expert knows, and how it learns: assumptions, with the study that suggests each.

Nothing here was measured on people who used this program; whatever comes of it is called
simulated. Knowledge is counted in log-odds of the right label, label by label.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from random import Random

from rhml_core.domain import Confidence
from rhml_core.measures.stated_confidence import CONFIDENCE_VALUES

LEAST_KNOWLEDGE = -2.0
"""Log-odds below which knowledge does not fall: one answer in eight is right by luck."""


@dataclass(frozen=True)
class Traits:
    """
    What a simulated expert is like.

    Attributes:
        skill: chance of the right label at the start, on a message of middle difficulty; between
            0 and 1. Learners were found to begin at 0.65 on average (Koedinger 2023).
        openness: chance of taking over a right label at the reveal, 0 to 1.
        credulity: the same for a wrong one. Committing first makes it lower than
            `over_reliance` (Bucinca 2021); not 0, for being asked to think does not end it.
        over_reliance: chance of merely following an answer that is shown at once, 0 to 1.
        learning_rate: log-odds that a lesson adds to the knowledge of its label. Koedinger 2023
            found 0.1 for an exercise with feedback, much the same for all learners.
        fading: log-odds that merely following takes from the knowledge that was not used. Unaided
            detection fell by 0.3 in months of work with a machine (Budzyn 2025); that this comes
            in even steps, one for each message followed, is our assumption.
        overconfidence: by how much stated confidence exceeds the chance to be right, -1 to 1.

    Source:
        Koedinger et al., An astonishing regularity in student learning rate, PNAS 2023; Gajos and
        Mamykina, Do people engage cognitively with AI?, IUI 2022; Bucinca et al., To trust or to
        think, CSCW 2021; Budzyn et al., Endoscopist deskilling risk after exposure to artificial
        intelligence in colonoscopy, Lancet Gastroenterology and Hepatology 2025.
    """

    skill: float
    openness: float = 0.5
    credulity: float = 0.2
    over_reliance: float = 0.8
    learning_rate: float = 0.1
    fading: float = 0.01
    overconfidence: float = 0.05


@dataclass(frozen=True)
class Mind:
    """
    The knowledge of one simulated expert; it changes as the expert works.

    Attributes:
        gained: what was learnt less what has faded, by label, in log-odds.
    """

    traits: Traits
    gained: dict[str, float] = field(default_factory=dict)

    def knowledge(self, label: str) -> float:
        """Log-odds of telling this label on a message of middle difficulty."""
        return self._start() + self.gained.get(label, 0.0)

    def chance(self, label: str, difficulty: float = 0.0) -> float:
        """
        Chance of giving a message its right label without help, 0 to 1.

        Args:
            label: the right one.
            difficulty: of the message, in log-odds: 0 is the middle, above it is harder.

        Source:
            Rasch, Probabilistic models for some intelligence and attainment tests, 1960.

        >>> round(Mind(Traits(skill=0.8)).chance("spam"), 2)
        0.8
        >>> round(Mind(Traits(skill=0.8)).chance("spam", difficulty=1.0), 2)
        0.6
        """
        return 1 / (1 + exp(difficulty - self.knowledge(label)))

    def learn(self, label: str) -> None:
        """
        Take a lesson: an own answer, and then the machine's, which was right.

        Where the two differ, what the machine noticed comes between them: people learn from an
        explanation before the answer, and not from one beside it (Gajos and Mamykina 2022).
        Confirmation is a lesson too. Each adds the same in log-odds.

        Source:
            Cen, Koedinger and Junker, Learning factors analysis, 2006 (additive factor model).
        """
        self._add(label, self.traits.learning_rate)

    def mislearn(self, label: str) -> None:
        """Lose as much to a wrong answer that was taken over, or confirmed, as a lesson gives."""
        self._add(label, -self.traits.learning_rate)

    def fade(self, label: str) -> None:
        """Leave the knowledge of a label unused: merely follow where it was needed."""
        self._add(label, -self.traits.fading)

    def confidence(self, chance: float, random: Random) -> Confidence:
        """
        What the expert says to be sure, on average the chance to be right and `overconfidence`.

        Args:
            chance: of being right, 0 to 1.
            random: decides between the two levels around what is meant.
        """
        levels = sorted((value, Confidence(name)) for name, value in CONFIDENCE_VALUES.items())
        meant = chance + self.traits.overconfidence
        for (low, less), (high, more) in pairwise(levels):
            if meant < high:
                return more if random.random() < (meant - low) / (high - low) else less
        return levels[-1][1]

    def _add(self, label: str, log_odds: float) -> None:
        least = min(LEAST_KNOWLEDGE - self._start(), 0.0)
        self.gained[label] = max(self.gained.get(label, 0.0) + log_odds, least)

    def _start(self) -> float:
        return log(self.traits.skill / (1 - self.traits.skill))
