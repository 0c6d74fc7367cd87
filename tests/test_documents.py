"""What README and docs say is true, as far as a program can tell."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from rhml_core.cli import app as command_line
from tests.app.test_words import second_names

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "img").iterdir())
CODE = [*(ROOT / "app").rglob("*.py"), *(ROOT / "rhml_core").rglob("*.py")]
FOR_PEOPLE = ("commands", "guide-admins", "guide-experts", "guide-supervisors")
EVERYWHERE = {"--db", "--json", "--project", "--help"}
"""Options that the page of commands explains once, below its table."""


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def links_of(text):
    """Where the links and pictures of a document lead, those to other hosts left out."""
    return [
        place for place in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:", place)
    ]


def anchors_of(text):
    """What headings are called in an address."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in headings}


def leads_nowhere(document, link):
    """Whether a link of a document names no file, or a heading that its file lacks."""
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    if not target.exists():
        return True
    return bool(anchor) and anchor not in anchors_of(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document):
    links = links_of(document.read_text(encoding="utf-8"))

    assert [link for link in links if leads_nowhere(document, link)] == []


@pytest.mark.parametrize("link", ["docs/nothing.md", "docs/words.md#nothing", "#nothing"])
def test_a_link_that_leads_nowhere_is_found(link):
    assert leads_nowhere(ROOT / "README.md", link)


def test_every_picture_is_shown_by_a_document():
    """A picture that nobody shows grows old unseen."""
    shown = {
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in links_of(document.read_text(encoding="utf-8"))
    }

    assert [picture.name for picture in PICTURES if picture not in shown] == []


def commands_below(command, *names):
    """Every command that can be run: its words, and its own options."""
    below = getattr(command, "commands", {})
    if not below:
        options = {opt for one in command.params for opt in one.opts if opt.startswith("--")}
        return [(" ".join(names), options - EVERYWHERE)]
    return [found for name, one in below.items() for found in commands_below(one, *names, name)]


def test_every_command_and_option_is_documented():
    document = read("docs/commands.md")
    commands = commands_below(get_command(command_line))

    missing = [
        f"{name} {option}".strip()
        for name, options in commands
        for option in ("", *sorted(options - {"--browser"}))
        if (option or f"`{name}") not in document
    ]

    assert len(commands) > 15, "hardly any command: is the command line read?"
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{one}.md" for one in FOR_PEOPLE)])
def test_no_option_is_documented_that_no_command_has(name):
    known = {
        option for _, options in commands_below(get_command(command_line)) for option in options
    }
    text = re.sub(r"python -m tests\S* .*|pip install.*", "", read(name))

    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))

    assert written - known - EVERYWHERE - {"--no-browser"} == set()


@pytest.mark.parametrize("name", [*FOR_PEOPLE[1:], "measures", "safety", "walks"])
def test_guides_call_things_as_the_pages_do(name):
    lines = enumerate(read(f"docs/{name}.md").splitlines(), start=1)

    assert [(number, found) for number, line in lines if (found := second_names(line))] == []


def test_every_variable_of_the_environment_is_documented():
    """Who sets up a workplace or its tests finds what can be set in one place."""
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    texts = [path.read_text(encoding="utf-8") for path in [*CODE, *tests]]
    read_by_code = {
        name for text in texts for name in re.findall(r"\b(?:RHML|XDG)_[A-Z][A-Z_]+\b", text)
    }

    handed_on = {"RHML_TEST_IMPORTS"}  # by one test to the server that it starts
    document = read("docs/architecture.md")

    assert [name for name in read_by_code - handed_on if f"`{name}`" not in document] == []


def test_every_folder_and_every_lone_module_stands_in_the_architecture():
    tops = (ROOT / "app", ROOT / "rhml_core")
    inside = [*(path for top in tops for path in top.iterdir()), *(tops[1] / "workflows").iterdir()]
    names = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in inside
        if (path.is_dir() and (path / "__init__.py").exists())
        or (path.parent in tops and path.suffix == ".py" and path.name != "__init__.py")
    ]

    document = read("docs/architecture.md")

    assert [name for name in names if not re.search(rf"`[\w/]*{re.escape(name)}`", document)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_that_a_document_names_exist(document):
    """Folders are regrouped now and then; a decision should still lead to its module."""
    named = re.findall(
        r"`((?:app|rhml_core|tests|docs|data)/[\w./-]+)`", document.read_text(encoding="utf-8")
    )

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_commands_of_make_that_documents_name_exist():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = {
        word
        for document in DOCUMENTS
        for word in re.findall(
            r"(?:`|^)make (?:[A-Z]+=\S+ )?([a-z]+)\b",
            document.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }

    assert {"demo", "test", "check", "setup"} <= named
    assert named <= targets
