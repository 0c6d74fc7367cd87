"""The whole job on real posts through the command line alone, as a script would do it."""

import csv
import json
import os
import random

import pytest

from tests.serving import run_rhml

LABELS = ("CTI-Positive", "CTI-Negative")
N_HOLDOUT, N_LABELS, ERROR_RATE = 500, 64, 0.1


@pytest.fixture(scope="module")
def posts(datasets):
    """The 2,497 real posts."""
    with (datasets / "single" / "cti_ann_posts.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def prepared(posts, tmp_path_factory):
    """The script's inputs: posts, hold-out reference, labels of two simulated experts."""
    folder = tmp_path_factory.mktemp("cti")
    chance = random.Random(20)
    held_out = set(chance.sample([post["id"] for post in posts], N_HOLDOUT))
    pool = [post for post in posts if post["id"] not in held_out]
    by_label = {label: [post for post in pool if post["label"] == label] for label in LABELS}
    judged = [post for label in LABELS for post in chance.sample(by_label[label], N_LABELS // 2)]

    def write(name, header, rows):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    write(
        "codebook.csv",
        ["label", "definition"],
        [("CTI-Positive", "About a cyber threat."), ("CTI-Negative", "Anything else.")],
    )
    write(
        "messages.csv",
        ["id", "text", "split"],
        [
            (post["id"], post["text"], "holdout" if post["id"] in held_out else "pool")
            for post in posts
        ],
    )
    write(
        "gold.csv",
        ["message_id", "expert", "label"],
        [(post["id"], "gold", post["label"]) for post in posts if post["id"] in held_out],
    )
    rows = []
    for expert in ("Simulated A", "Simulated B"):
        for post in judged:
            is_wrong = chance.random() < ERROR_RATE
            other = LABELS[1 - LABELS.index(post["label"])]
            rows.append((post["id"], expert, other if is_wrong else post["label"]))
    write("labels.csv", ["message_id", "expert", "label"], rows)
    return folder


@pytest.fixture(scope="module")
def rhml(prepared, encoder_cache):
    """Run a command on the script's database; its JSON document."""

    def run(*words):
        done = run_rhml(
            *words,
            "--db",
            prepared / "cti.duckdb",
            "--json",
            cwd=prepared,
            env=os.environ | {"RHML_CACHE": str(encoder_cache)},
        )
        return json.loads(done.stdout)

    return run


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_loop_on_real_posts(rhml):
    """Every document keeps its shape, since scripts of others read them."""
    rhml("project", "create", "cti", "--codebook", "codebook.csv")
    imported = rhml(
        "import", "messages", "messages.csv", "--project", "cti", "--split-column", "split"
    )
    rhml("import", "labels", "gold.csv", "--project", "cti", "--adjudicated")
    labelled = rhml("import", "labels", "labels.csv", "--project", "cti")

    fast = rhml("train", "--project", "cti", "--recipe", "fast")
    setfit = rhml("train", "--project", "cti", "--recipe", "setfit")
    agreement = rhml("agreement", "--project", "cti")
    journal = rhml("journal", "--project", "cti")

    assert (imported["n_messages"], imported["n_holdout"]) == (2497, N_HOLDOUT)
    assert labelled["n_labels"] == 2 * N_LABELS
    for run, recipe in ((fast, "fast"), (setfit, "setfit")):
        assert run["recipe"] == recipe
        assert run["seconds"] > 0
        metrics = run["metrics"]
        assert metrics["n_holdout"] == N_HOLDOUT
        low, high = metrics["macro_f1_ci"]
        assert low <= metrics["macro_f1"] <= high
        assert {entry["label"] for entry in metrics["per_label"]} == set(LABELS)
        # Chance level for this imbalance is about 0.46; a working machine is far above it.
        assert metrics["macro_f1"] > 0.65
        assert metrics["accuracy"] > 0.7
    assert agreement["n_messages"] == N_LABELS
    assert agreement["n_judgements"] == 2 * N_LABELS
    assert 0.3 < agreement["alpha"] < 0.95
    assert agreement["alpha_ci"][0] <= agreement["alpha"] <= agreement["alpha_ci"][1]
    assert {(pair["a"], pair["b"]) for pair in agreement["pairs"]} == {
        ("Simulated A", "Simulated B"),
        ("Simulated A", "model"),
        ("Simulated B", "model"),
    }
    assert all(pair["n"] == N_LABELS for pair in agreement["pairs"])
    assert journal["concepts"]
    for concept in journal["concepts"]:
        assert {
            "id",
            "label",
            "kind",
            "terms",
            "term_f1",
            "n_for",
            "n_against",
            "status",
            "is_new",
        } <= set(concept)
        assert 0 <= concept["term_f1"] <= 1


def test_failure_is_one_line_and_status_1(tmp_path):
    done = run_rhml(
        "agreement", "--project", "nothing", "--db", tmp_path / "a.duckdb", "--json", check=False
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip().count("\n") == 0
    assert "There is no project 'nothing'" in done.stderr


def test_wrong_usage_is_status_2(tmp_path):
    done = run_rhml("train", "--db", tmp_path / "a.duckdb", check=False)

    assert done.returncode == 2


def test_help_starts_without_the_machine():
    """People ask for help often; torch and scikit-learn would take seconds."""
    done = run_rhml("--help")

    assert "import" in done.stdout
    assert "train" in done.stdout
