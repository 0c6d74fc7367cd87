"""Lexicons from Fusion-style tables, and back."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.lexicons import ReadTerm, read_terms, write_terms
from rhml_core.exchange.safe_cells import guard_formulas
from rhml_core.exchange.tables import read_table
from rhml_core.exchange.workbook import workbook
from rhml_core.lexicon import Term, TermKind

FUSION = (
    "Labeling,Category,Sub-Category,Words,Phrases,Patterns,Website.links,Analyst note\n"
    'Sale,Offer,Price,"escrow, PGP\nBTC","middle man, sold AND paid",'
    '"sell; (exploit, zero day) AND price\nbuy; (a | b), trade",'
    '"example.com, https://www.shop.example/x",seen often\n'
    "Talk,,,hello,,,,\n"
    "Talk,Chat,,,,,,none yet\n"
)


def read(text, name="l.csv"):
    raw = text if isinstance(text, bytes) else text.encode()
    return read_terms(read_table(raw, name), most=20)


def test_cells_hold_several_terms_and_patterns_keep_their_commas():
    found, without = read(FUSION)

    assert [(one.row, one.text) for one in found] == [
        (2, "escrow"),
        (2, "pgp"),
        (2, "btc"),
        (2, "middle man"),
        (2, "sold and paid"),
        (2, "sell; (exploit, zero day) AND price"),
        (2, "buy; (a | b)"),
        (2, "trade"),
        (2, "link:example.com"),
        (2, "link:https://www.shop.example/x"),
        (5, "hello"),
    ]
    assert without == [6]
    assert found[0] == ReadTerm(
        2, "escrow", "Sale", "Offer", "Price", "", {"Analyst note": "seen often"}
    )
    assert (found[-1].category, found[-1].further) == ("", {})


def test_column_names_are_read_as_r_and_people_write_them():
    found, _ = read("LABEL,sub.category,word,website links\nSale,Price,escrow,link:a.example\n")

    assert [(one.text, one.sub_category) for one in found] == [
        ("escrow", "Price"),
        ("link:a.example", "Price"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Words\nescrow\n", 'no column "labeling"'),
        ("Labeling,Category\nSale,Offer\n", "no column of terms.*Website.links"),
    ],
)
def test_missing_columns_are_named_with_the_remedy(text, said):
    with pytest.raises(InvalidInputError, match=said):
        read(text)


def test_an_open_bracket_does_not_swallow_the_next_line():
    found, _ = read('Labeling,Patterns\nSale,"sell; (a, b\nbuy; c"\n')

    assert [one.text for one in found] == ["sell; (a, b", "buy; c"]


def test_written_table_has_a_row_for_each_term():
    terms = [
        Term("t1", "pills", TermKind.WORD, "spam", "=1+1", "-x", "ana", "@you"),
        Term("t2", "link:shop.example", TermKind.LINK, "spam", author_id="ana"),
    ]

    table = write_terms(terms, authors={"ana": "Ana"}, further={"t2": {"Note": "+1"}})

    assert table.columns == [
        "Labeling", "Category", "Sub-Category", "Words", "Phrases", "Patterns", "Website.links",
        "Reason", "Term.author", "Term.source", "Term.added", "Note",
    ]  # fmt: skip
    assert table.row(0)[:4] == ("spam", "=1+1", "-x", "pills")
    assert table.row(0)[7:10] == ("@you", "Ana", "expert")
    assert table.row(1)[6] == "shop.example"
    assert table["Note"].to_list() == ["", "+1"]


def test_names_of_columns_run_no_formula_and_read_back():
    terms = [Term("t1", "pills", TermKind.WORD, "spam")]
    further = {"t1": {"=1+1": "note", "'=x": "other", "'tis": "more"}}

    table = write_terms(terms, authors={}, further=further)
    guarded = guard_formulas(table)
    found, _ = read(guarded.write_csv())
    from_excel, _ = read(workbook({"Lexicon": table}), "l.xlsx")

    assert guarded.columns[-3:] == ["'=1+1", "''=x", "'tis"]
    assert found[0].further == from_excel[0].further == further["t1"]


def test_too_many_terms_are_refused_while_they_are_counted():
    with pytest.raises(InvalidInputError, match=r"more than 20 terms.*Split it"):
        read(f'Labeling,Words\nspam,"{",".join("abcdefghijklmnopqrstuvw")}"\n')


def test_workbook_says_where_a_cell_is_cut():
    """Excel takes 32,767 characters; more would leave the cell empty without a word."""
    table = pl.DataFrame({"=Note": ["x" * 40_000, "\U0001f600" * 16_383]})

    read_back = read_table(workbook({"Lexicon": table}), "l.xlsx").frame

    assert read_back.columns == ["'=Note"]
    cut, whole = read_back["'=Note"]
    assert (len(cut), cut[-39:]) == (32_767, "x… (cut: Excel takes 32,767 characters)")
    assert len(whole) == 16_383


WORD = st.text("abcxyz0_é猫", min_size=1, max_size=6)
PHRASE = st.lists(WORD, min_size=2, max_size=3).map(" ".join)
STEP = st.one_of(WORD, st.lists(WORD, min_size=2, max_size=3, unique=True).map(
    lambda words: f"({' | '.join(words)})"))  # fmt: skip
PATTERN = st.lists(STEP, min_size=2, max_size=3).map("; ".join)
LINK = st.text("abcxyz", min_size=1, max_size=8).map(lambda name: f"link:{name}.example")
EXPRESSION = st.one_of(
    st.tuples(WORD, st.just(TermKind.WORD)),
    st.tuples(PHRASE, st.just(TermKind.PHRASE)),
    st.tuples(PATTERN, st.just(TermKind.PATTERN)),
    st.tuples(LINK, st.just(TermKind.LINK)),
)
PLAIN = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12
).map(lambda text: " ".join(text.split()))  # fmt: skip
ENTRIES = st.lists(
    st.tuples(EXPRESSION, st.sampled_from(["spam", "ham", "=x"]), PLAIN, PLAIN, PLAIN, PLAIN),
    min_size=1,
    max_size=6,
)


@hypothesis_settings(max_examples=60)
@given(entries=ENTRIES, ending=st.sampled_from([".csv", ".xlsx"]))
def test_lexicon_reads_back_as_written(entries, ending):
    """Also where a cell begins as a formula does, or with the apostrophe that guards one."""
    terms = [
        Term(f"t{place}", text, kind, label, category, sub_category, "ana", reason)
        for place, ((text, kind), label, category, sub_category, reason, _) in enumerate(entries)
    ]
    further = {f"t{place}": {"Note": entry[-1]} for place, entry in enumerate(entries)}
    table = write_terms(terms, authors={}, further=further)
    raw = (
        guard_formulas(table).write_csv().encode()
        if ending == ".csv"
        else workbook({"Lexicon": table})
    )

    found, without = read(raw, f"l{ending}")

    assert without == []
    assert [
        (one.text, one.label, one.category, one.sub_category, one.reason, one.further)
        for one in found
    ] == [
        (text, label, category, sub_category, reason, {"Note": note} if note else {})
        for (text, _), label, category, sub_category, reason, note in entries
    ]
