"""Workplaces filled in this process, to be served in another."""

from contextlib import contextmanager

from rhml_core.domain import QueueShares
from rhml_core.settings import Settings
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.training import training
from rhml_core.workflows.workplace import open_workplace


class Prepared:
    """
    A project being filled.

    Attributes:
        place: the open workplace.
        people: everyone, by name.
        project: the one project.
    """

    def __init__(self, place, roles, labels, **options):
        """Add the people, the first of whom must be an admin, and begin the project."""
        self.place = place
        self.people = {}
        for name, role in roles.items():
            first = next(iter(self.people.values()), None)
            self.people[name] = people.add_person(place, first, name, role)
        self.boss = next(iter(self.people.values()))
        # No probes where they are not the point: which message comes would be a matter of luck.
        untested = {"baseline_probes": 0, "shares": QueueShares(probe=0.0)}
        self.project = projects.create_project(
            place, self.boss, "Study", labels, **(untested | options)
        )

    def add_messages(self, table, **options):
        """Import the messages of a frame."""
        where, source = self.project.project_id, table.write_csv().encode()
        prepared = importing.check_messages(
            self.place, self.boss, where, source, "m.csv", **options
        )
        importing.import_messages(
            self.place, self.boss, where, prepared, file_name="m.csv", key="messages"
        )

    def add_labels(self, table, *, key, adjudicated=False):
        """Import the labels of a frame."""
        label_import.import_labels(
            self.place,
            self.boss,
            self.project.project_id,
            table.write_csv().encode(),
            "l.csv",
            adjudicated=adjudicated,
            key=key,
        )

    def train(self, key="train"):
        """Make a fast run; every message is read by the machine on the way."""
        where = self.project.project_id
        job = training.start_training(self.place, self.boss, where, "fast", key=key)
        return self.place.jobs.run(job.job_id)


@contextmanager
def preparing(database, cache, roles, labels, **options):
    """A workplace to fill; closed when the block ends, so that a server may open it."""
    settings = Settings(database=database, cache_folder=cache)
    place = open_workplace(settings, in_background=False)
    try:
        yield Prepared(place, roles, labels, **options)
    finally:
        place.close()
