"""Checks of the program: the interpreter, its packages, the encoder."""

import re
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from rhml_core.errors import MachineError
from rhml_core.machine.encoding.base_model import base_model
from rhml_core.machine.encoding.export import is_exported
from rhml_core.settings import Settings
from rhml_core.workflows.checkup.finding import Finding, fault, fine, warning

LEAST_PYTHON = (3, 11)
_PACKAGE = "rhml"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$", re.MULTILINE)
_REQUIRED = re.compile(r"^[A-Za-z0-9._-]+")
_MOST_NAMED = 5
_INSTALL = "Run `make setup`, or install the program again with its constraints.txt."


def check_python(version: tuple[int, int, int]) -> Finding:
    """Whether the interpreter is one that the program runs on."""
    told = ".".join(map(str, version))
    if version[:2] < LEAST_PYTHON:
        needed = ".".join(map(str, LEAST_PYTHON))
        return fault("Python", f"Version {told}.", f"Install Python {needed} or newer.")
    return fine("Python", f"Version {told} at {sys.executable}.")


def check_packages(constraints: Path) -> Finding:
    """Whether the packages that the program needs are there, in the versions that were tested."""
    installed = installed_packages()
    missing = sorted(required_packages() - installed.keys())
    if missing:
        return fault("Packages", f"Missing: {_listed(missing)}.", _INSTALL)
    if not constraints.is_file():
        n_needed = len(required_packages())
        return fine("Packages", f"All {n_needed} are there; which versions were tested is unknown.")
    pinned = {
        plain_name(name): version
        for name, version in _PINNED.findall(constraints.read_text(encoding="utf-8"))
    }
    return compare_packages(installed, pinned)


def compare_packages(installed: Mapping[str, str], pinned: Mapping[str, str]) -> Finding:
    """
    Whether installed packages are of the versions that were tested.

    What follows a `+` says how a package was built, and does not count.
    """
    shared = sorted(installed.keys() & pinned.keys())
    other = [
        f"{name} {installed[name]} (tested: {pinned[name]})"
        for name in shared
        if installed[name].split("+")[0] != pinned[name].split("+")[0]
    ]
    if other:
        return warning("Packages", f"Other versions than were tested: {_listed(other)}.", _INSTALL)
    return fine("Packages", f"{len(shared)} are of the versions that were tested.")


def installed_packages() -> dict[str, str]:
    """The installed packages and their versions, by plain name."""
    found: dict[str, str] = {}
    for package in metadata.distributions():
        name = package.metadata["Name"]
        if name:
            found.setdefault(plain_name(name), package.version)
    return found


def required_packages() -> set[str]:
    """Plain names of the packages without which the program does not run."""
    try:
        needed = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        needed = []
    names = (_REQUIRED.match(one) for one in needed if "extra ==" not in one)
    return {plain_name(name[0]) for name in names if name}


def plain_name(name: str) -> str:
    """
    A package's name as all its spellings have it.

    >>> plain_name("typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def check_encoder(settings: Settings) -> Finding:
    """Whether the encoder's weights are there, are the published ones, and are made ready."""
    try:
        model = base_model(settings)
    except MachineError as error:
        return fault("Encoder", str(error), _INSTALL)
    which = "all-MiniLM-L6-v2" if settings.encoder is None else f"The encoder in {settings.encoder}"
    is_ready = is_exported(model.export_folder(settings.cache_folder, settings.encoder_precision))
    ready = "made ready" if is_ready else "it is made ready when it is first used"
    return fine("Encoder", f"{which}, SHA-256 {model.digest}; {ready}.")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
