"""How still a page holds: what jumps while it is drawn, and what fades or is covered meanwhile."""

_WATCH = """() => {
  if (window.stillness) return
  const seen = { shift: 0, skeletons: 0, faded: [] }
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) seen.shift += one.value
  }).observe({ type: 'layout-shift' })
  const look = () => {
    seen.skeletons += document.querySelectorAll('[data-testid=stSkeleton]').length
    for (const at of document.querySelectorAll('[data-stale=true], [data-testid=stMain], h1'))
      if (Number(getComputedStyle(at).opacity) < 0.9)
        seen.faded.push(at.dataset.testid ?? at.tagName)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  window.stillness = seen
}"""


def watch(page):
    """Begin to watch the page, or begin anew."""
    page.evaluate(_WATCH)
    page.evaluate("Object.assign(stillness, { shift: 0, skeletons: 0, faded: [] })")


def shift_of(page):
    """How far things jumped since, as a share of the window; 0.1 is what browsers call good."""
    return page.evaluate("stillness.shift")


def cover_of(page):
    """Skeletons drawn since, frame by frame, and what faded."""
    return page.evaluate("[stillness.skeletons, [...new Set(stillness.faded)]]")


def shifts_on_second_look(visitor, titles):
    """How far these pages jump when one comes to them again by the side bar; title -> shift."""
    page = visitor.page
    shifts = {}
    for title in [*titles, *titles]:
        watch(page)
        visitor.turn_to(title)
        shifts[title] = shift_of(page)
    return shifts
