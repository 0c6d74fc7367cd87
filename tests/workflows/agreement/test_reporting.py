"""The report can be sent to anyone: one file, no script, no address, nothing but what may be in."""

import json
import re
from html.parser import HTMLParser
from io import BytesIO

import polars as pl
import pytest

from rhml_core.domain import Role
from rhml_core.measures.agreement.label_confusion import label_confusion
from rhml_core.store import judgements
from rhml_core.workflows import people
from rhml_core.workflows.agreement import reporting as agreement_reporting
from rhml_core.workflows.agreement.reporting import gather_report, report_html, report_tables
from tests.serving import run_rhml
from tests.workflows.agreement.test_agreement import _votes

HOSTILE = "=cmd()<script>alert(1)</script>"
TEXT = "<img src=x onerror=alert(1)> pay \u202e now"


@pytest.fixture
def judged(place, team, project, add_messages, add_labels):
    """Sixty messages, one of them hostile; so is the name of one who judged."""
    people.add_person(place, team["sue"], HOSTILE, Role.EXPERT)
    add_messages({"m0": TEXT} | {f"m{n}": f"text number {n}" for n in range(1, 60)})
    add_labels(_votes(60, people=("Ana", "Ben", HOSTILE)))
    return project


class _Elements(HTMLParser):
    """Collects the elements and attributes of a document."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def _elements(html):
    read = _Elements()
    read.feed(html)
    return read


def test_report_needs_nothing_but_itself(place, team, judged):
    html = report_html(gather_report(place, team["sue"], judged.project_id))
    read = _elements(html)

    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", html)
    assert read.tags.isdisjoint({"script", "link", "iframe", "object", "img", "image"})
    assert not [name for name, _ in read.attributes if name in {"src", "href"} or name[:2] == "on"]
    assert html.count("<svg") >= 2


def test_hostile_names_are_shown_as_text(place, team, judged):
    html = report_html(gather_report(place, team["sue"], judged.project_id))

    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html


def test_texts_are_in_it_only_where_wanted(place, team, judged):
    without = report_html(gather_report(place, team["sue"], judged.project_id))
    material = gather_report(place, team["sue"], judged.project_id, with_texts=True)

    assert "text number" not in without
    assert "text number" in report_html(material)
    assert "\u202e" not in report_html(material)


def test_report_has_the_figures_their_intervals_and_what_they_are_of(place, team, judged):
    material = gather_report(place, team["sue"], judged.project_id)

    html = report_html(material)

    alpha = material.overview.now.alpha.interval
    assert f"{alpha.value:.2f} [{alpha.low:.2f}, {alpha.high:.2f}]" in html
    assert "version 1" in html
    assert "no run yet" in html
    assert "Intervals are 95 %" in html


def test_only_supervisors_reports_say_how_good_single_people_are(place, team, judged):
    of_boss = gather_report(place, team["sue"], judged.project_id)
    of_viewer = gather_report(place, team["vic"], judged.project_id)

    assert "Competence" in report_html(of_boss)
    assert "Competence" not in report_html(of_viewer)
    assert of_viewer.consensus is None


def test_workbook_holds_the_tables_and_no_formula(place, team, judged):
    material = gather_report(place, team["sue"], judged.project_id)

    content = report_tables(material)

    pairs = pl.read_excel(BytesIO(content), sheet_name="Pairs")
    assert pairs["n"].to_list() == material.pairs["n"].to_list()
    assert pairs["kappa"].to_list() == pytest.approx(material.pairs["kappa"].to_list())
    cells = [*pairs["a"], *pairs["b"]]
    assert "'" + HOSTILE in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_workbook_says_how_likely_each_label_is_and_which_labels_meet(place, team, judged):
    labels = judgements.current_labels(place.db, judged.project_id)
    material = gather_report(place, team["sue"], judged.project_id)

    content = report_tables(material)

    posterior = pl.read_excel(BytesIO(content), sheet_name="Posterior")
    confusion = pl.read_excel(BytesIO(content), sheet_name="Confusion")
    sums = posterior.group_by("message_id").agg(pl.col("probability").sum())
    assert posterior.columns == ["message_id", "label", "probability"]
    assert set(posterior["message_id"]) == set(labels["message_id"])
    assert sums["probability"].to_list() == pytest.approx([1.0] * 60)
    assert confusion.rows() == label_confusion(labels).rows()


def test_only_supervisors_workbooks_say_what_votes_come_to(place, team, judged):
    """To an expert they would tell what colleagues said of messages still to judge."""
    for name in ("ana", "vic"):
        content = report_tables(gather_report(place, team[name], judged.project_id))

        sheets = pl.read_excel(BytesIO(content), sheet_id=0)
        assert "Confusion" in sheets
        assert "Posterior" not in sheets


def test_posterior_too_long_for_a_sheet_leaves_out_what_is_least_likely(
    place, team, judged, monkeypatch
):
    """Excel drops what is beyond its last row without a word."""
    material = gather_report(place, team["sue"], judged.project_id)
    monkeypatch.setattr(agreement_reporting, "_MOST_ROWS", 70)

    posterior = pl.read_excel(BytesIO(report_tables(material)), sheet_name="Posterior")

    assert posterior.height == 70
    assert posterior["message_id"].n_unique() == 60


def test_report_of_an_empty_project_says_what_is_missing(place, team, project):
    html = report_html(gather_report(place, team["vic"], project.project_id))

    assert "no two of them share a message" in html
    assert "nan" not in html.lower().replace("finance", "")


def test_command_writes_what_the_page_offers(tmp_path, place, team, judged):
    database = place.settings.database
    page, book = tmp_path / "agreement.html", tmp_path / "agreement.xlsx"
    place.close()

    done = run_rhml(
        "agreement",
        *("--project", "Mail", "--db", database, "--json"),
        *("--report", page, "--tables", book),
    )

    document = json.loads(done.stdout)
    assert document["report"] == str(page)
    assert f"n = {document['n_messages']} messages" in page.read_text()
    assert pl.read_excel(book, sheet_name="Pairs").height == len(document["pairs"])


def test_command_says_where_it_cannot_write(tmp_path, place, team, judged):
    database = place.settings.database
    place.close()

    done = run_rhml(
        "agreement",
        *("--project", "Mail", "--db", database),
        *("--report", tmp_path / "nowhere" / "r.html"),
        check=False,
    )

    assert done.returncode == 1
    assert "cannot be written" in done.stderr
