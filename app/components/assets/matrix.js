/** A table of counts; arrow keys walk those that can be chosen, click or Enter names the cell. */

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

function labelName(label) {
  const square = element("span", { class: "square", "aria-hidden": "true" })
  square.style.background = label.colour
  return [square, label.name]
}

function cellCount(data, row, column, largest, onChoose) {
  const n = data.counts[row][column]
  const words = data.words[row][column]
  const names = `${data.rowTitle} ${data.labels[row].name}, ${data.columnTitle} ${data.labels[column].name}`
  const agrees = row === column
  if (agrees && !data.opensAgreeing) return element("span", { class: "agrees", title: `${words}\n${names}` }, n.toLocaleString("en"))
  const button = element("button", { type: "button", "data-row": row, "data-column": column }, n.toLocaleString("en"))
  button.style.setProperty("--share", (agrees || largest === 0 ? 0 : n / largest).toFixed(3))
  if (agrees) button.classList.add("agrees")
  if (n === 0) button.disabled = true
  button.setAttribute("aria-label", `${words}: ${names}`)
  button.title = `${words}\n${names}`
  button.addEventListener("click", () => onChoose([row, column]))
  return button
}

function walk(event, body, size) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
  const step = steps[event.key]
  const from = event.target.closest("button")
  if (!step || !from) return
  event.preventDefault()
  let row = Number(from.dataset.row)
  let column = Number(from.dataset.column)
  for (;;) {
    row += step[0]
    column += step[1]
    if (row < 0 || column < 0 || row >= size || column >= size) return
    const next = body.querySelector(`[data-row="${row}"][data-column="${column}"]`)
    if (next && !next.disabled) return next.focus()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const size = data.labels.length
  const apart = data.counts.flatMap((row, i) => row.filter((_, j) => i !== j))
  const largest = Math.max(0, ...apart)
  const table = parentElement.querySelector("table")
  table.querySelector("caption").textContent = data.caption
  const corner = { colspan: 2 }
  table.querySelector("thead").replaceChildren(
    element("tr", {}, element("td", corner), element("td", { class: "title", colspan: size }, `${data.columnTitle} →`)),
    element("tr", {}, element("td", corner), ...data.labels.map((label) => element("th", { scope: "col", title: label.name }, ...labelName(label)))),
  )
  const body = table.querySelector("tbody")
  const choose = (cell) => setTriggerValue("cell", cell)
  body.replaceChildren(
    ...data.labels.map((label, row) => {
      const line = element("tr")
      if (row === 0) line.append(element("td", { class: "title", rowspan: size }, `${data.rowTitle} →`))
      line.append(element("th", { scope: "row", title: label.name }, ...labelName(label)))
      data.labels.forEach((_, column) => line.append(element("td", {}, cellCount(data, row, column, largest, choose))))
      return line
    }),
  )
  body.onkeydown = (event) => walk(event, body, size)
}
