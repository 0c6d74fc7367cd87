/** Terms with their figures; an underlined one leads to its messages. */

function cellOf(cell, row, choose) {
  const [lead, ...rest] = cell.words.split(" [")
  const words = cell.to
    ? element("button", { type: "button", title: cell.means, onclick: () => choose([row.id, cell.to]) }, cell.words)
    : element("span", { title: cell.means }, lead, rest.length ? element("small", {}, `[${rest.join(" [")}`) : null)
  return element("td", {}, words)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  const choose = (cell) => setTriggerValue("chosen", cell)
  table.querySelector("caption").textContent = data.title
  table.querySelector("thead").replaceChildren(
    element("tr", {}, ...data.heads.map((head) => element("th", { scope: "col", title: head.means }, head.words))),
  )
  table.querySelector("tbody").replaceChildren(
    ...data.rows.map((row) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, element("span", { class: "term" }, square(row.colour), row.term)),
        ...row.cells.map((cell) => cellOf(cell, row, choose)),
      ),
    ),
  )
}
