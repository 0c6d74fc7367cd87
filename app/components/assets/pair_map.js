/** A field for each pair, people and machine; arrow keys walk it, click or Enter names the pair. */

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

function mark(rater) {
  const kind = rater.isMachine ? "machine" : rater.isSimulated ? "simulated" : "person"
  const made = element("span", { class: `mark ${kind}`, role: "img", "aria-label": rater.name, title: rater.name }, rater.initials)
  made.style.background = rater.tone
  made.style.setProperty("--tone", rater.tone)
  return made
}

function cellButton(cell, row, column, onChoose) {
  const button = element("button", { type: "button", "data-row": row, "data-column": column }, cell.words, element("small", {}, cell.below))
  if (cell.share === null) button.classList.add("unknown")
  else button.style.setProperty("--share", cell.share.toFixed(3))
  if (!cell.n) button.disabled = true
  button.setAttribute("aria-label", cell.means)
  button.title = cell.means
  button.addEventListener("click", () => onChoose([row, column]))
  return button
}

function walk(event, body) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
  const step = steps[event.key]
  const from = event.target.closest("button")
  if (!step || !from) return
  event.preventDefault()
  const row = Number(from.dataset.row) + step[0]
  const column = Number(from.dataset.column) + step[1]
  body.querySelector(`[data-row="${row}"][data-column="${column}"]:not([disabled])`)?.focus()
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  table.querySelector("caption").textContent = data.caption
  table.querySelector("thead").replaceChildren(
    element("tr", {}, element("td"), ...data.columns.map((rater) => element("th", { scope: "col", title: rater.name }, mark(rater)))),
  )
  const body = table.querySelector("tbody")
  const choose = (cell) => setTriggerValue("cell", cell)
  body.replaceChildren(
    ...data.rows.map((rater, row) =>
      element(
        "tr",
        {},
        element("th", { scope: "row", title: rater.name }, mark(rater), rater.name),
        ...data.cells[row].map((cell, column) => (cell ? element("td", {}, cellButton(cell, row, column, choose)) : element("td"))),
      ),
    ),
  )
  body.onkeydown = (event) => walk(event, body)
}
