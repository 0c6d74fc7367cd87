import pytest

from rhml_core.settings import Settings
from rhml_core.workflows.demo.demo import demo_folder, fill
from rhml_core.workflows.lexicon.lexicon import get_lexicon
from rhml_core.workflows.lexicon.lexicon_import import check_lexicon
from rhml_core.workflows.people import operator
from rhml_core.workflows.projects import list_projects
from rhml_core.workflows.workplace import open_workplace
from tests.app.training_fixtures import FakeEncoder


@pytest.fixture
def place(tmp_path):
    place = open_workplace(
        Settings(database=tmp_path / "demo.duckdb", cache_folder=tmp_path / "cache"),
        in_background=False,
        load_encoder=lambda _settings: FakeEncoder(),
    )
    yield place
    place.close()


def test_the_demos_team_starts_with_a_term_of_each_label(place):
    """Reflection has something to show before anyone has adopted a concept."""
    fill(place, demo_folder())

    supervisor = operator(place)
    (project,) = list_projects(place, supervisor)
    lexicon = get_lexicon(place, supervisor, project.project_id)
    assert lexicon.version == 1
    assert set(lexicon.by_label()) == {"sale", "leak", "tooling", "recruit", "question", "chatter"}


def test_the_demos_lexicon_is_taken_in_once_and_whole(place):
    fill(place, demo_folder())
    fill(place, demo_folder())

    supervisor = operator(place)
    (project,) = list_projects(place, supervisor)
    source = demo_folder() / "lexicon.csv"
    again = check_lexicon(place, supervisor, project.project_id, source, source.name)
    lexicon = get_lexicon(place, supervisor, project.project_id)
    assert lexicon.version == 1
    assert (again.n_new, again.n_faulty, again.n_there) == (0, 0, len(lexicon.terms))
