"""From one step of a supervisor's work to the next: what each page leads to, and with what."""

import pytest
from streamlit.testing.v1 import AppTest

from app.components.timeline import page_of_subject
from app.views.agreement.leads import lead_words
from app.views.disagreements.open_filters import filter_words, kind_named
from rhml_core.domain import RunState
from rhml_core.figures import Interval
from rhml_core.workflows.agreement.open_falls import OpenFall
from rhml_core.workflows.agreement.trend import Fall
from rhml_core.workflows.disputes.contested_filters import ContestedFilters
from rhml_core.workflows.training.promotion import undecided_run
from rhml_core.workflows.training.run_registry import promoted_run
from tests.app.store_fixtures import look, make_project, texts_of
from tests.app.training_fixtures import begin_study, page_of, seen

FALL = Fall("ham", 2, 2, Interval(1.0, 1.0, 1.0, 40), Interval(0.2, 0.0, 0.4, 40))


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def divided(project, add_messages, add_labels):
    """Ana and Ben differ on m1 and m2, and agree on m3."""
    add_messages({"m1": "free money", "m2": "see you", "m3": "win"})
    said = [("ham", "spam"), ("ham", "spam"), ("ham", "ham")]
    add_labels(
        [
            (f"m{n}", who, label)
            for n, pair in enumerate(said, start=1)
            for who, label in zip(("Ana", "Ben"), pair, strict=True)
        ]
    )
    return project


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    study.judge_all()
    yield study
    study.place.close()


def accents(page):
    return [button.key for button in page.button if button.proto.type == "primary"]


@pytest.mark.parametrize(
    ("wanted", "n", "words"),
    [
        (
            ContestedFilters(label_pair=("ham", "spam"), cycle=2),
            12,
            "Read the 12 messages on ham vs spam of cycle 2",
        ),
        (ContestedFilters(label="ham", cycle=2), 1, "Read the 1 message on ham of cycle 2"),
        (ContestedFilters(cycle=2), 3, "Read the 3 messages of cycle 2"),
    ],
)
def test_way_to_a_falls_messages_says_how_many_and_which(wanted, n, words):
    assert lead_words(OpenFall(FALL, wanted, n)) == words


def test_filters_are_named_in_words():
    wanted = ContestedFilters(kind="machine", label="ham", expert_pair=("a", "b"))

    assert (
        filter_words(wanted, {"a": "Ana", "b": "Ben"}) == "ham, with the machine, Ana against Ben"
    )
    assert [kind_named(name) for name in ("experts", "machine", "new", "")] == [
        "experts",
        "machine",
        "all",
        "all",
    ]


def test_filtered_list_leads_a_supervisor_to_settle_it(place, team, divided):
    """One accent: where settling is the next step, a comment is not."""
    page = look("disagreements", place, team["sue"], divided, kind="experts", label="ham")

    assert not page.exception
    assert "2 contested messages: ham, between experts" in texts_of(page)
    assert page.button(key="settle_these").label == "Settle these 2 one by one"
    assert accents(page) == ["settle_these"]


def test_expert_is_not_led_to_settle(place, team, divided):
    page = look("disagreements", place, team["ana"], divided, kind="experts")

    assert not page.exception
    assert "settle_these" not in {button.key for button in page.button}


def test_adjudicate_takes_the_filters_along(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided, kind="machine")
    experts = look("adjudicate", place, team["sue"], divided, kind="experts", pair="ham~spam")

    assert not [*page.exception, *experts.exception]
    assert "Nothing is to be settled here" in texts_of(page)
    assert "1 of 2: is it ham or spam?" in texts_of(experts)
    assert experts.button(key="kind_pill").label == "between experts"
    assert experts.button(key="adjudicate_codebook").label == "Mend these definitions"


def test_new_run_is_left_with_its_reason_in_numbers(study):
    study.register_run(0, RunState.PROMOTED)
    study.register_run(8)
    page = page_of("training", study).run()
    shown = seen(page)

    page.button(key="training_leave_newest_run-2").click().run()

    assert not page.exception
    assert "Against run 1 (promoted), on the same hold-out messages: " in shown
    assert "on 20 messages" in shown
    assert undecided_run(study.place, study.project.project_id) is None
    assert promoted_run(study.place, study.project.project_id).number == 1
    assert "training_promote_newest_run-2" not in {button.key for button in page.button}


def test_new_run_is_compared_in_one_click_and_the_address_says_so(study):
    study.register_run(0, RunState.PROMOTED)
    study.register_run(8)
    page = page_of("training", study).run()

    page.button(key="training_compare_newest").click().run()

    assert not page.exception
    assert page.session_state["training_tab"] == "Compare"
    assert page.query_params["part"] == "compare"
    assert "messages changed their label" in seen(page)


def test_run_that_is_named_in_the_news_is_shown_among_all_runs(study):
    study.register_run(0, RunState.PROMOTED)
    study.register_run(8)
    page = page_of("training", study)
    for name, value in page_of_subject("run:run-2")[1].items():
        page.query_params[name] = value

    page.run()

    assert not page.exception
    assert page.session_state["training_tab"] == "All runs"
    assert "**Run 2**, not promoted" in seen(page)


def test_part_in_the_address_is_opened(study):
    study.register_run(0, RunState.PROMOTED)
    page = page_of("training", study)
    page.query_params["part"] = "all-runs"

    page.run()

    assert not page.exception
    assert page.session_state["training_tab"] == "All runs"


def _arriving():
    import streamlit as st  # noqa: PLC0415 -- this function becomes a script of its own

    from app.components.address import arrive  # noqa: PLC0415 -- as above

    arrive("adjudicate")
    st.text(" ".join(f"{name}={value}" for name, value in st.query_params.to_dict().items()))


@pytest.mark.parametrize(
    ("address", "shown"),
    [("a~b", "kind=experts pair=c~d"), ("c~d", "pair=c~d")],
    ids=["as the browser noted it", "another"],
)
def test_page_left_gets_its_own_filters_again_on_the_way_back(address, shown):
    """The browser notes the next page's filters under the page that one leaves."""
    page = AppTest.from_function(_arriving)
    own = {"kind": "experts", "pair": "c~d"}
    page.session_state["views_left"] = {"adjudicate": ({"pair": "a~b"}, own)}
    page.query_params["pair"] = address

    page.run()

    assert not page.exception
    assert page.text[0].value == shown
