"""Everything that is checked, in the order in which it is told."""

import sys
from pathlib import Path

import rhml_core
from rhml_core.settings import Settings
from rhml_core.workflows.checkup.finding import Finding
from rhml_core.workflows.checkup.kept_files import check_workplace
from rhml_core.workflows.checkup.program import check_encoder, check_packages, check_python
from rhml_core.workflows.checkup.surroundings import (
    browser_for_tests,
    check_browser,
    check_disk,
    check_memory,
    check_port,
    free_disk,
    memory_in_all,
)

USUAL_PORT = 8501


def examine(settings: Settings) -> list[Finding]:
    """What each check says of the program, the machine and a workplace; nothing is changed."""
    repository = Path(rhml_core.__file__).parents[1]
    folder = settings.database.absolute().parent
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    found = [
        check_python(sys.version_info[:3]),
        check_packages(repository / "constraints.txt"),
        check_encoder(settings),
        *check_workplace(settings),
        check_disk(there, free_disk(there)),
        check_memory(memory_in_all()),
        check_port(USUAL_PORT),
    ]
    if (repository / "tests").is_dir():  # nobody but a developer drives one
        found.append(check_browser(browser_for_tests()))
    return found
