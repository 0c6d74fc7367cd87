"""What may be wrong with any page: barriers, sideways scrolling, exceptions, two next steps."""

from axe_playwright_python.sync_playwright import Axe

_AXE = Axe().axe_script
_HAS_AXE = "() => Boolean(window.axe)"
_RUN_AXE = """async options => (await axe.run(document, options)).violations
  .filter(one => ['serious', 'critical'].includes(one.impact))"""
MAIN_BUTTON = (
    "[data-testid=stBaseButton-primary], [data-testid=stBaseButton-primaryFormSubmit], .desk .go"
)
_STREAMLITS_OWN = {
    # Its side bar puts each section's links into a div within the one list.
    "list": "[data-testid=stSidebarNav]",
    "listitem": "[data-testid=stSidebarNav]",
}
"""Rule of axe-core -> where Streamlit's own elements, which no page of ours draws, break it."""
_HIGHEST_FIRST_LINE = 260
_SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
  .some(box => box.scrollWidth > box.clientWidth)"""
_CUT_OFF = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  const isKept = at => {
    for (let box = at; box && box !== main; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible' || getComputedStyle(box).clip !== 'auto')
        return true
    return false
  }
  return [...main.querySelectorAll('*')]
    .filter(at => at.getBoundingClientRect().right > innerWidth + 1)
    .filter(at => at.getBoundingClientRect().width && !isKept(at))
    .slice(0, 3)
    .map(at => `${at.tagName} ${at.className}: ${at.textContent.slice(0, 60)}`)
}"""


def barriers(page, *, with_colours=True):
    """
    What axe-core calls serious or critical, in what is ours.

    Weighing colours against each other takes most of its time, and they are the same at every
    size: a page that was looked at in one size can be looked at in another without them.
    """
    if not page.evaluate(_HAS_AXE):
        page.evaluate(_AXE)
    options = {"resultTypes": ["violations"]}
    if not with_colours:
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = page.evaluate(_RUN_AXE, options)
    return [
        f"{one['id']} at {node['target']}: {node['html'][:200]}: {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
        if not _is_streamlits(page, one["id"], node["target"])
    ]


def _is_streamlits(page, rule, target):
    place = _STREAMLITS_OWN.get(rule)
    is_plain = len(target) == 1 and isinstance(target[0], str)  # not within a component of ours
    return (
        place is not None
        and is_plain
        and page.locator(target[0]).first.evaluate("(at, place) => !!at.closest(place)", place)
    )


def misfits(page):
    """What does not fit the width of the window."""
    cut = [f"cut off at the right: {one}" for one in page.evaluate(_CUT_OFF)]
    return [*cut, *(["scrolls sideways"] if page.evaluate(_SIDEWAYS) else [])]


def faults_of_state(page):
    """What is wrong with what the page says: its first line, its next step, its errors."""
    faults = []
    heading = page.locator("[data-testid=stMain] h1").first
    if len(heading.inner_text().split()) < 2 or not heading.is_visible():
        faults.append(f"its first line answers nothing: {heading.inner_text()}")
    elif heading.bounding_box()["y"] > _HIGHEST_FIRST_LINE:
        faults.append("its first line does not come first")
    n_steps = page.locator(MAIN_BUTTON).filter(visible=True).count()
    if n_steps > 1:
        faults.append(f"{n_steps} buttons claim to be the next step")
    if page.get_by_test_id("stException").count() or page.get_by_test_id("stAlert").count():
        faults.append("shows an error")
    return faults
