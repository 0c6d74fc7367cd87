"""One name for one thing: what people read never falls back to a second name."""

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

from rhml_core.cli import app as command_line

ROOT = Path(__file__).parents[2]
READ_BY_PEOPLE = [
    *sorted((ROOT / "app").rglob("*.py")),
    *sorted((ROOT / "rhml_core" / "cli").rglob("*.py")),
    *sorted((ROOT / "rhml_core" / "workflows").rglob("*.py")),
    *sorted((ROOT / "rhml_core" / "measures").rglob("*.py")),
]
PATTERNS_IN_MARKUP = re.compile(r"<[a-z/!]|\{[^}]*:[^}]*;|--[a-z]|%[sd]")
SECOND_NAMES = {
    r"(?<![-\w])models?\b": "machine, run or encoder",
    r"\bAI\b": "machine",
    r"\bgold\b": "reference",
    r"\bground truth\b": "reference",
    r"\bannotat": "label, expert",
    r"\braters?\b": "people, expert",
    r"\bcoders?\b": "expert",
    r"\busers?\b": "people, expert",
    r"\bdatasets?\b": "messages",
    r"\bdocuments?\b": "message",
    r"\b(?:the|of) pool\b": "messages to learn from",
    r"\bunaided\b": "without the machine",
    r"\bhit shares?\b": "lexicon alone",
    r"\bwords alone\b": "lexicon alone",
    r"\bout of fold\b": "had not learnt from",
    r"\bdialogues?\b": "thread",
    r"\bhyperparameters?\b": "recipe",
}
"""What must not be read -> the word to use."""
ALLOWED = {
    "Print one JSON document.",
    "the machine opened %d dialogues in %s",
}
"""A file format's own word, and a line of the log."""


def strings_of(path):
    """The strings of a module that a person may read: not docstrings, keys or markup."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in bare
        and " " in node.value.strip()
        and not PATTERNS_IN_MARKUP.search(node.value)
    ]


def second_names(text):
    """The second names in a text, each with the word to use."""
    return [
        f"{found[0]!r} (say: {better})"
        for name, better in SECOND_NAMES.items()
        if (found := re.search(name, text, re.IGNORECASE if name != r"\bAI\b" else 0))
    ]


def test_strings_of_pages_and_workflows_use_one_name_for_one_thing():
    """A second name makes a newcomer look for a second thing."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name} in {text!r}"
        for path in READ_BY_PEOPLE
        for line, text in strings_of(path)
        if text.strip() not in ALLOWED
        for name in second_names(text)
    ]

    assert found == []


def _help_of(command):
    """All help texts of a command and those below it."""
    yield command.help or ""
    for option in command.params:
        yield getattr(option, "help", "") or ""
    for below in getattr(command, "commands", {}).values():
        yield from _help_of(below)


def test_help_of_the_command_line_uses_one_name_for_one_thing():
    texts = list(_help_of(get_command(command_line)))

    found = [f"{name} in {text!r}" for text in texts for name in second_names(text)]

    assert len(texts) > 50, "the command line says hardly anything: is it read?"
    assert [one for one in found if "'Print one JSON document.'" not in one] == []


@pytest.mark.parametrize("text", ["asks the model", "The AI says", "two raters", "gold labels"])
def test_second_names_are_found(text):
    assert second_names(text)


def test_glossary_explains_the_words_of_the_side_bar():
    """Whoever reads a page's name finds it in the glossary."""
    from app.main import SECTIONS  # noqa: PLC0415 -- starts Streamlit

    glossary = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    titles = [title for pages in SECTIONS.values() for _, title, _, _ in pages]

    plain = {"Home", "Overview", "Messages", "Team", "Settings", "My learning", "Label review"}

    assert [title for title in titles if title not in plain and title not in glossary] == []
    assert len(glossary.splitlines()) <= 60
