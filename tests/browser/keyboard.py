"""A walk over a page by Tab: what it reaches, whether one sees where one is, and the way out."""

_MOST_TABS = 300
_MOST_CELLS = 60
_UNTIL_DRAWN = 2_000
_STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
_WALK = """() => {
  const wanted = 'button, a[href], input, select, textarea, summary, [role=button], [role=link],'
    + '[role=menuitem], [tabindex="0"]'
  const groups = '[role=radiogroup], [role=tablist], [role=toolbar], [role=group], [role=listbox],'
    + '[role=grid], [role=list], [data-testid=stButtonGroup], table'
  // Steppers and drop-downs are moved by arrows; a file's field is opened by the button beside it.
  const otherwise = '[data-testid^=stNumberInputStep], [data-testid=stSelectbox] button,'
    + '[data-testid=stMultiSelect] button, [data-testid=stFileUploader] input[type=file]'
  const styles = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderTopColor',
    'borderBottomColor', 'stroke', 'strokeWidth']
  const up = at => at.parentElement ?? at.getRootNode().host ?? null
  const focused = () => {
    let at = document.activeElement
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
    return at
  }
  // A ring is drawn around the element, what holds it, or what stands for it.
  const ringOf = at => {
    const boxes = [at, ...[...at.querySelectorAll('*')].slice(0, 12)]
    let holder = up(at)
    for (let n = 0; n < 7 && holder && holder !== document.body; n++, holder = up(holder)) {
      boxes.push(holder)
      if (n < 4 && holder.children.length < 6)
        boxes.push(...[...holder.children].filter(one => !one.contains(at)))
    }
    return boxes.map(box => {
      const seen = getComputedStyle(box)
      return styles.map(name => seen[name]).join(' ')
    }).join()
  }
  const textOf = ids => (ids ?? '').split(' ').filter(Boolean)
  const nameOf = at => {
    const root = at.getRootNode()
    const pointed = textOf(at.getAttribute('aria-labelledby'))
      .map(id => root.querySelector(`#${CSS.escape(id)}`)?.textContent ?? '').join(' ')
    const label = [...(at.labels ?? [])].map(one => one.textContent).join(' ')
    const own = at.matches('input, select, textarea') ? at.placeholder : at.textContent
    const inner = at.querySelector('[aria-label]')?.getAttribute('aria-label')
    return [at.getAttribute('aria-label'), pointed, label, at.title, own, inner]
      .map(one => (one ?? '').trim()).find(Boolean) ?? ''
  }
  const tell = at => {
    const kind = at.closest('[data-testid]')?.dataset.testid ?? up(at)?.className ?? ''
    return `${at.tagName.toLowerCase()} “${nameOf(at).slice(0, 50)}” (${kind})`
  }
  const stops = new Map(), unseen = [], nameless = []
  let last = null
  window.keyboardWalk = {
    step: () => {
      // A table of cells draws its ring into its canvas.
      const isLooked = last?.at.isConnected && !last.at.closest('canvas')
      if (isLooked && ringOf(last.at) === last.ring) unseen.push(tell(last.at))
      const at = focused()
      last = null
      if (!at || at === document.body) return 'out'
      if (stops.has(at)) return [...stops.keys()].at(-1) === at ? 'same' : tell(at)
      stops.set(at, tell(at))
      last = { at, ring: ringOf(at) }
      // What merely scrolls is reached as well, and needs no name.
      if (at.matches(wanted) && !nameOf(at)) nameless.push(tell(at))
      return 'on'
    },
    isAtStart: () => focused() === [...stops.keys()][0],
    nInMain: () => [...stops.keys()].filter(at => {
      let holder = at
      while (holder && holder.dataset?.testid !== 'stMain') holder = up(holder)
      return holder
    }).length,
    isInMain: () => Boolean(focused()?.closest?.('[data-testid=stMainBlockContainer]'))
      || Boolean(document.activeElement?.closest('[data-testid=stMainBlockContainer]')),
    found: () => {
      // A part that was drawn anew meanwhile was reached before.
      const told = new Set([...stops].filter(([at]) => !at.isConnected).map(([, one]) => one))
      const unreached = []
      const isOut = at => at.disabled || at.getAttribute('aria-hidden') === 'true'
        || at.closest('canvas') || !at.checkVisibility({ visibilityProperty: true })
      const look = root => {
        for (const at of root.querySelectorAll('*')) {
          if (at.shadowRoot) look(at.shadowRoot)
          if (!at.matches(wanted) || stops.has(at) || isOut(at) || at.closest(otherwise)) continue
          const group = at.closest(groups)
          const isByArrows = group && [...stops.keys()].some(one => group.contains(one))
          if (!isByArrows && !told.has(tell(at))) unreached.push(tell(at))
        }
      }
      look(document)
      return { unreached, unseen, nameless }
    },
  }
}"""


def keyboard_faults(page):
    """
    What a keyboard alone misses on a page, in words.

    Tab is pressed until it leaves the page, then Shift+Tab until the side bar is reached again.
    Where Tab walks into a group, arrows lead to the rest of it. A page that is drawn anew under
    the walk takes the focus away; what is wrong with the page is wrong the second time as well.
    """
    page.add_style_tag(content=_STILL)
    if not _faults_of_one_walk(page):
        return []
    page.wait_for_timeout(_UNTIL_DRAWN)
    return _faults_of_one_walk(page)


def _faults_of_one_walk(page):
    page.evaluate(_WALK)
    caught = _walk_on(page)
    found = page.evaluate("keyboardWalk.found()")
    return [
        *caught,
        *([] if caught else _walk_back(page)),
        *(f"no key reaches {one}" for one in found["unreached"]),
        *(f"focus does not show on {one}" for one in found["unseen"]),
        *(f"nothing names {one}" for one in found["nameless"]),
    ]


def _walk_on(page):
    page.locator("a[href], button").first.focus()
    page.evaluate("keyboardWalk.step()")
    n_same = 0
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        where = page.evaluate("keyboardWalk.step()")
        n_same = n_same + 1 if where == "same" else 0
        is_around = where not in {"on", "same"} and page.evaluate("keyboardWalk.isAtStart()")
        if where == "out" or is_around:
            return []
        # In a table of cells, Tab goes through its cells before it goes on.
        if n_same > _MOST_CELLS or where not in {"on", "same"}:
            return [f"Tab is caught at {where}"]
    return ["Tab never leaves the page"]


def _walk_back(page):
    for _ in range(page.evaluate("keyboardWalk.nInMain()") + _MOST_CELLS):
        page.keyboard.press("Shift+Tab")
        if not page.evaluate("keyboardWalk.isInMain()"):
            return []
    return ["Shift+Tab does not lead back out of the page"]


_FOCUSED_NAME = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (!at || at === document.body || at.closest('[data-testid=stSidebar]')) return ''
  const label = [...(at.labels ?? [])].map(one => one.textContent).join(' ')
  const own = at.matches('main, input, select, textarea') ? '' : at.textContent
  return [at.getAttribute('aria-label'), label, own].find(Boolean) ?? ''
}"""


def go_to(page, words, *, by="Tab"):
    """Press Tab, or another key, until something is focused that has these words in its name."""
    passed = []
    for _ in range(_MOST_TABS):
        page.keyboard.press(by)
        name = page.evaluate(_FOCUSED_NAME)
        if words in name:
            return
        passed.append(name[:30])
    message = f"Tab does not lead to “{words}”, only to {passed[:80]}"
    raise AssertionError(message)


def press(page, words, key="Enter"):
    """Go to what has these words in its name and press a key on it."""
    go_to(page, words)
    page.keyboard.press(key)
