"""Projects and their settings; a change of settings is a new row, the newest counts."""

from datetime import datetime
from typing import Any

from rhml_core.domain import Mode, Project, QueueShares
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


def list_projects(db: Reader) -> list[Project]:
    """Every project with its current settings, by name."""
    found = db.rows(
        """
        SELECT project_id, name, description, mode, overlap, uncertain_share, contested_share,
            conflict_share, rare_share, holdout_share, probe_share, baseline_probes,
            first_round_messages, first_round_pass, shows_ranking, projects.created_at
        FROM projects JOIN project_settings USING (project_id)
        QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY seq DESC) = 1
        ORDER BY name
        """
    )
    return _projects(found)


def get_project(db: Reader, project_id: str) -> Project:
    """
    The project with this identifier or this name.

    Raises:
        NotFoundError: there is none; the message names those that exist.
    """
    found = db.rows(
        """
        SELECT project_id, name, description, mode, overlap, uncertain_share, contested_share,
            conflict_share, rare_share, holdout_share, probe_share, baseline_probes,
            first_round_messages, first_round_pass, shows_ranking, projects.created_at
        FROM projects JOIN project_settings USING (project_id)
        WHERE project_id = $project_id OR name = $project_id
        ORDER BY project_id = $project_id DESC, seq DESC
        LIMIT 1
        """,
        project_id=project_id,
    )
    if not found:
        names = ", ".join(f"'{project.name}'" for project in list_projects(db)) or "none yet"
        raise NotFoundError(f"There is no project '{project_id}'. Projects: {names}.")
    return _projects(found)[0]


def owner(db: Reader, project_id: str) -> str:
    """Identifier of the person who began an existing project."""
    found = db.rows(
        "SELECT created_by FROM projects WHERE project_id = $project_id ORDER BY project_id",
        project_id=project_id,
    )
    return str(found[0]["created_by"])


def add_project(
    transaction: Transaction, project: Project, *, person_id: str, at: datetime
) -> None:
    """Add a project and its first settings."""
    transaction.write(
        """
        INSERT INTO projects (project_id, name, description, created_by, created_at)
        VALUES ($project_id, $name, $description, $person_id, $at)
        """,
        project_id=project.project_id,
        name=project.name,
        description=project.description,
        person_id=person_id,
        at=at,
    )
    add_settings(transaction, project, person_id=person_id, at=at)


def add_settings(
    transaction: Transaction, project: Project, *, person_id: str, at: datetime
) -> None:
    """Make `project`'s settings the current ones."""
    transaction.write(
        """
        INSERT INTO project_settings
            (project_id, mode, overlap, uncertain_share, contested_share, conflict_share,
            rare_share, holdout_share, probe_share, baseline_probes, first_round_messages,
            first_round_pass, shows_ranking, made_by, made_at)
        VALUES ($project_id, $mode, $overlap, $uncertain_share, $contested_share,
            $conflict_share, $rare_share, $holdout_share, $probe_share, $baseline_probes,
            $first_round_messages, $first_round_pass, $shows_ranking, $person_id, $at)
        """,
        project_id=project.project_id,
        mode=project.mode.value,
        overlap=project.overlap,
        uncertain_share=project.shares.uncertain,
        contested_share=project.shares.contested,
        conflict_share=project.shares.conflict,
        rare_share=project.shares.rare,
        holdout_share=project.shares.holdout,
        probe_share=project.shares.probe,
        baseline_probes=project.baseline_probes,
        first_round_messages=project.first_round_messages,
        first_round_pass=project.first_round_pass,
        shows_ranking=project.shows_ranking,
        person_id=person_id,
        at=at,
    )


def _projects(rows: list[dict[str, Any]]) -> list[Project]:
    return [
        Project(
            project_id=row["project_id"],
            name=row["name"],
            description=row["description"],
            mode=Mode(row["mode"]),
            overlap=row["overlap"],
            shares=QueueShares(
                uncertain=row["uncertain_share"],
                contested=row["contested_share"],
                conflict=row["conflict_share"],
                rare=row["rare_share"],
                holdout=row["holdout_share"],
                probe=row["probe_share"],
            ),
            created_at=row["created_at"],
            baseline_probes=row["baseline_probes"],
            first_round_messages=row["first_round_messages"],
            first_round_pass=row["first_round_pass"],
            shows_ranking=row["shows_ranking"],
        )
        for row in rows
    ]
