"""A lexicon comes in from a file as a whole, and goes out as one that reads back the same."""

import pytest

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.lexicon import TermSource
from rhml_core.workflows import projects
from rhml_core.workflows.lexicon import file_check as lexicon_file_check
from rhml_core.workflows.lexicon import lexicon, lexicon_import
from rhml_core.workflows.lexicon.lexicon_import import check_lexicon, export_lexicon, import_lexicon

HEADER = "Labeling,Category,Sub-Category,Words,Phrases,Patterns,Website.links,Notes\n"


@pytest.fixture
def check(place, team, project):
    """What importing rows below the usual header would do, for Ana."""

    def check_rows(*rows, labels=None):
        return check_lexicon(
            place,
            team["ana"],
            project.project_id,
            (HEADER + "\n".join(rows) + "\n").encode(),
            "codes.csv",
            labels=labels,
        )

    return check_rows


@pytest.fixture
def take(place, team, project):
    """Import what was checked, as Ana."""

    def take_checked(checked, key="import"):
        return import_lexicon(place, team["ana"], project.project_id, checked, key=key)

    return take_checked


@pytest.fixture
def shown(place, team, project):
    """What stands: term, label, category and reason of each."""

    def read():
        found = lexicon.get_lexicon(place, team["vic"], project.project_id)
        return {(one.expression, one.label, one.category) for one in found.terms}

    return read


def test_check_tells_new_known_doubled_and_faulty_terms_apart(
    place, team, project, check, take, shown
):
    lexicon.add_term(
        place, team["ben"], project.project_id, "pills", label="spam", category="Shop", key="a"
    )

    checked = check(
        'spam,Offers,,"pills, offer",,sell; (a,,',
        "ham,,,pills,middle man,,,",
        'ham,,,,middle man,,not-a-domain,"seen, twice"',
    )

    assert (checked.n_new, checked.n_there, checked.n_other_label, checked.n_faulty) == (3, 2, 1, 2)
    assert checked.problems.select("row", "problem", "severity").rows() == [
        (2, "faulty_term", "error"),
        (2, "known_term", "warning"),
        (3, "two_labels", "warning"),
        (4, "faulty_term", "error"),
        (4, "known_term", "warning"),
    ]
    said = "\n".join(checked.problems["explanation"])
    assert "“sell; (a”: A bracket is opened and never closed" in said
    assert "“link:not-a-domain”: The link names no domain" in said
    assert "“middle man” stands in row 3 under ham already" in said
    with pytest.raises(InvalidInputError, match=r"2 rows have errors.* row 2: “sell; \(a”"):
        take(checked)
    assert shown() == {("pills", "spam", "Shop")}

    saved = take(checked.without_faulty_rows(), key="again")

    assert len(saved.terms) == 3
    assert shown() == {
        ("pills", "spam", "Shop"),
        ("offer", "spam", "Offers"),
        ("pills", "ham", ""),
        ("middle man", "ham", ""),
    }


def test_imported_terms_are_one_version_with_their_source(place, team, project, check, take):
    saved = take(check('spam,Offers,Price,"pills, offer",,,shop.example,seen often'))
    again = take(check("spam,,,other,,,,"))

    versions = lexicon.list_lexicon_versions(place, team["ana"], project.project_id)
    (only,) = versions
    events = place.db.rows("SELECT kind FROM audit WHERE kind LIKE 'lexicon%' ORDER BY seq")

    assert (only.note, only.n_added, only.changed_by) == (
        "Imported from codes.csv.",
        3,
        team["ana"].person_id,
    )
    assert {(one.source, one.author_id) for one in saved.terms} == {
        (TermSource.IMPORT, team["ana"].person_id)
    }
    assert again.version == 1  # the same key is the same act
    assert [row["kind"] for row in events] == ["lexicon_imported"]


def test_labels_that_the_codebook_lacks_are_refused_with_their_rows_or_mapped(check, take, shown):
    refused = check("Spam,,,pills,,,,", "junk,,,offer,,,,", ",,,lunch,,,,")
    mapped = check("Spam,,,pills,,,,", "junk,,,offer,,,,", labels={"Spam": "spam", "junk": "ham"})

    said = refused.problems["explanation"].to_list()
    assert refused.problems["row"].to_list() == [2, 3, 4]
    assert "no label 'Spam'. Did you mean 'spam'? Add the label to the codebook first" in said[0]
    assert "no label 'junk'. Add" in said[1]
    assert "The row has no label" in said[2]
    take(mapped)
    assert shown() == {("pills", "spam", ""), ("offer", "ham", "")}
    with pytest.raises(InvalidInputError, match="no label 'no' to import terms under"):
        check("Spam,,,pills,,,,", labels={"Spam": "no"})


