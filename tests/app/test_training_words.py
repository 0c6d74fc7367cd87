"""A run's parameters and figures as people read them."""

from dataclasses import fields

import pytest

from app.views.training import labels
from app.views.training.parameters import parameter_words
from rhml_core.figures import LabelMetrics
from rhml_core.machine.recipes.catalogue import TUNED, FastParameters
from tests.app.training_fixtures import begin_study, page_of

PARAMETERS = {
    one.name
    for kind in (FastParameters, *(recipe.parameters for recipe in TUNED.values()))
    for one in fields(kind)
}


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    yield study
    study.place.close()


@pytest.mark.parametrize("name", sorted(PARAMETERS - {"device"}))
def test_every_parameter_has_words(name):
    """What a recipe calls it in code tells an analyst nothing."""
    assert not parameter_words(name, 1).startswith(name.replace("_", " ") + ":")


def test_figures_of_a_label_have_their_intervals():
    """Nothing is drawn as sure that was not measured."""
    one = LabelMetrics("Sale", 0.75, 0.6, 0.67, None, None, n=5, n_predicted=4)
    bounded = LabelMetrics("Sale", None, 0.6, 0.5, 0.2, 0.8, n=5, n_predicted=0)

    assert labels._row(one)[2:] == ("0.75 [0.30, 0.95]", "0.60 [0.23, 0.88]", "0.67", None)
    assert labels._row(bounded)[2:] == (None, "0.60 [0.23, 0.88]", "0.50 [0.20, 0.80]", None)


def test_table_of_labels_shows_the_intervals(study):
    study.judge_all()
    study.register_run(3, is_old=False)
    page = page_of("training", study)
    page.query_params["part"] = "per-label"

    page.run()

    assert not page.exception
    [table] = [one.value for one in page.dataframe if "recall" in one.value.columns]
    assert table["recall"].str.match(r"\d\.\d\d \[\d\.\d\d, \d\.\d\d\]").all()
