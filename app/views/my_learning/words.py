"""How the figures of someone's learning are put into words."""

from app.components.counted import counted
from rhml_core.domain import Person
from rhml_core.measures.blind_spots import BlindSpot
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.reliance import Reliance
from rhml_core.measures.skill import Skill
from rhml_core.workflows.learner.changed_minds import MindChanges
from rhml_core.workflows.learner.learning import PersonLearning

NO_PROBES = (
    "No message without the machine has been judged yet. They come by themselves, about one in "
    "ten, among the messages of the page Label."
)


def change_words(estimate: Estimate) -> str:
    """
    A difference with its sign and interval, or why there is none.

    >>> from rhml_core.figures import Interval
    >>> change_words(Estimate(Interval(0.03, -0.01, 0.07, 40)))
    '+0.03 [-0.01, +0.07], n = 40'
    """
    if estimate.interval is None:
        return estimate.missing
    one = estimate.interval
    value, low, high = (round(part, 2) + 0.0 for part in (one.value, one.low, one.high))
    return f"{value:+.2f} [{low:+.2f}, {high:+.2f}], n = {one.n:,}"  # above: no minus before 0


def progress_sentence(learning: PersonLearning, reader: Person) -> str:
    """The first line: is this expert getting better without the machine?"""
    is_own = learning.expert == reader
    name = learning.expert.name
    skill = learning.skill
    if skill.overall.interval is None:
        who = "you are" if is_own else f"{name} is"
        return f"Whether {who} getting better is not known yet."
    who = "you are" if is_own else f"{name} is"
    direction = _direction(skill, is_own=is_own)
    return f"{direction}: without the machine, {who} right at {skill.overall.interval}."


def _direction(skill: Skill, *, is_own: bool) -> str:
    slope = skill.slope.interval
    if slope is None:
        return "Too early to see a trend"
    if slope.low > 0:
        return "You are getting better" if is_own else "Getting better"
    if slope.high < 0:
        return "The machine's help may be costing practice"
    return "No clear change so far"


def progress_note(learning: PersonLearning) -> str:
    """The quieter line below: the trend in figures, and at what it is hardest."""
    if learning.skill.overall.interval is None:
        return learning.skill.overall.missing or NO_PROBES
    slope = learning.skill.slope
    trend = (
        f"From one cycle to the next: {change_words(slope)}." if slope.interval else slope.missing
    )
    return f"{trend} {hardest_words(learning.blind_spots)}".strip()


def hardest_words(spots: tuple[BlindSpot, ...]) -> str:
    """Where answers differ most from the reference, as far as that is more than noise."""
    notable = [one for one in spots if one.is_notable]
    if not notable:
        return "Nothing stands out as harder than the rest." if spots else ""
    one = notable[0]
    return f"Hardest so far: {spot_name(one)}, where {one.differs} first answers differ."


def spot_name(spot: BlindSpot) -> str:
    """What a blind spot is called, as in `Sale` or `“escrow”, for Sale`."""
    return spot.name if spot.kind == "label" else f"“{spot.name}”, for {spot.label}"


def spot_words(spot: BlindSpot) -> str:
    """How often answers differ there, and elsewhere."""
    words = f"Differs from the reference on {spot.differs} first answers"
    if spot.elsewhere is not None:
        words += f"; elsewhere on {spot.elsewhere}"
    if spot.mostly_said:
        words += f"; mostly said {spot.mostly_said}"
    noise = "" if spot.is_notable else " That may be chance."
    return f"{words}.{noise}"


def changes_sentence(changes: MindChanges, *, who: str = "your") -> str:
    """
    How often the machine changed someone's mind, and how that went.

    >>> changes_sentence(MindChanges(("a", "b"), ("c",), ()))
    'The machine changed your mind 3 times: 2 for the better, 1 for the worse.'
    """
    n_right, n_wrong = len(changes.rightly), len(changes.wrongly)
    n_open = len(changes.undecided)
    n = n_right + n_wrong + n_open
    if not n:
        return f"The machine has not changed {who} mind yet."
    parts = [f"{n_right:,} for the better", f"{n_wrong:,} for the worse"]
    if n_open:
        parts.append(f"{n_open:,} not settled yet")
    return f"The machine changed {who} mind {counted(n, 'time')}: {', '.join(parts)}."


def reliance_figures(reliance: Reliance) -> tuple[tuple[str, Estimate], ...]:
    """The four figures of reliance with their names."""
    shares = reliance.shares
    return (
        ("Took good advice", shares.rair),
        ("Stood firm rightly", shares.rsr),
        ("Believed it too easily", shares.over_reliance),
        ("Believed it too little", shares.under_reliance),
    )


def before_after_words(reliance: Reliance) -> str:
    """How often right before and after the machine spoke; "" where unknown."""
    first, final = reliance.first_accuracy.interval, reliance.final_accuracy.interval
    if first is None or final is None:
        return ""
    return (
        f"Right at the first answer: {first}; after the machine spoke: "
        f"{final.value:.2f} [{final.low:.2f}, {final.high:.2f}]. It differed in "
        f"{reliance.n_differing:,} of {reliance.n_turns:,} turns with a known reference."
    )
