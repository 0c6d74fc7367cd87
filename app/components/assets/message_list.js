/** Messages to choose from; arrow keys walk the list, click or Enter chooses. */

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function markOf(mark) {
  const made = element("span", mark.kind === "machine" ? "diamond" : "circle")
  made.style.background = mark.tone
  made.title = mark.who
  made.setAttribute("role", "img")
  made.setAttribute("aria-label", mark.who)
  if (mark.kind === "person") made.textContent = mark.initials
  return made
}

function sideOf(side) {
  const made = element("span", "side")
  const square = element("span", "square")
  square.style.background = side.colour
  square.setAttribute("aria-hidden", "true")
  made.append(square, element("span", "", side.label), ...side.marks.map(markOf))
  return made
}

function walk(event, list) {
  const steps = { ArrowDown: 1, ArrowUp: -1 }
  const step = steps[event.key]
  if (!step) return
  const buttons = [...list.querySelectorAll("button")]
  const next = buttons[buttons.indexOf(event.target) + step]
  event.preventDefault()
  if (next) next.focus()
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".list")
  list.setAttribute("aria-label", data.title)
  const above = list.scrollTop
  list.replaceChildren(
    ...data.items.map((item) => {
      const button = element("button")
      button.type = "button"
      if (item.isChosen) button.setAttribute("aria-current", "true")
      const text = element("span", "text", item.text)
      text.dir = "auto"
      const sides = element("span", "sides")
      sides.append(...item.sides.map(sideOf))
      if (item.note) sides.append(element("span", "note", item.note))
      button.append(text, sides)
      button.addEventListener("click", () => setTriggerValue("chosen", item.id))
      const line = element("li")
      line.append(button)
      return line
    }),
  )
  list.scrollTop = above
  const chosen = list.querySelector('[aria-current="true"]')
  if (chosen) {
    const row = chosen.getBoundingClientRect()
    const frame = list.getBoundingClientRect()
    // Only the list scrolls, never the page, and only where the row is out of sight.
    if (row.top < frame.top) list.scrollTop -= frame.top - row.top
    if (row.bottom > frame.bottom) list.scrollTop += row.bottom - frame.bottom
  }
  list.onkeydown = (event) => walk(event, list)
}
