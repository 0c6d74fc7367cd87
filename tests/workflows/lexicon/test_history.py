"""Whatever is done to a lexicon in whatever order, its past stays what it was."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError
from rhml_core.workflows import projects
from rhml_core.workflows.lexicon import lexicon
from rhml_core.workflows.lexicon.versions import lexicon_difference

TERMS = ["pills", "offer", "middle man", "sell; (a | b)"]
LABELS = ["ham", "spam", "other"]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "move", "remove", "back"]),
        st.integers(0, 11),
        st.sampled_from(LABELS),
    ),
    min_size=3,
    max_size=14,
)


class Desk:
    """One lexicon, and a plain model of each version that it should have had."""

    def __init__(self, place, person):
        """Begin with a new project."""
        made = projects.create_project(
            place, person, f"P {uuid.uuid4().hex}", [Label(name) for name in LABELS]
        )
        self.place, self.person, self.where = place, person, made.project_id
        self.past = [frozenset()]

    def pairs(self, version=None):
        """Term and label of all that stands in a version."""
        found = lexicon.get_lexicon(self.place, self.person, self.where, version)
        return frozenset((term.expression, term.label) for term in found.terms)

    def do(self, act, number, label):
        """Do one act, and the same to the model."""
        now = self.past[-1]
        terms = lexicon.get_lexicon(self.place, self.person, self.where).terms
        chosen = terms[number % len(terms)] if terms else None
        ask = {"key": uuid.uuid4().hex}
        args = (self.place, self.person, self.where)
        if act == "add":
            new = (TERMS[number % len(TERMS)], label)
            self._expect(now | {new}, lexicon.add_term, *args, new[0], label=label, **ask)
        elif act == "back":
            version = number % len(self.past)
            self._expect(self.past[version], lexicon.roll_back_lexicon, *args, version, **ask)
        elif chosen and act == "move":
            old = (chosen.expression, chosen.label)
            after = (now - {old}) | {(chosen.expression, label)}
            self._expect(after, lexicon.edit_term, *args, chosen.term_id, label=label, **ask)
        elif chosen:
            after = now - {(chosen.expression, chosen.label)}
            self._expect(after, lexicon.remove_terms, *args, [chosen.term_id], **ask)

    def _expect(self, pairs, act, *args, **facts):
        try:
            saved = act(*args, **facts)
        except InvalidInputError:  # it stands there already
            pairs = self.past[-1]
        else:
            assert (saved.version == len(self.past)) == (pairs != self.past[-1])
        if pairs != self.past[-1]:
            self.past.append(pairs)


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_sequence_of_edits_loses_history(place, team, acts):
    """Version k read later is what it was; a roll-back is equal to what it goes back to."""
    desk = Desk(place, team["sue"])

    for act in acts:
        desk.do(*act)

    assert [desk.pairs(version) for version in range(len(desk.past))] == desk.past
    assert desk.pairs() == desk.past[-1]
    first, last = min(1, len(desk.past) - 1), len(desk.past) - 1
    between = lexicon_difference(place, team["sue"], desk.where, before=first, after=last)
    assert between.n_both == len(desk.past[first] & desk.past[last])
    assert between.n_either == len(desk.past[first] | desk.past[last])


def test_two_who_add_in_the_same_moment_both_stand(place, team, project):
    """Each act is a version of its own; none is lost and none is there twice."""

    def add_six(name):
        for number in range(6):
            lexicon.add_term(
                place,
                team[name],
                project.project_id,
                f"{name} {number}",
                label="spam",
                key=f"{number}",
            )

    with ThreadPoolExecutor() as pool:
        list(pool.map(add_six, ["ana", "ben"]))

    found = lexicon.get_lexicon(place, team["vic"], project.project_id)
    assert len(found.terms) == 12
    versions = lexicon.list_lexicon_versions(place, team["vic"], project.project_id)
    assert [one.version for one in versions] == list(range(12, 0, -1))
