"""Each figure that people see says what it means and where it comes from."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.first_line import first_line_html
from app.components.interval import interval_metric
from app.components.meanings import INTERVAL, MEANINGS, meaning_of, meanings_in
from rhml_core.figures import Interval
from rhml_core.workflows.agreement.words import MEASURES
from tests.app.test_words import READ_BY_PEOPLE, ROOT, strings_of

STATISTICIANS_WORDS = re.compile(
    r"macro-F1|\bF1\b|\balpha\b|\bkappa\b|\bAC1\b|PR-AUC|\bBrier score|\bcalibration error|"
    r"\bbalanced accuracy|\bRAIR\b|\bRSR\b|elastic net|log-odds|\bcompetence\b",
    re.IGNORECASE,
)
"""What nobody outside the trade knows; written down apart from the glossary that must have it."""
EXPLAINED_WHERE_THEY_STAND = re.compile(r"RAIR|RSR|elastic net|log-odds", re.IGNORECASE)
"""These stand only in brackets, after the plain words."""


def test_every_measure_named_on_a_page_has_a_meaning():
    """A statistician's word that no tooltip explains stops a newcomer."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word!r} in {text!r}"
        for path in READ_BY_PEOPLE
        if path.is_relative_to(ROOT / "app") and path.name != "meanings.py"
        for line, text in strings_of(path)
        for word in STATISTICIANS_WORDS.findall(text)
        if not meanings_in(word) and not EXPLAINED_WHERE_THEY_STAND.fullmatch(word)
    ]

    assert found == []


def _calls(name):
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path, node


def test_metrics_take_their_meaning_from_the_glossary():
    """Else the same figure means two things on two pages."""
    calls = list(_calls("interval_metric"))
    named = [
        node.args[0].value
        for _, node in calls
        if isinstance(node.args[0], ast.Constant)
        and not any(word.arg == "measure" for word in node.keywords)
    ]
    asked = [node.args[0].value for _, node in _calls("meaning_of") if _is_plain(node)]

    assert len(calls) > 3
    assert all(meaning_of(name) for name in [*named, *asked])


def _is_plain(node):
    return isinstance(node.args[0], ast.Constant)


@pytest.mark.parametrize("one", MEANINGS, ids=lambda one: one.name)
def test_meaning_is_a_sentence_with_its_source(one):
    for sentence in (one.says, one.comes_from):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert len(one.says) < 300


def test_measures_of_agreement_mean_the_same_in_the_report():
    for name, says in MEASURES.values():
        assert meaning_of(name).startswith(says)


def test_unknown_measure_cannot_be_drawn():
    """Who draws a new figure has to say what it means first."""
    with pytest.raises(KeyError):
        interval_metric("Quality", Interval(0.5, 0.4, 0.6, 10))


def test_longest_name_wins():
    named = [one.name for one in meanings_in("term F1 0.8, macro-F1 0.7 and F1 0.6")]

    assert named == ["Term F1", "Macro-F1", "F1"]


def test_first_line_explains_its_figures_to_keys_and_fingers():
    html = first_line_html("alpha 0.72 [0.65, 0.78], n = 240 messages", note="fair")

    assert "<details><summary>What these figures mean</summary>" in html
    assert "chance is taken out" in html
    assert INTERVAL.says in html
    assert "<details>" not in first_line_html("12 messages are contested.")


@given(st.text())
def test_first_line_shows_any_text_as_text(text):
    html = first_line_html(f"<b>{text}", note=f"<img src=x>{text}")

    assert "<b>" not in html
    assert "<img" not in html
