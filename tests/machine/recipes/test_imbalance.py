import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.recipes.catalogue import RECIPES
from rhml_core.machine.recipes.imbalance import rare_labels, recommended_recipe


def test_label_with_under_a_third_of_an_equal_share_is_rare():
    """Of 60 messages of two labels an equal share is 30, and a third of it 10."""
    assert rare_labels({"ham": 51, "spam": 9}) == ("spam",)
    assert rare_labels({"ham": 50, "spam": 10}) == ()


def test_rarest_label_comes_first():
    assert rare_labels({"a": 90, "b": 3, "c": 2, "d": 30}) == ("c", "b")


def test_label_that_nobody_used_is_not_rare():
    assert rare_labels({"ham": 40, "spam": 30, "unseen": 0}) == ()


def test_shares_of_a_few_messages_tell_nothing_yet():
    assert rare_labels({"ham": 20, "spam": 1}) == ()


def test_rare_label_is_named_with_its_numbers():
    found = recommended_recipe({"ham": 190, "spam": 10})

    assert "“spam”" in found.reason
    assert "10 of 200" in found.reason


@pytest.mark.parametrize(
    ("counts", "recipe"),
    [
        ({}, "fast"),
        ({"ham": 50}, "fast"),
        ({"ham": 12, "spam": 7}, "fast"),
        ({"ham": 12, "spam": 8}, "setfit"),
        ({"ham": 12, "spam": 8, "unseen": 0}, "setfit"),
    ],
)
def test_few_labels_want_the_fast_recipe_and_more_a_tuned_one(counts, recipe):
    assert recommended_recipe(counts).recipe == recipe


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 500), max_size=6))
def test_any_counts_are_answered_with_a_known_recipe_and_one_sentence(counts):
    found = recommended_recipe(counts)

    assert found.recipe in RECIPES
    assert found.reason.endswith(".")
