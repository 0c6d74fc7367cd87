"""A study whose codebook is edited, by click or elsewhere."""

from rhml_core.domain import Label
from rhml_core.workflows.codebook.codebooks import change_codebook, get_codebook
from tests.app.training_fixtures import LABELS, page_of


def newest(study):
    return get_codebook(study.place, study.project.project_id)


def open_editor(study):
    page = page_of("codebook", study).run()
    page.button(key="codebook_edit").click().run()
    return page


def choose(page, key, value):
    """Choose in a joined control."""
    page.segmented_control(key=key).set_value(value).run()


def save_version(study, labels, *, based_on=1, key="k", **options):
    """Have the admin save a new version, as if elsewhere."""
    return change_codebook(
        study.place,
        study.admin,
        study.project.project_id,
        labels,
        based_on=based_on,
        key=key,
        **options,
    )


def edit_second_of_three(study):
    """Leak was given once; beside it stands a third label, and its row of the editor is open."""
    study.fill()
    study.judge({"m25": "Leak"})
    save_version(study, [*LABELS, Label("Chatter")])
    page = open_editor(study)
    return page.radio(key=f"codebook_row_{study.project.project_id}").set_value(1).run()


def confused(study):
    """Ana and Ben differ on m25 and m26, and agree on m27 and m28."""
    study.fill()
    study.judge({"m25": "Sale", "m26": "Leak", "m27": "Sale", "m28": "Leak"})
    study.judge({"m25": "Leak", "m26": "Sale", "m27": "Sale", "m28": "Leak"}, by="Ben")
