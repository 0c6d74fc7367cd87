"""Value types that people and other modules rely on."""

from pathlib import Path

import pytest

from rhml_core.domain import Person, Role
from rhml_core.evidence import Opinion
from rhml_core.figures import Interval
from rhml_core.settings import Settings


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.VIEWER, Role.EXPERT, False),
        (Role.EXPERT, Role.EXPERT, True),
        (Role.SUPERVISOR, Role.EXPERT, True),
        (Role.SUPERVISOR, Role.ADMIN, False),
        (Role.ADMIN, Role.SUPERVISOR, True),
    ],
)
def test_roles_include_those_below(role, needed, may):
    assert Person("p", "P", role).may(needed) is may


def test_interval_always_says_its_base():
    assert str(Interval(0.812, 0.77, 0.853, 1240)) == "0.81 [0.77, 0.85], n = 1,240"


def test_opinion_gives_the_probability_of_its_own_label():
    assert Opinion("a", {"a": 0.7, "b": 0.3}, "run 1").probability == 0.7


def test_runs_and_jobs_lie_beside_the_database():
    settings = Settings(database=Path("/data/team.duckdb"))

    assert settings.runs_folder == Path("/data/team.duckdb.runs")
    assert settings.jobs_folder == Path("/data/team.duckdb.jobs")


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("RHML_DB", "/data/x.duckdb")

    assert Settings.from_environment().database == Path("/data/x.duckdb")
    assert Settings.from_environment(Path("y.duckdb")).database == Path("y.duckdb")
