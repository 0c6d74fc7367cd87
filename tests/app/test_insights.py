"""New insights: one sentence, terms that lead to where they are settled, dots, and five modes."""

import pytest

from app.components.insight_charts import CROSSED, HELD_OUT, DrawnMode, modes_frame, region_of
from rhml_core.figures import Interval
from rhml_core.workflows.insights.control_modes import start_measuring
from rhml_core.workflows.lexicon import lexicon
from tests.app.store_fixtures import add_run, data_of, look, make_concept, make_project, texts_of
from tests.workflows.concepts.decoyed_mail import HAM, SPAM, judge_decoyed

WRONG = "(winner | urgent | ringtone)"


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def taught(place, team, project, add_messages, add_labels):
    """Judged messages, a hold-out, and a lexicon with one term under the wrong label."""
    texts = judge_decoyed(add_messages, add_labels)
    terms = [(word, "spam") for word in SPAM[:4]] + [(word, "ham") for word in HAM[:4]]
    for term, label in [*terms, (WRONG, "ham")]:
        lexicon.add_term(place, team["ana"], project.project_id, term, label=label, key=f"t-{term}")
    return texts


def _opened(monkeypatch, view):
    opened = []
    monkeypatch.setattr(view, lambda name, **filters: opened.append((name, filters)))
    return opened


def test_the_first_line_compares_on_the_holdout(place, team, project, taught):
    page = look("insights", place, team["vic"], project)

    assert not page.exception
    assert "On 48 hold-out messages, " in texts_of(page)
    assert "none of them is of the hold-out" in texts_of(page)


def test_an_empty_project_says_what_to_do(place, team, project):
    page = look("insights", place, team["sue"], project)

    assert not page.exception
    assert "The lexicon has no term yet" in texts_of(page)
    assert "Each training run looks for new ones." in texts_of(page)


def test_a_new_term_is_shown_with_its_figures(place, team, project, taught):
    concept = make_concept("free", strength=0.4, messages_for=("s1", "s2"))
    add_run(place, project, 1, {}, [concept])

    page = look("insights", place, team["ana"], project)
    (row,) = data_of(page, "new_terms_")["rows"]

    assert row["term"] == "free"
    assert row["id"] == concept.concept_id
    words = [cell["words"] for cell in row["cells"]]
    assert words[:5] == ["spam", "+0.40", "0.71 [0.60, 0.80], n = 48", "2", "0"]


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("lexicon", ("lexicon", ["term"])),
        ("messages", ("reflection", ["label", "part", "term"])),
    ],
)
def test_a_doubtful_term_leads_to_lexicon_and_messages(
    place, team, project, taught, monkeypatch, target, leads_to
):
    opened = _opened(monkeypatch, "app.views.insights.terms.open_view")
    monkeypatch.setattr(
        "app.views.insights.terms.term_table", lambda data, **_: (data["rows"][0]["id"], target)
    )

    page = look("insights", place, team["sue"], project, part="doubtful")

    assert not page.exception
    assert (opened[0][0], sorted(opened[0][1])) == leads_to


def test_a_brushed_region_lists_its_messages_alone(place, team, project, taught, monkeypatch):
    monkeypatch.setattr(
        "app.views.insights.plot.dots_chart", lambda *_, **__: ((0.0, 1.0), (0.5, 1.0))
    )

    page = look("insights", place, team["sue"], project, part="plot", label="spam")
    listed = data_of(page, "insights_messages_")["items"]

    assert not page.exception
    assert "In the region brushed, n = " in texts_of(page)
    assert listed
    assert all(float(one["note"].split()[-1]) >= 0.5 for one in listed)
    assert not [one for one in listed if one["id"][0] in "xy"]


def test_an_expert_who_has_judged_nothing_sees_no_dot(place, team, project, taught):
    page = look("insights", place, team["ben"], project, part="plot")

    assert not page.exception
    assert "Judge some first" in texts_of(page)


def test_what_the_browser_brushed_is_read_or_nothing():
    area = {"selection": {"region": {"reflection": [0.4, 0.1], "machine": [0.2, 0.9]}}}

    assert region_of(area) == ((0.1, 0.4), (0.2, 0.9))
    assert region_of({"selection": {"region": {}}}) is None
    assert region_of(None) is None


def test_modes_are_measured_at_a_click_by_supervisors(place, team, project, taught):
    for_viewer = look("insights", place, team["vic"], project, part="modes")
    page = look("insights", place, team["sue"], project, part="modes")
    page.button(key="modes_measure").click().run()

    assert "have not been measured yet" in texts_of(for_viewer)
    assert not page.exception
    assert "Measuring modes" in page.get("progress")[0].proto.text


def test_measured_modes_come_with_advice_and_a_warning(place, team, project, taught):
    place.jobs.run(start_measuring(place, team["sue"], project.project_id, key="m").job_id)

    page = look("insights", place, team["vic"], project, part="modes")
    shown = texts_of(page)

    assert not page.exception
    assert "Advice: mode" in shown
    assert "uses it up" in shown
    assert "5 All words" in shown
    assert not page.button


def test_modes_are_drawn_on_both_kinds_of_messages():
    one = Interval(0.5, 0.4, 0.6, 80)
    modes = [
        DrawnMode("1 Lexicon alone", "ours 100 %", "0 s", one, one, is_of_people=True),
        DrawnMode("5 All words", "ours 2 %", "0.5 s", one, None, is_of_people=False),
    ]

    frame = modes_frame(modes)

    assert frame["measured_on"].to_list() == [CROSSED, HELD_OUT, CROSSED]
    assert frame["who"].to_list() == ["people", "people", "machine"]
    assert frame["note"].to_list() == ["0 s", "", "0.5 s"]
