"""One name for one thing: what people read never falls back to a second name."""

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

from rhml_core.cli import app as command_line
from rhml_core.machine.recipes.catalogue import RECIPES
from rhml_core.workflows.training.recipe_names import recipe_name

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
    r"\bhold or revise\b": "keep or change",
    r"\bby adjudication\b": "settled",
}
"""What must not be read -> the word to use."""
ALLOWED = {
    "Print one JSON document.",
    "the machine opened %d dialogues in %s",
}
"""A file format's own word, and a line of the log."""


READ_IN_MARKUP = re.compile(r'(?:aria-label|title)="([^"]+)"')
"""What markup says to people: on hover, and to screen readers."""


def is_read(text):
    """Whether a person may read the string: several words, or one that begins like a heading."""
    return " " in text.strip() or bool(re.fullmatch("[A-Z][a-z]+", text))


def strings_of(path):
    """The strings of a module that a person may read: not docstrings, keys or markup."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    written = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare
    ]
    said = [
        (line, text)
        for line, text in written
        if is_read(text) and not PATTERNS_IN_MARKUP.search(text)
    ]
    return said + [
        (line, words) for line, text in written for words in READ_IN_MARKUP.findall(text)
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


def percentages_of(path):
    """The strings and f-strings of a module that write a percentage in another way than `96 %`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    formats = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"\.\d%", node.value)
    ]
    written = [
        line for line, text in strings_of(path) if re.search(r"\d%(?= [a-z(\[])|\d%\.?$", text)
    ]
    return [*formats, *written]


def test_percentages_are_written_in_one_way():
    """`rhml_core.figures.percent` writes them, with a space, on pages, in reports and in charts."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in READ_BY_PEOPLE
        for line in percentages_of(path)
    ]

    assert found == []


@pytest.mark.parametrize(
    "line", ['f"{share:.0%} of all"', 'axis(format=".0%")', '"a 95% interval of it"']
)
def test_other_ways_to_write_percentages_are_found(tmp_path, line):
    module = tmp_path / "page.py"
    module.write_text(f"words = {line}\n")

    assert percentages_of(module) == [1]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_a_name_for_people_that_the_glossary_knows(recipe):
    glossary = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")

    assert recipe_name(recipe) != recipe
    assert recipe_name(recipe) in glossary


def test_pages_never_write_a_recipe_as_the_store_names_it():
    """What stands in braces for people is the recipe's name; documents for programs keep it."""
    raw = re.compile(r"\{[^{}]*\.recipe\}|\{detail\['recipe'\]\}")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in READ_BY_PEOPLE
        for match in raw.finditer(path.read_text(encoding="utf-8"))
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


@pytest.mark.parametrize("written", ['"Dialogue"', "'<ol aria-label=\"Dialogue\">'"])
def test_headings_and_what_screen_readers_say_are_read_too(tmp_path, written):
    module = tmp_path / "page.py"
    module.write_text(f"words = {written}\n")

    assert [text for _, text in strings_of(module)] == ["Dialogue"]


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


def test_drop_downs_are_given_plain_text():
    """They draw no Markdown, so that `plain` would show its backslashes."""
    drop_downs = ("selectbox", "multiselect")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in drop_downs
        and any(
            re.search(r"\bplain\b", ast.unparse(word.value))
            for word in node.keywords
            if word.arg == "format_func"
        )
    ]

    assert found == []
