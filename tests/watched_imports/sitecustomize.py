"""
Notes each import of a library that serving must do without, in processes that a test watches.

Python runs this before anything else where the folder stands on its path; the product neither
contains nor knows it.
"""

import os
import sys
from pathlib import Path

HEAVY = {"torch", "setfit", "sentence_transformers", "transformers"}
_NOTES = Path(os.environ["RHML_TEST_IMPORTS"])


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "import" and str(arguments[0]).partition(".")[0] in HEAVY:
        with _NOTES.open("a") as notes:
            notes.write(f"{os.getpid()} {arguments[0]}\n")


sys.addaudithook(_note)
