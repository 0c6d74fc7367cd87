"""What an expert can do without the machine, and where it is hardest."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from app.components.address_choice import choose_pill
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.interval import in_words
from app.components.learning_charts import skill_chart
from app.components.learnt_list import learnt_list
from app.components.marks import person_tone
from app.components.plain_lines import quiet_line
from app.components.two_sides import two_sides
from app.views.my_learning.words import NO_PROBES, change_words, spot_name, spot_words
from rhml_core.measures.blind_spots import BlindSpot
from rhml_core.workflows.learner.learning import PersonLearning
from rhml_core.workflows.learner.learnt_messages import LearntMessage

FindMessages = Callable[[Sequence[str]], list[LearntMessage]]
"""Those of the named messages that may be shown again."""

_N_SPOTS = 5


def show_skill(learning: PersonLearning, find: FindMessages, colours: Mapping[str, str]) -> None:
    """Draw the skill curve with its baseline, and the blind spots with their messages."""
    left, right = two_sides((1, 1), (24, 20), key="skill_sides")
    with left, st.container(gap="xsmall", key="skill_curve"):
        _show_curve(learning)
    with right, st.container(gap="small", key="blind_spots"):
        _show_spots(learning, find, colours)


def _show_curve(learning: PersonLearning) -> None:
    skill = learning.skill
    if not skill.by_cycle:
        empty_state(NO_PROBES, key="no_probes", icon="show_chart")
        return
    skill_chart(
        [(one.cycle, one.accuracy) for one in skill.by_cycle],
        skill.baseline.interval,
        tone=person_tone(learning.expert.person_id),
        key="skill_chart",
    )
    lift = skill.lift
    words = f"Last cycle less first: {change_words(lift)}." if lift.interval else lift.missing
    if skill.baseline.interval is not None:
        words = f"Dashed: the baseline, {in_words(skill.baseline.interval)}. {words}"
    quiet_line(words)
    for alarm in (learning.deskilling, learning.misskilling):
        if not alarm.is_raised and not alarm.missing:
            quiet_line(alarm.sentence)
    if skill.baseline.interval is None:
        quiet_line(skill.baseline.missing)


def _show_spots(learning: PersonLearning, find: FindMessages, colours: Mapping[str, str]) -> None:
    part_title("Blind spots", note="where first answers differ from the reference")
    spots = [one for one in learning.blind_spots if one.differs.value > 0][:_N_SPOTS]
    if not spots:
        st.text(
            "None so far: wherever a reference is known, the first answers agree with it."
            if learning.blind_spots
            else "None known yet: a reference comes with colleagues' answers or a decision."
        )
        return
    names = {f"{one.kind}~{one.name}": one for one in spots}
    chosen = choose_pill(
        "spot",
        {name: f"{spot_name(one)} {_counts(one)}" for name, one in names.items()},
        key="spot",
        title="Blind spot",
        default=next(iter(names)),
    )
    spot = names[chosen]
    quiet_line(spot_words(spot))
    shown = find(spot.message_ids)
    if shown:
        learnt_list(
            shown,
            learning.expert,
            colours,
            key=f"spot_messages_{chosen}",
            title=f"Messages of {spot_name(spot)} where answers differ",
        )
    n_hidden = len(set(spot.message_ids)) - len(shown)
    if n_hidden > 0:
        quiet_line(
            f"{counted(n_hidden, 'more message')} measured skill without the machine and "
            f"{'stays' if n_hidden == 1 else 'stay'} unseen."
        )


def _counts(spot: BlindSpot) -> str:
    return f"{round(spot.differs.value * spot.differs.n):,}/{spot.differs.n:,}"
