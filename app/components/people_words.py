"""What people of each role do, and how they come in, in words."""

from rhml_core.domain import Role

ROLE_WORDS = {
    Role.VIEWER: "reads, changes nothing",
    Role.EXPERT: "labels, argues, keeps lexicon and journal",
    Role.SUPERVISOR: "labels, settles, trains, edits the codebook",
    Role.ADMIN: "does all of it, adds people, backs up",
}
"""What each role does, from the least."""


def door_words(*, is_demo: bool) -> str:
    """
    Who can sign in as whom, so that nobody takes a name for a proof.

    >>> door_words(is_demo=True)
    'Demo: anyone at this computer can be anyone'
    """
    if is_demo:
        return "Demo: anyone at this computer can be anyone"
    return "No passwords here: whoever can reach this computer can sign in as anyone"
