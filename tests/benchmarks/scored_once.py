"""
Score one file in a process of its own and say what that took, as one JSON document.

`python -m tests.benchmarks.scored_once DATABASE FILE OUT`; the promoted run or the only one.
"""

import json
import re
import sys
import time
from pathlib import Path

from rhml_core.settings import Settings
from rhml_core.workflows import people
from rhml_core.workflows.files import scoring
from rhml_core.workflows.files.scorable_file import look_through_file
from rhml_core.workflows.workplace import open_workplace


def peak_megabytes():
    """The most memory that this process held; its starter's own does not count."""
    # getrusage would count what the parent held when it began this process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


def main():
    """Score, and print the document."""
    database, source, out = map(Path, sys.argv[1:])
    settings = Settings.from_environment(database)
    place = open_workplace(settings, in_background=False)
    run = scoring.find_run(place, people.operator(place), "1", None)
    place.close()
    started = time.monotonic()
    scored = scoring.score_file(
        settings, run, look_through_file(source), out, on_progress=lambda _: None
    )
    document = {
        "n_rows": scored.n_rows,
        "seconds": time.monotonic() - started,
        "cpu_seconds": time.process_time(),
        "peak_megabytes": peak_megabytes(),
    }
    sys.stdout.write(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
