"""Examples in docstrings are run, so that they stay true."""

import doctest
import importlib
import pkgutil

import pytest

import app
import rhml_core

MODULES = [
    module.name
    for package in (app, rhml_core)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith(".main")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_exist():
    """Were the examples no longer found, the test above would pass on nothing."""
    found = doctest.DocTestFinder().find(importlib.import_module("app.guard"))

    assert any(example.examples for example in found)
