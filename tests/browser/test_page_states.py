"""Every page with nothing in it and with everything, in each size and scheme: whole and calm."""

import pytest

from rhml_core.workflows import projects
from tests.browser.desk import commit_by_keys, keep_by_key
from tests.browser.keyboard import keyboard_faults
from tests.browser.page_faults import barriers, faults_of_state, misfits
from tests.browser.preparing import preparing
from tests.browser.stillness import cover_of, shift_of, shifts_on_second_look, watch
from tests.browser.views import VIEWS
from tests.browser.worked_project import LABELS, ROLES, labels_of_two, messages_to_sort
from tests.serving import serving

pytestmark = pytest.mark.browser

SECOND = 1_000
N_LOOKS = 20
MOST_SHIFT = 0.1
"""What browsers call a good page: a tenth of the window, moved once through all of it."""
OFTEN_OPENED = ("Disagreements", "Journal", "Lexicon", "Concept map", "Agreement", "Training")
SIZES = {"desk": (1280, 720), "tablet": (1024, 768), "upright tablet": (820, 1180)}


@pytest.fixture(scope="module")
def server(tmp_path_factory, encoder_cache):
    """A project that has been worked in, and one that has only been made."""
    database = tmp_path_factory.mktemp("states") / "work.duckdb"
    with preparing(database, encoder_cache, ROLES, LABELS, overlap=2) as prepared:
        prepared.add_messages(messages_to_sort())
        prepared.add_labels(labels_of_two(), key="labels")
        prepared.train()
        projects.create_project(prepared.place, prepared.boss, "Empty", LABELS)
    with serving(database, database.with_suffix(".log"), cache=encoder_cache) as server:
        yield server


@pytest.mark.parametrize("project", ["study", "empty"])
def test_every_page_is_whole_in_every_state(visit, project):
    """Its first line is there, one next step at most, nothing cut off, nobody kept out."""
    sue = visit("Sue")
    found = {title: _faults(sue, f"{view}?project={project}") for title, view in VIEWS.items()}

    assert {title: faults for title, faults in found.items() if faults} == {}


def test_every_page_can_be_read_in_the_dark(visit):
    """Size and keys are the same in both schemes; what is seen of colours is not."""
    sue = visit("Sue", color_scheme="dark")
    sue.open("?project=study")
    found = {title: barriers(sue.turn_to(title)) for title in VIEWS}

    assert {title: faults for title, faults in found.items() if faults} == {}


def _faults(sue, address):
    page = sue.open(address)
    faults = [*faults_of_state(page), *keyboard_faults(page)]
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        sue.settle()
        found = [*_lasting_misfits(page), *barriers(page, with_colours=name == "desk")]
        faults += [f"{name}: {one}" for one in found]
    page.set_viewport_size({"width": SIZES["desk"][0], "height": SIZES["desk"][1]})
    return faults


def _lasting_misfits(page):
    """Tables and charts measure themselves anew after the window has; what stays is a fault."""
    for _ in range(N_LOOKS):
        found = misfits(page)
        if not found:
            break
        page.wait_for_timeout(SECOND / 2)
    return found


def test_pages_do_not_jump_when_one_comes_back(visit):
    sue = visit("Sue")
    sue.settle()

    shifts = shifts_on_second_look(sue, OFTEN_OPENED)

    assert {title: shift for title, shift in shifts.items() if shift > MOST_SHIFT} == {}


def test_nothing_flashes_when_a_label_is_committed(visit):
    """Neither a skeleton over the page nor a fading heading; the card alone is drawn anew."""
    page = visit("Ana").open("label?project=study")
    watch(page)

    for label in "12":
        commit_by_keys(page, label, "u")
        keep_by_key(page)

    assert cover_of(page) == [0, []]
    assert shift_of(page) <= MOST_SHIFT
