from rhml_core.exchange.html_document import Section, Table
from rhml_core.exchange.journal_documents import journal_html, journal_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "pay\u202epal\u200b",
]


def test_document_holds_title_facts_lines_and_tables():
    table = Table(("concept", "label"), [["a|b", "spam"]])
    sections = [Section("Part *1*", ["first", "second"], svg="<svg/>", table=table)]

    text = journal_markdown("Journal", "Since Monday: 1.", [("Project", "Mail")], sections)

    assert text == (
        "# Journal\n\nSince Monday\\: 1\\.\n\n|  |  |\n| --- | --- |\n| Project | Mail |\n\n"
        "## Part \\*1\\*\n\n- first\n- second\n\n| concept | label |\n| --- | --- |\n"
        "| a\\|b | spam |\n"
    )


def test_html_has_no_script_and_asks_no_other_host():
    sections = [Section("Part", HOSTILE, table=Table(("h",), [[one] for one in HOSTILE]))]

    page = journal_html("<i>", "<b>", [("<u>", "<s>")], sections)

    assert "<script" not in page
    assert "<img" not in page
    assert "href" not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page
