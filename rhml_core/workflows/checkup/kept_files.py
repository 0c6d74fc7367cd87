"""Checks of a workplace's files: the database, its schema, the runs, what stopped jobs left."""

from rhml_core.errors import (
    DatabaseInUseError,
    InvalidInputError,
    MachineError,
)
from rhml_core.machine.recipes.run_folder import verify_run_folder
from rhml_core.settings import Settings
from rhml_core.store import runs
from rhml_core.store.database import Database
from rhml_core.store.migrations import kept_schema, own_schema
from rhml_core.workflows.checkup.finding import Finding, State, fault, fine, warning

_DATABASE, _SCHEMA, _RUNS, _JOBS = "Database", "Schema", "Runs", "Jobs"
_RESTORE = "Put a backup in place with `rhml restore`."


def check_workplace(settings: Settings) -> list[Finding]:
    """What is found of a workplace; nothing in it is changed."""
    database = settings.database
    if not database.is_file():
        return [
            warning(
                _DATABASE,
                f"There is none at {database}.",
                "`rhml serve` makes it; or name another file with --db.",
            )
        ]
    try:
        db = Database.look(database)
    except DatabaseInUseError as error:
        return [
            warning(
                _DATABASE,
                f"{str(error).split('. ', maxsplit=1)[0]}.",
                "Nothing is wrong with that; to have its files checked, stop it first.",
            )
        ]
    except InvalidInputError as error:
        return [fault(_DATABASE, str(error), _RESTORE)]
    try:
        megabytes = database.stat().st_size / 1e6
        found = [fine(_DATABASE, f"{database} opens, {megabytes:,.1f} MB.")]
        schema = check_schema(db)
        found.append(schema)
        if schema.state is not State.FAULT:
            found.append(check_runs(settings, runs.run_folders(db)))
    finally:
        db.close()
    return [*found, check_jobs(settings)]


def check_schema(db: Database) -> Finding:
    """Whether a database has the schema that this program writes."""
    try:
        kept = kept_schema(db)
    except InvalidInputError as error:
        return fault(_SCHEMA, str(error), "Name another file with --db.")
    own = own_schema()
    newest, newest_own = max(kept, default=0), max(own)
    if newest > newest_own:
        return fault(
            _SCHEMA,
            f"Number {newest}, written by a newer version; this program knows {newest_own}.",
            "Update the program.",
        )
    changed = [number for number in kept if number in own and kept[number] != own[number]]
    if changed or not kept.keys() <= own.keys():
        return warning(
            _SCHEMA,
            f"Number {newest}, but step {min([*changed, *(kept.keys() - own.keys())])} is not the "
            "one that this program has.",
            "A version that was never released has written it. Export the projects and begin "
            "anew where figures look wrong.",
        )
    if kept.keys() != own.keys():
        return warning(
            _SCHEMA,
            f"Number {newest}; this program's is {newest_own}.",
            "It is brought up to date at the next start. Back it up before.",
        )
    return fine(_SCHEMA, f"Number {newest}, the program's own.")


def check_runs(settings: Settings, known: set[str]) -> Finding:
    """Whether each run's files are as they were trained."""
    faults = []
    for name in sorted(known):
        try:
            verify_run_folder(settings.runs_folder / name)
        except MachineError as error:
            faults.append(str(error))
    if faults:
        more = f" And {len(faults) - 1:,} more runs." if len(faults) > 1 else ""
        return fault(_RUNS, faults[0] + more, f"{_RESTORE} Labels are not touched by this.")
    extra = {folder.name for folder in settings.runs_folder.glob("*")} - known
    if extra:
        return warning(
            _RUNS,
            f"{len(known):,} are whole; {len(extra):,} folders belong to no run.",
            "They were left by a training that was cut off, and go at the next start.",
        )
    return fine(_RUNS, f"{len(known):,}, each as it was trained.")


def check_jobs(settings: Settings) -> Finding:
    """Whether jobs that were cut off left files; nobody has the workplace open."""
    left = sorted(settings.jobs_folder.glob("*"))
    if left:
        return warning(
            _JOBS,
            f"{len(left):,} folders of jobs that were cut off in {settings.jobs_folder}.",
            "They go at the next start; the jobs are offered again on the page Training.",
        )
    return fine(_JOBS, "Nothing was left behind.")
