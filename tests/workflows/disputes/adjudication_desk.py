"""A workplace with one message on which two people differ, for sequences of decisions."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rhml_core.domain import Label, Person, Role
from rhml_core.errors import ConflictError
from rhml_core.settings import Settings
from rhml_core.store import adjudications, judgements
from rhml_core.workflows import people, projects
from rhml_core.workflows.disputes.adjudication import ErrorKind, adjudicate, undo_adjudication
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.workplace import Workplace, open_workplace
from tests.machine.fakes import HashingEncoder


@dataclass
class AdjudicationDesk:
    """One supervisor before one message."""

    place: Workplace
    boss: Person
    project_id: str

    def try_act(self, act, *, key):
        """Decide (a label) or take back (`undo`); whether it was allowed."""
        where = (self.place, self.boss, self.project_id, "m1")
        try:
            if act == "undo":
                undo_adjudication(*where, key=key)
            else:
                adjudicate(*where, label=act, error_kind=ErrorKind.SLIP, key=key)
        except ConflictError:
            return False
        return True

    def standing(self):
        """The label that counts; None where nothing is decided."""
        found = judgements.adjudicated_labels(self.place.db, self.project_id)["label"].to_list()
        return found[0] if found else None

    def n_events(self):
        """Decisions and undoings on record."""
        return len(adjudications.adjudications_of(self.place.db, self.project_id, "m1"))

    def n_judged(self):
        """People's judgements that count."""
        return judgements.current_labels(self.place.db, self.project_id).height


@contextmanager
def fresh_desk(folder: Path):
    """A desk over a database of its own."""
    settings = Settings(database=folder / "rhml.duckdb", cache_folder=folder)
    place = open_workplace(settings, in_background=False, load_encoder=lambda _: HashingEncoder())
    try:
        boss = people.add_person(place, None, "Sue", Role.ADMIN)
        labels = [Label("ham", "wanted"), Label("spam", "unwanted")]
        project = projects.create_project(place, boss, "Mail", labels)
        where = project.project_id
        prepared = importing.check_messages(place, boss, where, b"id,text\nm1,one\n", "m.csv")
        importing.import_messages(place, boss, where, prepared, file_name="m.csv", key="m")
        said = b"message_id,expert,label\nm1,Ana,ham\nm1,Ben,spam\n"
        label_import.import_labels(place, boss, where, said, "l.csv", key="l")
        yield AdjudicationDesk(place, boss, where)
    finally:
        place.close()
