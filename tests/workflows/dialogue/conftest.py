"""What tests of the dialogue share: a project to talk about, and ways to talk and listen."""

import pytest

from rhml_core.workflows.dialogue import dialogue, threads
from tests.workflows.dialogue import dialogue_mail


@pytest.fixture
def mail(place, project, add_messages, add_labels):
    dialogue_mail.fill(place, project, add_messages, add_labels)


@pytest.fixture
def read(place, team, project):
    """The thread as someone reads it: `read("ana", "h0")`."""

    def read(who, message_id):
        return threads.message_thread(place, team[who], project.project_id, message_id)

    return read


@pytest.fixture
def say(place, team, project):
    def say(who, message_id, text, key="say-1"):
        subject = f"message:{message_id}"
        threads.add_comment(place, team[who], project.project_id, subject, text, key=key)

    return say


@pytest.fixture
def challenge(place, team, project):
    def challenge(who, message_id, text="why?", key="challenge-1", **more):
        dialogue.challenge(place, team[who], project.project_id, message_id, text, key=key, **more)

    return challenge


@pytest.fixture
def unread(place, team, project):
    def unread(who):
        return dialogue.unread_threads(place, team[who], project.project_id)

    return unread
