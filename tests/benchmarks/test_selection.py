import json

import numpy as np
import pytest

from tests.benchmarks import selection
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def folder(tmp_path):
    """A hundred and sixty texts of two labels, one of them rare."""
    rows = ["id,text,label,split"]
    for n in range(160):
        label, words = ("spam", "cheap pills offer") if n % 5 == 0 else ("ham", "meeting notes")
        rows.append(f"m{n},{words} {n} {n % 7} {n % 11},{label},")
    (tmp_path / "mail.csv").write_text("\n".join(rows))
    return tmp_path


def test_fewest_labels_are_where_the_curve_first_reaches_the_goal():
    curve = [0.2, 0.5, 0.4, 0.8]

    assert selection.n_needed(curve, 0.5, step=5) == 10
    assert selection.n_needed(curve, 0.9, step=5) is None


def test_interval_of_alike_seeds_is_their_need():
    curves = np.array([[0.2, 0.6], [0.2, 0.6]])

    assert selection.interval_of_need(curves, np.array([0.6, 0.6]), step=5) == [10, 10]


def test_document_is_well_formed_at_a_tiny_size(folder):
    document = selection.measure(
        folder,
        ["mail"],
        encoder=HashingEncoder(),
        seeds=[0],
        step=25,
        max_classes=None,
        most_pool=120,
        most_test=40,
    )

    read = json.loads(json.dumps(document))
    race = read["races"][0]
    assert race["dataset"] == "mail"
    assert race["n_classes"] == 2
    assert all(len(race[side]["macro_f1"]) == 4 for side in selection.SIDES)
    assert race["random"]["n_needed"] <= 100
    assert [sorted(target) for target in read["targets"]] == [["bound", "holds", "name", "value"]]
