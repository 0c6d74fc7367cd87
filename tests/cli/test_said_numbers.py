"""What commands say to people; the documents for programs are held elsewhere."""

from rhml_core.cli.agreement import _pair_line
from rhml_core.domain import MACHINE_RATER


def test_pair_with_the_machine_is_told_in_the_words_of_the_pages():
    """Only the document for programs calls it by the name under which it is stored."""
    pair = {"a": "Ana", "b": MACHINE_RATER, "kappa": 0.5, "kappa_ci": None, "n": 12}

    assert _pair_line(pair) == "Ana and the machine: kappa 0.50, n = 12"
