"""What may be wrong with any page: barriers, sideways scrolling, exceptions, two next steps."""

from axe_playwright_python.sync_playwright import Axe

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


def barriers(page):
    """What axe-core calls serious or critical, in what is ours."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']} at {node['target']}: {node['html'][:200]}: {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in {"serious", "critical"}
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


_OUT_OF_REACH = """() => {
  const wanted = 'button, a[href], input, select, textarea, summary, [role=button], [role=link]'
  const groups = '[role=radiogroup], [role=tablist], [role=toolbar], [role=group], [role=listbox],'
    + '[role=grid], [role=list], table'
  // Steppers are moved by arrows; a file's field is opened by the button beside it.
  const otherwise = '[data-testid^=stNumberInputStep], [data-testid=stElementToolbarButton],'
    + '[data-testid=stFileUploader] input[type=file]'
  const found = []
  const walk = root => {
    for (const at of root.querySelectorAll('*')) {
      if (at.shadowRoot) walk(at.shadowRoot)
      if (!at.matches(wanted) || at.disabled || at.tabIndex >= 0 || !at.checkVisibility()) continue
      const group = at.closest(groups)
      const isRoving = group && [...group.querySelectorAll('*')].some(one => one.tabIndex >= 0)
      if (!isRoving && !at.closest(otherwise) && at.getAttribute('aria-hidden') !== 'true')
        found.push(`${at.tagName} ${at.getAttribute('aria-label') || at.textContent.slice(0, 40)}`)
    }
  }
  walk(document.querySelector('[data-testid=stMain]'))
  return found.slice(0, 5)
}"""


def out_of_reach(page):
    """What one can click but not reach by Tab, nor by arrows from something that Tab reaches."""
    return [f"no key reaches {one}" for one in page.evaluate(_OUT_OF_REACH)]
