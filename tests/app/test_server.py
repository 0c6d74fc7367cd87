"""The serving process before its first page."""

import subprocess
import sys

STARTED = """
import sys
from app.server import create_app
from rhml_core.settings import Settings
create_app(Settings.from_environment())
print("pandas" in sys.modules and hasattr(sys.modules["pandas"], "Timestamp"))
"""


def test_what_charts_look_for_is_imported_before_the_first_page():
    """Altair takes pandas as it stands, so that two pages must not be the first to import it."""
    found = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, check=True
    )

    assert found.stdout.split() == ["True"]
