"""
The demo: an invented forum, people to sign in as, and simulated experts with the real machine.

The workplace opens at once; the simulated experts work in a thread, so that whoever looks sees
judgements arrive, fast runs finish and a SetFit run train.
"""

import threading
import uuid
from pathlib import Path

import polars as pl

from rhml_core.domain import Mode, Person, Project, QueueShares, Role
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.settings import Settings
from rhml_core.store import judgements, lexicons, messages
from rhml_core.workflows import people, projects
from rhml_core.workflows.demo.working import PROJECT, work
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.lexicon.lexicon_import import check_lexicon, import_lexicon
from rhml_core.workflows.workplace import Workplace, open_workplace

_PEOPLE = (
    ("Supervisor", Role.ADMIN),
    ("Expert A", Role.EXPERT),
    ("Expert B", Role.EXPERT),
    ("Viewer", Role.VIEWER),
)
_BASELINE = 4
"""Messages without the machine, before an expert hears it: few, so that a visitor soon does."""

_SHARES = QueueShares(probe=0.15)
"""More probes than by default, so that the few simulated experts are soon measured."""


def demo_folder() -> Path:
    """
    Where the demo's corpus lies.

    Raises:
        InvalidInputError: the program is installed without it.
    """
    folder = Path(__file__).parents[3] / "data" / "demo"
    if not (folder / "messages.csv").is_file():
        raise InvalidInputError(
            "The demo's corpus is missing. Run the demo from a checkout, with `make demo`."
        )
    return folder


def open_demo(settings: Settings) -> Workplace:
    """
    Open the demo's workplace; on its first day it is filled and the experts start.

    Raises:
        InvalidInputError: the corpus is missing.
        DatabaseInUseError and others: see `open_workplace`.
    """
    folder = demo_folder()
    place = open_workplace(settings)
    answers = fill(place, folder)
    threading.Thread(target=work, args=(place, answers), name="demo", daemon=True).start()
    return place


def fill(place: Workplace, folder: Path) -> dict[str, str]:
    """
    Make what is missing of the demo's people, project, messages, reference and lexicon.

    Returns:
        The right label of each message, known to the simulated experts alone.
    """
    known = {person.name for person in people.list_people(place)}
    if not known:
        people.add_person(place, None, *_PEOPLE[0])
    supervisor = people.operator(place)
    for name, role in _PEOPLE[1:]:
        if name not in known:
            people.add_person(place, supervisor, name, role)
    corpus = pl.read_csv(folder / "messages.csv", infer_schema=False)
    project = _project(place, supervisor, folder)
    if not sum(messages.count_messages(place.db, project.project_id).values()):
        source = corpus.drop("label").write_csv().encode()
        prepared = importing.check_messages(
            place, supervisor, project.project_id, source, "messages.csv", split_column="split"
        )
        importing.import_messages(
            place,
            supervisor,
            project.project_id,
            prepared,
            file_name="messages.csv",
            key=uuid.uuid4().hex,
        )
    if judgements.adjudicated_labels(place.db, project.project_id).is_empty():
        _settle_holdout(place, supervisor, project, corpus)
    if not lexicons.newest_version(place.db, project.project_id):
        _write_lexicon(place, supervisor, project, folder)
    return dict(zip(corpus["id"], corpus["label"], strict=True))


def _project(place: Workplace, supervisor: Person, folder: Path) -> Project:
    for project in projects.list_projects(place, supervisor):
        if project.name == PROJECT:
            return project
    return projects.create_project(
        place,
        supervisor,
        PROJECT,
        read_codebook(read_table(folder / "codebook.csv", "codebook.csv")),
        description="An invented hacker forum: who sells, leaks, shares, recruits or asks?",
        baseline_probes=_BASELINE,
        shares=_SHARES,
        mode=Mode.BLIND,  # until the history is made; see `working`
    )


def _settle_holdout(
    place: Workplace, supervisor: Person, project: Project, corpus: pl.DataFrame
) -> None:
    settled = corpus.filter(pl.col("split") == "holdout").select(message_id="id", label="label")
    label_import.import_labels(
        place,
        supervisor,
        project.project_id,
        settled.write_csv().encode(),
        "holdout_labels.csv",
        adjudicated=True,
        key=uuid.uuid4().hex,
    )


def _write_lexicon(place: Workplace, supervisor: Person, project: Project, folder: Path) -> None:
    """Take in the few terms that the team starts with."""
    source = (folder / "lexicon.csv").read_bytes()
    checked = check_lexicon(place, supervisor, project.project_id, source, "lexicon.csv")
    import_lexicon(place, supervisor, project.project_id, checked, key=uuid.uuid4().hex)
