"""What the program imports is what it declares, and what it declares is pinned."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"app", "rhml_core", "tests"}


def plain(name):
    """A distribution's name without version, extras and spelling, as in `scikit-learn`."""
    return re.split(r"[\[<>=~! ]", name, maxsplit=1)[0].lower().replace("_", "-")


def imported_by(*folders):
    """Other people's packages that the modules of folders import, wherever in the file."""
    found = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - OURS - set(sys.stdlib_module_names) - {"__future__"}


@pytest.mark.parametrize(
    ("folders", "declared"),
    [
        (("app", "rhml_core"), PROJECT["dependencies"]),
        (("tests",), PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]),
    ],
    ids=["program", "tests"],
)
def test_whatever_is_imported_is_declared(folders, declared):
    """What comes along with something else goes with it, too."""
    distributions = packages_distributions()
    names = {plain(one) for one in declared}

    undeclared = {
        package
        for package in imported_by(*folders)
        if not names & {plain(one) for one in distributions.get(package, ())}
    }

    assert undeclared == set()


def test_whatever_is_declared_is_pinned():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {plain(line) for line in lines if "==" in line}

    declared = [
        *PROJECT["dependencies"],
        *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
    ]

    assert [one for one in declared if plain(one) not in pinned] == []
