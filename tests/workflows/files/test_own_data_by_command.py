"""A team's workbook by command line: the same ways as in the browser."""

import csv
import json
import os

from tests.browser.own_workbook import DEMO, OWN_WORDS, write_own_workbook
from tests.serving import run_rhml


def test_workbook_and_its_own_labels_come_in(tmp_path, encoder_cache):
    book = tmp_path / "own.xlsx"
    write_own_workbook(book, n_messages=120, n_repeated=6, n_labelled=60)
    place = {"cwd": tmp_path, "env": os.environ | {"RHML_CACHE": str(encoder_cache)}}

    def rhml(*words, **options):
        return run_rhml(*words, "--db", "own.duckdb", **place, **options)

    rhml("project", "create", "Desk", "--codebook", DEMO / "codebook.csv")
    messages = rhml(
        *("import", "messages", book, "--project", "Desk", "--holdout-share", "0.2"),
        *("--skip-faulty", "--skip-repeated", "--json"),
    )
    labels = ["import", "labels", book, "--project", "Desk", "--label-column", "Einstufung"]
    labels += ["--expert", "Ana", "--skip-unlabelled", "--skip-faulty", "--json"]
    refused = rhml(*labels[:-3], check=False)
    answers = [f"{word}={label}" for label, word in OWN_WORDS.items()] + ["???="]
    told = [part for answer in answers for part in ("--map", answer)]
    taken = json.loads(rhml(*labels, *told, "--new-label", "politics").stdout)

    document = json.loads(messages.stdout)
    assert "sheet: Nachrichten 2025 (of Hinweise, Nachrichten 2025)" in messages.stderr
    assert "column 'Einstufung' is kept apart" in messages.stderr
    assert document["n_messages"] + document["n_left_out"] + document["n_repeats_left_out"] == 120
    assert refused.returncode == 1
    assert "The codebook has no label" in refused.stderr
    assert taken["new_labels"] == ["politics"]
    assert taken["n_word_left_out"] == 4  # "???"
    assert taken["n_labels"] + taken["n_left_out"] == 60 - 4


def test_word_without_a_sign_is_explained(tmp_path, encoder_cache):
    with (tmp_path / "l.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["message_id", "expert", "label"], ["1", "Ana", "x"]])

    done = run_rhml(
        *("import", "labels", tmp_path / "l.csv", "--project", "Desk", "--map", "x"),
        *("--db", tmp_path / "own.duckdb"),
        check=False,
        env=os.environ | {"RHML_CACHE": str(encoder_cache)},
    )

    assert done.returncode == 1
    assert "'x' is not of the form WORD=LABEL" in done.stderr
