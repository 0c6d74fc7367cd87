"""Texts with a term taken out or put in: what stood beside it stays as it was."""

import pytest

from rhml_core.machine.heads.varied_texts import pieces_of, places_of, put, without_terms
from rhml_core.machine.terms.matching import find_terms


@pytest.mark.parametrize(
    ("term", "text", "cut"),
    [
        ("middle man", "Use a Middle  Man here", "Use a here"),
        ("sell; (exploit | 0day)", "I sell my 0day cheap", "I my cheap"),
        ("link:evil.example", "see evil.example now", "see now"),
        ("link:evil.example", "see http://evil.example/x?y=1#z now", "see now"),
        ("link:evil.example", "(hxxps[:]//www.evil[.]example:8080/a/b).", "()."),
        ("link:evil.example", "at evil.example/x, or mail", "at , or mail"),
        ("evil", "see http://evil.example/x now", "see http://.example/x now"),
        ("escrow", "nothing of it", "nothing of it"),
    ],
)
def test_terms_are_cut_where_they_match_and_links_with_their_whole_address(term, text, cut):
    assert without_terms(text, [term]) == cut
    assert not find_terms([cut], [term]).nnz


def test_a_whole_address_is_put_elsewhere_at_its_place():
    text, term = "look at https://evil.example/x please", "link:evil.example"

    into = put("come to lunch", pieces_of(text, places_of(text, [term])))

    assert into == "come to https://evil.example/x lunch"
