"""The parts of the page Messages."""

from rhml_core.domain import Project

LIST, IMPORT, LABELS = "List", "Import messages", "Import labels"


def tab_key(project: Project) -> str:
    """The key under which the session keeps the open part."""
    return f"messages_tab_{project.project_id}"
