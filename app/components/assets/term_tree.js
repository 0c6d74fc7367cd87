/** Label, category, sub-category, terms: branches are drawn when they are opened. */

const SOURCES = { concept: ["diamond", "adopted concept"], import: ["file", "from a file"] }

function barOf(n, most, tone) {
  const fill = element("span", { class: n ? "" : "none" })
  fill.style.width = `${most ? (100 * n) / most : 0}%`
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, fill)
  bar.style.setProperty("--tone", tone)
  return bar
}

function sourceOf(term) {
  if (term.source in SOURCES) {
    const [shape, words] = SOURCES[term.source]
    return element("span", { class: shape, role: "img", "aria-label": words, title: `${words}, ${term.who.name}` })
  }
  const made = element("span", { class: "who", role: "img", "aria-label": term.who.name, title: term.who.name }, term.who.initials)
  made.style.background = term.who.tone
  return made
}

class Tree {
  constructor(root) {
    this.root = root
    this.open = new Set()
    this.selected = new Set()
    this.known = ""
    const find = root.querySelector(".find")
    find.addEventListener("input", () => {
      clearTimeout(this.wait)
      this.wait = setTimeout(() => this.draw(), 120)
    })
  }

  take(data, setState, setTrigger) {
    Object.assign(this, { data, setState, setTrigger })
    const find = this.root.querySelector(".find")
    find.placeholder = data.findWords
    find.setAttribute("aria-label", data.findWords)
    this.root.classList.toggle("is-long", data.isLong)
    if (data.clear !== this.clear) {
      this.clear = data.clear
      this.selected.clear()
    }
    const now = JSON.stringify([data.labels, data.chosen, data.clear, data.canSelect])
    if (now === this.known) return
    this.known = now
    if (!this.open.size) data.opened.forEach((name) => this.open.add(name))
    this.draw()
  }

  draw() {
    const wanted = this.root.querySelector(".find").value.trim().toLowerCase()
    const box = this.root.querySelector(".labels")
    const above = box.scrollTop
    let n = 0
    const keep = (branch) => {
      const terms = branch.terms.filter((term) => !wanted || term.expression.includes(wanted))
      const branches = branch.branches.map(keep).filter((one) => one.nTerms || !wanted)
      n += terms.length
      return { ...branch, terms, branches, nTerms: terms.length + branches.reduce((sum, one) => sum + one.nTerms, 0) }
    }
    const labels = this.data.labels.map((label) => keep({ ...label, terms: [] })).filter((one) => one.nTerms || !wanted)
    box.replaceChildren(...labels.map((label) => this.branch(label, label.label, label.colour, "label", Boolean(wanted))))
    if (!labels.length) box.append(element("p", { class: "soft none-left" }, "No term is written like this."))
    this.root.querySelector(".found").textContent = wanted ? `${n.toLocaleString()} of ${this.data.nTerms.toLocaleString()} terms` : ""
    box.scrollTop = above
  }

  branch(branch, path, colour, kind, isFiltered) {
    if (kind !== "label" && !branch.name) {
      const made = element("div", {})
      made.append(...branch.terms.map((term) => this.term(term, colour)))
      made.append(...branch.branches.map((one) => this.branch(one, `${path}\n${one.name}`, colour, "category", isFiltered)))
      return made
    }
    const nTerms = `${branch.nTerms.toLocaleString()} ${branch.nTerms === 1 ? "term" : "terms"}`
    const name = element("span", { class: "name" }, kind === "label" ? square(colour) : null, branch.name, element("span", { class: "soft" }, nTerms))
    const counts = kind === "label" ? [barOf(branch.n, this.data.most, colour), element("span", { class: "n", title: `messages with a term of ${branch.name}` }, branch.n.toLocaleString())] : []
    const made = element("details", { class: kind }, element("summary", {}, name, ...counts))
    const fill = () => {
      if (made.dataset.drawn) return
      made.dataset.drawn = "1"
      made.append(...branch.terms.map((term) => this.term(term, colour)))
      made.append(...branch.branches.map((one) => this.branch(one, `${path}\n${one.name}`, colour, "category", isFiltered)))
    }
    made.open = isFiltered || this.open.has(path)
    if (made.open) fill()
    made.addEventListener("toggle", () => {
      if (made.open) fill()
      if (!isFiltered) this.open[made.open ? "add" : "delete"](path)
    })
    return made
  }

  term(term, colour) {
    const check = this.data.canSelect
      ? element("input", { type: "checkbox", "aria-label": `choose ${term.expression}`, checked: this.selected.has(term.id), onchange: (event) => this.select(term.id, event.target.checked) })
      : element("span", {})
    const button = element(
      "button",
      { type: "button", title: term.reason || "", onclick: () => this.setTrigger("chosen", term.id) },
      sourceOf(term),
      element("span", {}, term.expression),
      element("span", { class: "kind" }, term.kind),
    )
    const line = element("div", { class: term.id === this.data.chosen ? "term is-chosen" : "term" }, check, button, barOf(term.n, this.data.most, colour), element("span", { class: "n", title: "messages that contain it" }, term.n.toLocaleString()))
    return line
  }

  select(id, isOn) {
    this.selected[isOn ? "add" : "delete"](id)
    clearTimeout(this.telling)
    this.telling = setTimeout(() => this.setState("selected", [...this.selected]), 300)
  }
}

const trees = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".tree")
  if (!trees.has(root)) trees.set(root, new Tree(root))
  trees.get(root).take(data, setStateValue, setTriggerValue)
}