def test_label_that_is_none_is_one_fault_of_its_row_however_long_it_is(check):
    """Its terms would each repeat it."""
    checked = check(f'{"L" * 50_000},,,"{",".join(f"w{n}" for n in range(500))}",,,,')

    (said,) = checked.problems["explanation"]
    assert checked.n_faulty == 500
    assert "“w0” and 499 more: The codebook has no label 'LLL" in said
    assert len(said) < 300


def test_long_terms_and_reasons_are_refused_and_quoted_short(check):
    checked = check(f"spam,,,{'x' * 5_000},,,{'a.' * 5_000}example,")

    assert checked.n_faulty == 2
    assert all("characters; at most 2,000" in said for said in checked.problems["explanation"])
    assert max(len(said) for said in checked.problems["explanation"]) < 250


def test_further_columns_are_bounded_by_cell_and_by_file(check, monkeypatch):
    """Their cells are kept once for each term of a row."""
    long = check(f'spam,,,"pills, offer",,,,{"x" * 1_001}')
    monkeypatch.setattr(lexicon_file_check, "MOST_FURTHER", 2_500)

    assert (long.n_new, long.n_faulty) == (0, 2)
    assert "“Notes” has a text of 1,001 characters" in long.problems["explanation"][0]
    assert check(f'spam,,,"pills, offer",,,,{"x" * 1_000}').n_new == 2
    with pytest.raises(InvalidInputError, match="more than 2,500 characters"):
        check(f'spam,,,"pills, offer, tea",,,,{"x" * 1_000}')


def test_upload_is_checked_once_until_the_lexicon_changes(place, team, project, check, monkeypatch):
    first = check("spam,,,pills,,,,")
    monkeypatch.setattr(lexicon_import, "read_file", None)
    again = check("spam,,,pills,,,,")
    monkeypatch.undo()
    lexicon.add_term(place, team["ben"], project.project_id, "pills", label="spam", key="b")

    assert again is first
    assert (first.n_new, check("spam,,,pills,,,,").n_new) == (1, 0)


def test_what_a_colleague_added_since_the_check_is_not_added_again(
    place, team, project, check, take, shown
):
    checked = check('spam,,,"pills, offer",,,,')
    lexicon.add_term(place, team["ben"], project.project_id, "pills", label="spam", key="b")

    saved = take(checked)
    nothing = take(check('spam,,,"pills, offer",,,,'), key="second")

    assert [one.expression for one in saved.terms] == ["offer"]
    assert len(shown()) == 2
    assert (nothing.version, nothing.terms) == (2, ())


def test_rows_without_terms_are_told_and_left_aside(check):
    checked = check("spam,Offers,,,,,,later", "spam,,,pills,,,,")

    assert checked.problems.select("row", "problem", "severity").rows() == [
        (2, "no_term", "warning")
    ]
    assert checked.n_new == 1


def test_viewers_export_and_do_not_import(place, team, project, check, take):
    take(check("spam,,,pills,,,,"))

    content = export_lexicon(place, team["vic"], project.project_id, ending=".csv")

    assert content.decode().splitlines()[1].startswith("spam,,,pills,")
    with pytest.raises(NotAllowedError):
        check_lexicon(place, team["vic"], project.project_id, content, "l.csv")
    with pytest.raises(InvalidInputError, match=r"\.xlsx or \.csv"):
        export_lexicon(place, team["vic"], project.project_id, ending=".pdf")


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_exported_lexicon_imports_as_the_same_lexicon(place, team, project, check, take, ending):
    """Whatever kind the terms are of, with their categories, reasons and further columns."""
    take(
        check(
            'spam,Offers,Price,"pills, offer",middle man,"sell; (a, b) AND c","shop.example",=1+1',
            "ham,=Lunch,,noon,,,,",
        )
    )
    ana = team["ana"]
    lexicon.add_term(
        place, ana, project.project_id, "tea", label="ham", reason="-they\nsay", key="t"
    )
    labels = [Label("ham"), Label("spam")]
    other = projects.create_project(place, team["sue"], "Other", labels)

    content = export_lexicon(place, ana, project.project_id, ending=ending)
    checked = check_lexicon(place, ana, other.project_id, content, f"l{ending}")
    import_lexicon(place, ana, other.project_id, checked, key="round")

    def stands(where):
        found = lexicon.get_lexicon(place, ana, where)
        return [
            (one.expression, one.kind, one.label, one.category, one.sub_category, one.reason)
            for one in found.terms
        ]

    assert checked.problems.is_empty()
    assert stands(other.project_id) == stands(project.project_id)
    assert len(stands(other.project_id)) == 7
    again = export_lexicon(place, ana, other.project_id, ending=".csv").decode()
    assert again.count("'=1+1") == 5
