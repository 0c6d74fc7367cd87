"""The browser's side of the components: HTML, CSS and JavaScript beside this module."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("assets")


@cache
def asset(name: str) -> str:
    """The text of one file of the folder `assets`."""
    return (_FOLDER / name).read_text(encoding="utf-8")
