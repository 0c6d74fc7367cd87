"""Streamlit's options for this product, the same from whichever folder it is started."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit import config

OPTIONS_FILE = Path(__file__).parent.parent / ".streamlit" / "config.toml"


def flat_options(sections: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """
    The options by their dotted names.

    >>> flat_options({"theme": {"light": {"textColor": "#000"}}})
    {'theme.light.textColor': '#000'}
    """
    flat: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, Mapping):
            flat |= flat_options(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def apply_options(max_upload_megabytes: int) -> None:
    """Make Streamlit use the product's options, above any other file's or variable's."""
    options = flat_options(tomllib.loads(OPTIONS_FILE.read_text(encoding="utf-8")))
    options["server.maxUploadSize"] = max_upload_megabytes
    config.get_config_options(force_reparse=True, options_from_flags=options)
