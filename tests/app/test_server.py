"""The serving process before its first page."""

import subprocess
import sys

import pytest

STARTED = """
import gc, sys, time
from app.server import create_app
from app.warm_start import warm_up
from rhml_core.settings import Settings
create_app(Settings.from_environment())
"""


def after_start(then):
    """What a fresh process prints once the app is made."""
    return subprocess.run(
        [sys.executable, "-c", STARTED + then], capture_output=True, text=True, check=True
    ).stdout.split()


def test_what_charts_look_for_is_imported_before_the_first_page():
    """Altair takes pandas as it stands, so that two pages must not be the first to import it."""
    told = after_start("print(hasattr(sys.modules.get('pandas'), 'Timestamp'))")

    assert told == ["True"]


def test_warmed_up_no_page_is_imported_only_when_somebody_opens_it():
    """The first visitor of a page does not pay for its libraries."""
    told = after_start(
        "warm_up()\nprint(*sorted(name for name in sys.modules if name.startswith('app.views.')))"
    )

    assert {f"app.views.{view}.page" for view in ("label", "agreement", "training")} <= set(told)


@pytest.mark.slow
def test_warmed_up_collecting_garbage_after_a_page_holds_nobody_up():
    """Streamlit does it after every run of a page; libraries are left out of it."""
    told = after_start(
        "warm_up()\n"
        "taken = []\n"
        "for _ in range(3):\n"
        "    begun = time.process_time(); gc.collect(); taken.append(time.process_time() - begun)\n"
        "gc.unfreeze()\n"
        "begun = time.process_time(); gc.collect(); print(min(taken), time.process_time() - begun)"
    )

    frozen, whole = map(float, told)
    assert frozen < whole / 10
