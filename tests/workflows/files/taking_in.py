"""The three files of an export, taken in by another workplace."""

from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.workflows import people
from rhml_core.workflows import projects as project_workflows
from rhml_core.workflows.files import importing, label_import


def take_in(place, files):
    """Begin a project elsewhere with the three files of an export."""
    admin = people.operator(place)
    messages_file, judgements_file, codebook = files
    labels = read_codebook(read_table(codebook, codebook.name))
    where = project_workflows.create_project(place, admin, "Again", labels).project_id
    prepared = importing.check_messages(place, admin, where, messages_file, messages_file.name)
    importing.import_messages(
        place, admin, where, prepared, file_name=messages_file.name, key="messages"
    )
    label_import.import_labels(
        place, admin, where, judgements_file, judgements_file.name, key="labels"
    )
    return where
