"""Home in each state of a project: one question answered, one accent for the next step."""

import re

import pytest

from tests.app.store_fixtures import add_run, look, make_project, texts_of

STEPS = {
    "empty": {
        "ana": "A supervisor has to import messages first.",
        "sue": "The project has no messages yet.",
        "vic": "A supervisor has to import messages first.",
    },
    "nobody labelled": {
        "ana": "Welcome. Begin with the codebook",
        "sue": "2 messages wait for your judgement.",
        "vic": "2 messages wait to be judged by enough people.",
    },
    "one left, one contested": {
        "ana": "1 message waits for your judgement.",
        "sue": "1 message is contested: people, or people and the machine, differ.",
        "vic": "1 of 2 messages are judged by enough people.",
    },
    "run finished": {
        "ana": "1 message waits for your judgement.",
        "sue": "Run 1 is trained and waits for your decision.",
        "vic": "1 of 2 messages are judged by enough people.",
    },
    "reviews due": {
        "ana": "1 card is due for review.",
        "sue": "1 message is contested",
        "vic": "2 of 2 messages are judged by enough people.",
    },
}
"""State -> person -> the first line."""


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def bring(place, project, add_messages, add_labels):
    """Bring the project into a state."""

    def bring(state):
        if state == "empty":
            return
        add_messages({"m1": "free money", "m2": "see you at noon"})
        if state == "nobody labelled":
            return
        add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
        if state == "run finished":
            add_run(place, project, 1, {"m1": ("ham", 0.9)})
        if state == "reviews due":
            add_labels([("m2", "Ana", "ham"), ("m2", "Ben", "ham")])

    return bring


@pytest.mark.parametrize("state", STEPS)
def test_home_answers_one_question_and_has_one_accent(place, team, project, bring, state):
    bring(state)

    for name, sentence in STEPS[state].items():
        page = look("home", place, team[name], project)

        assert not page.exception
        said = texts_of(page)
        [first] = re.findall(r"<h1[^>]*>([^<]*)</h1>", said)
        assert first.startswith(sentence), name
        assert not re.search(r"\b1 (messages|concepts|cards|labels)\b", said), name
        accents = [one.key for one in page.button if one.proto.type == "primary"]
        assert accents == ["next_step"], name
