"""Who is meant by `@Name` in what someone wrote."""

import re
from collections.abc import Sequence

from rhml_core.domain import Person


def mentioned(text: str, people: Sequence[Person]) -> list[str]:
    """
    Identifiers of the people whom a text mentions as `@Name`, in the order of their mention.

    Upper and lower case are alike. Where one name begins another, the longer one counts: `@Ana
    Ruiz` is not Ana. An address such as `ana@ben.example` mentions nobody.

    Args:
        text: what was written.
        people: who may be meant.
    """
    by_name = {person.name.casefold(): person.person_id for person in people}
    if not by_name:
        return []
    longest_first = sorted(by_name, key=lambda name: (-len(name), name))
    names = "|".join(re.escape(name) for name in longest_first)
    found = re.finditer(rf"(?<!\w)@({names})(?!\w)", text.casefold())
    return list(dict.fromkeys(by_name[match.group(1)] for match in found))
