"""How every benchmark ends: figures and verdicts for people, then one JSON document if asked."""

import argparse
import json
import os
import platform
import sys


def options_of(description, *, quick):
    """A parser with the options that every benchmark has; `quick` says what is smaller."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--json", action="store_true", help="print one JSON document last")
    options.add_argument("--quick", action="store_true", help=quick)
    return options


def target(name, value, bound, *, is_least=False, digits=3, **more):
    """One target: what was measured, the most it may be (or the least), and whether it holds."""
    holds = value is not None and (value >= bound if is_least else value <= bound)
    shown = None if value is None else round(float(value), digits)
    return {"name": name, "value": shown, "bound": bound, "holds": bool(holds), **more}


def machine_facts():
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
    }


def say(line):
    """Print a line for people, apart from the document."""
    sys.stderr.write(f"{line}\n")


def finish(document, *, as_json):
    """Say which targets hold, and print the document last if asked."""
    for one in document["targets"]:
        verdict = "holds" if one["holds"] else "MISSED"
        say(f"{one['name']}: {one['value']} (bound {one['bound']}): {verdict}")
    if as_json:
        sys.stdout.write(json.dumps(document) + "\n")
