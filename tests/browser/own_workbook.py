"""A workbook such as a team has: odd column names, notes first, blanks, repeats, own labels."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter

DEMO = Path(__file__).parents[2] / "data" / "demo"
SHEET = "Nachrichten 2025"
HEADER = ("ID#", "Kanal ", "Datum/Zeit", "Verfasser/in", "Nachricht (Text)", "", "Einstufung")
OPENINGS = (
    *("", "update: ", "again for those who asked: ", "moved here from another board. "),
    *("short version: ", "as promised, ", "to whom it concerns: ", "second try. "),
)
OWN_WORDS = {
    "sale": "Sale!",
    "leak": "LEAK ",
    "tooling": "tools",
    "recruit": "recruit",
    "question": "question?",
    "chatter": "smalltalk",
}
"""The codebook's label -> what this team wrote for it."""

ODD_WORDS = ("???", "politics")
"""Labels of theirs that the codebook has nothing for."""

HOSTILE = (
    "<script>window.wasRun=1</script><img src=x onerror='window.wasRun=1'> two logins for sale",
    '=HYPERLINK("http://evil.example","open me")',
    "pay \u202eevil\u202c now \u200b through escrow",
    "![x](http://evil.example/x.png) **bold** $x$ [go](javascript:window.wasRun=1)",
)
N_BLANK_ROWS, N_WITHOUT_TEXT, N_REPEATED_IDS, N_LONG, N_ODD_LABELS = 12, 10, 3, 2, 8
_BEGUN = datetime(2025, 3, 3, 9, 30, tzinfo=UTC).replace(tzinfo=None)  # Excel knows no zone


def own_rows(n_messages, n_repeated, n_labelled):
    """
    Rows as `HEADER` names them, `n_messages` of them, blank rows not counted.

    The first `n_labelled` carry a label of the team's own words, the last of these one that the
    codebook does not have. Then come messages without any label, `n_repeated` exact repeats,
    texts that are hostile or very long, rows without a text, and identifiers that stand twice.
    """
    known = pl.read_csv(DEMO / "messages.csv", infer_schema=False)
    n_plain = n_messages - n_repeated - len(HOSTILE) - N_LONG - N_WITHOUT_TEXT - N_REPEATED_IDS
    said = [
        (f"{opening}{text}", label, author)
        for opening in OPENINGS
        for text, label, author in known.select("text", "label", "author").iter_rows()
    ][:n_plain]
    if len(said) < n_plain:
        raise ValueError(f"There are {len(said)} different texts, not {n_plain}.")
    rows = []
    for place, (text, label, author) in enumerate(said):
        own = OWN_WORDS[label] if place < n_labelled else ""
        if n_labelled - N_ODD_LABELS <= place < n_labelled:
            own = ODD_WORDS[place % 2]
        rows.append([1_001 + place, "board", _written(place), author, text, "", own])
    rows += [[*row[:4], row[4], "", ""] for row in rows[:n_repeated]]
    rows += [["", "dm", "", "", text, "", ""] for text in HOSTILE]
    rows += [["", "dm", "", "", f"{n} " + "long story " * 1_500, "", ""] for n in range(N_LONG)]
    rows += [["", "board", _written(n), "", " ", "", ""] for n in range(N_WITHOUT_TEXT)]
    for place in range(n_plain, n_plain + n_repeated + len(HOSTILE) + N_LONG + N_WITHOUT_TEXT):
        rows[place][0] = 1_001 + place
    rows += [
        [1_001 + n, "board", "", "", f"late remark {n}", "", ""] for n in range(N_REPEATED_IDS)
    ]
    return rows


def _written(place):
    """The same day in one of two spellings, now and then one that nobody can tell."""
    at = _BEGUN + timedelta(minutes=17 * place)
    if place % 500 == 499:
        return at.strftime("%m/%d/%Y")
    return at if place % 2 else at.strftime("%d.%m.%Y %H:%M")


def write_own_workbook(path, *, n_messages=5_000, n_repeated=200, n_labelled=400):
    """Write the workbook: a sheet of notes, the messages with blank rows between, an empty one."""
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        notes = book.add_worksheet("Hinweise")
        notes.write_column(0, 0, ["Export of the moderation desk", "Please do not pass on"])
        sheet = book.add_worksheet(SHEET)
        book.add_worksheet("Tabelle3")
        sheet.write_row(0, 0, HEADER)
        rows = own_rows(n_messages, n_repeated, n_labelled)
        every = max(1, len(rows) // N_BLANK_ROWS)
        at = 1
        for place, row in enumerate(rows):
            if place % every == every - 1 and place // every < N_BLANK_ROWS:
                at += 1
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, column, cell, day)
                elif cell != "":
                    sheet.write(at, column, cell)
            at += 1
