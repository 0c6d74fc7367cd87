"""What every test may use: the real data sets, and a workplace over a real store."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from rhml_core.domain import Label, QueueShares, Role
from rhml_core.settings import Settings
from rhml_core.store import embeddings
from rhml_core.store.database import Database
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder

REPOSITORY = Path(__file__).parents[1]

# How long one example takes says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("steady")


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, so that none of them is begun when all else is done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def datasets():
    """Folder of real data sets; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("RHML_DATASETS", REPOSITORY.parent / "shared" / "datasets"))
    if not folder.is_dir():
        pytest.skip(f"no real data sets at {folder}; set RHML_DATASETS to their folder")
    return folder


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory):
    """A folder of all processes that share out these tests; what one has made, none makes again."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def encoder_cache(common_folder):
    """Where the real encoder is exported to, once for all tests."""
    given = os.environ.get("RHML_CACHE")
    return Path(given) if given else common_folder / "encoder-cache"


@pytest.fixture
def settings(tmp_path, encoder_cache):
    """A database of its own for each test."""
    return Settings(database=tmp_path / "rhml.duckdb", cache_folder=encoder_cache)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database file with the newest schema and nothing in it; to copy one is half the work."""
    path = tmp_path_factory.mktemp("empty") / "rhml.duckdb"
    Database.open(path).close()
    return path


@pytest.fixture
def place(settings, empty_database):
    """An open workplace whose encoder is a quick fake; jobs run when they are told to."""
    shutil.copyfile(empty_database, settings.database)
    place = open_workplace(settings, in_background=False, load_encoder=lambda _: HashingEncoder())
    yield place
    place.close()


@pytest.fixture
def team(place):
    """A supervisor, two experts and a viewer, by first name."""
    sue = people.add_person(place, None, "Sue", Role.ADMIN)
    others = [("Ana", Role.EXPERT), ("Ben", Role.EXPERT), ("Vic", Role.VIEWER)]
    added = [people.add_person(place, sue, name, role) for name, role in others]
    return {person.name.lower(): person for person in [sue, *added]}


@pytest.fixture
def project(place, team):
    """A project with two labels and an overlap of two experts; it tests nobody."""
    labels = [Label("ham", "wanted", key="1"), Label("spam", "unwanted", key="2")]
    return projects.create_project(
        place,
        team["sue"],
        "Mail",
        labels,
        overlap=2,
        shares=QueueShares(probe=0.0),
        baseline_probes=0,
    )


@pytest.fixture
def add_messages(place, team, project):
    """Import messages the machine then reads: `add_messages({"m1": "a text"}, holdout=["m1"])`."""

    def add(texts, holdout=()):
        rows = ["id,text,split"] + [
            f'{name},"{text}",{"holdout" if name in holdout else "pool"}'
            for name, text in texts.items()
        ]
        prepared = importing.check_messages(
            place, team["sue"], project.project_id, "\n".join(rows).encode(), "m.csv"
        )
        importing.import_messages(
            place,
            team["sue"],
            project.project_id,
            prepared,
            file_name="m.csv",
            key="import-" + "-".join(texts),
        )
        encoder = place.machines.base_encoder()
        missing = embeddings.missing_embeddings(place.db, project.project_id, encoder.encoder_id)
        with place.db.atomic() as transaction:
            embeddings.add_embeddings(
                transaction,
                encoder.encoder_id,
                missing["text_hash"].to_list(),
                encoder.encode(missing["text"].to_list()),
            )
        place.machines.note_change(project.project_id)

    return add


@pytest.fixture
def add_labels(place, team, project):
    """Import labels: `add_labels([("m1", "Ana", "ham")])`."""

    def add(rows, *, adjudicated=False):
        lines = ["message_id,expert,label", *(",".join(row) for row in rows)]
        return label_import.import_labels(
            place,
            team["sue"],
            project.project_id,
            "\n".join(lines).encode(),
            "l.csv",
            adjudicated=adjudicated,
            key=f"labels-{hash(tuple(rows))}-{adjudicated}",
        )

    return add
