/** Messages with coloured terms; arrow keys walk the list, click or Enter opens one. */

function walk(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  const buttons = [...list.querySelectorAll("button")]
  const next = buttons[buttons.indexOf(event.target) + step]
  event.preventDefault()
  if (next) next.focus()
}

function sideOf(side) {
  return element("span", { class: "side" }, element("span", { class: "role" }, side.role), square(side.colour), side.label)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".list")
  list.setAttribute("aria-label", data.title)
  list.replaceChildren(
    ...data.items.map((item) =>
      element(
        "li",
        {},
        element(
          "button",
          { type: "button", onclick: () => setTriggerValue("chosen", item.id) },
          colouredText(item.pieces),
          element("span", { class: "sides" }, ...item.sides.map(sideOf), item.note ? element("span", { class: "note" }, item.note) : null),
        ),
      ),
    ),
  )
  list.onkeydown = (event) => walk(event, list)
}
