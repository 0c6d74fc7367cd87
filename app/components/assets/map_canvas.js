/** The map: keeps what is not stored yet, sends each act at once, and draws what came back. */

const RESEND_AFTER = 6000
const MOST_SENDINGS = 4
const STEP = 20
const KEYS = [
  ["Tab", "next node"],
  ["← ↑ → ↓", "nearest node that way"],
  ["Shift + arrows", "move the node"],
  ["N", "new node"],
  ["L", "link from here; choose the other end, Enter, then 1 to 4"],
  ["Enter", "open what is chosen, to rename or tie terms"],
  ["Delete", "remove"],
  ["Ctrl Z, Ctrl Y", "undo, redo"],
  ["F, + and −", "fit, zoom"],
  ["Esc", "leave what was begun"],
]
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const maps = new WeakMap()

class ConceptMap {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.chosen = null
    this.linking = null
    this.queue = []
    this.moved = new Map()
    this.view = { x: 0, y: 0, scale: 1 }
    this.isFitted = true
    this.showsProposed = false
    this.problem = ""
    root.addEventListener("keydown", (event) => this.pressed(event))
    this.svg = this.find("svg")
    this.svg.addEventListener("pointerdown", (event) => this.pointed(event))
    this.svg.addEventListener("dblclick", (event) => this.pointedTwice(event))
    this.svg.addEventListener("wheel", (event) => this.wheeled(event), { passive: false })
    this.svg.addEventListener("focusin", (event) => this.focused(event))
    this.find(".naming").onsubmit = (event) => this.named(event)
    this.find(".state").onsubmit = (event) => this.stated(event)
    this.find(".state select").append(...TYPES.map((type) => element("option", { value: type, selected: type === "indicates" }, type)))
    this.find(".legend").append(...legendOf(TYPES))
    this.find(".keys").append(element("h2", {}, "Keys"), element("dl", {}, ...KEYS.flatMap(([key, does]) => [element("dt", {}, keycap(key)), element("dd", {}, does)])))
    this.sizes = new ResizeObserver(() => this.isFitted && this.data && this.fit())
    this.sizes.observe(this.svg)
  }

  close() {
    this.sizes.disconnect()
    clearTimeout(this.timer)
  }

  /* --- what came from the server ------------------------------------------------ */

  take(data, send) {
    const before = this.data
    this.data = data
    this.send = send
    const answered = this.queue.filter((act) => data.answers.includes(act.key))
    const isAnswer = answered.length > 0
    this.hasStored ||= isAnswer
    this.queue = this.queue.filter((act) => !answered.includes(act))
    if (!this.queue.length) {
      clearTimeout(this.timer)
      this.moved.clear()
    }
    const known = new Set(before?.nodes.map((node) => node.id))
    const fresh = before ? data.nodes.filter((node) => !known.has(node.id)) : []
    if (isAnswer && fresh.length === 1) this.chosen = fresh[0].id
    if (!this.exists(this.chosen)) this.chosen = null
    if (!this.exists(this.linking)) this.linking = null
    if (!before?.nodes.length) this.showsProposed = !data.nodes.length
    this.root.classList.toggle("can-edit", data.canEdit)
    if (isAnswer) this.problem = data.problem
    this.find(".problem").hidden = !this.problem
    this.find(".problem").textContent = this.problem
    this.draw()
    const isLaidOut = answered.some((act) => ["arrange", "accept"].includes(act.kind))
    if (!before || isLaidOut || (fresh.length && (this.isFitted || fresh.some((node) => !this.isInSight(node))))) this.fit()
    if (isAnswer && this.wantsFocus) this.focusNode(this.chosen)
    if (isAnswer) this.wantsFocus = false
    this.tell()
  }

  exists(id) {
    return id !== null && [...this.data.nodes, ...this.data.links].some((one) => one.id === id)
  }

  nodeOf(id) {
    return this.data.nodes.find((node) => node.id === id) ?? this.data.proposals.find((one) => one.id === id)
  }

  placeOf(node) {
    const [x, y] = this.moved.get(node.id) ?? [node.x, node.y]
    return { ...node, x, y }
  }

  /* --- drawing ------------------------------------------------------------------- */

  draw() {
    this.drawBar()
    this.drawPaper()
    this.drawPanel()
  }

  drawBar() {
    const { data } = this
    const tool = (words, key, onclick, more = {}) => element("button", { type: "button", class: "tool", onclick, ...more }, words, key ? keycap(key) : null)
    const id = this.chosen
    this.find(".tools").replaceChildren(
      ...(data.canEdit
        ? [
            tool("New node", "N", () => this.startNode()),
            tool("Link", "L", () => this.startLink(id), { disabled: !this.nodeOf(id) }),
            tool("Remove", "Del", () => this.remove(id), { disabled: !id }),
            tool("Undo", "", () => this.act("undo"), { disabled: !data.canUndo }),
            tool("Redo", "", () => this.act("redo"), { disabled: !data.canRedo }),
            tool("Tidy", "", () => this.act("arrange"), { disabled: data.nodes.length < 2, title: "Lay everything out afresh; can be undone" }),
          ]
        : []),
    )
    this.find(".views").replaceChildren(
      tool("−", "", () => this.zoom(0.8), { "aria-label": "Smaller" }),
      tool("+", "", () => this.zoom(1.25), { "aria-label": "Larger" }),
      tool("Fit", "F", () => this.fit()),
      tool("", "?", () => this.showKeys(), { "aria-label": "Keys" }),
    )
  }

  drawPaper() {
    const { data } = this
    const had = this.root.getRootNode().activeElement?.closest?.(".node")?.dataset.id
    const family = getComputedStyle(this.root).fontFamily
    this.shapes = new Map()
    const shaped = (node) => {
      const shape = shapeOf(node, family)
      this.shapes.set(node.id, shape)
      return drawNode(this.placeOf(node), shape)
    }
    const proposed = this.showsProposed ? data.proposals : []
    this.find(".nodes").replaceChildren(...data.nodes.map(shaped))
    this.find(".ghosts").replaceChildren(...proposed.map((one) => shaped({ ...one, isProposed: true })))
    this.drawLinks()
    this.markChosen()
    if (had) this.nodeElement(had)?.focus({ preventScroll: true })
    const names = [...new Set([...data.labels.map((label) => label.name), ...data.nodes.map((node) => node.name), ...data.lexicon.map((term) => term.words)])]
    this.find("#map-names").replaceChildren(...names.map((name) => element("option", { value: name })))
  }

  drawLinks() {
    const place = (id) => {
      const node = this.nodeOf(id)
      return { ...this.placeOf(node), ...this.shapes.get(id) }
    }
    const n = {}
    const pair = (link) => [link.source, link.target].sort().join(" ")
    for (const link of this.data.links) n[pair(link)] = (n[pair(link)] ?? 0) + 1
    const drawn = {}
    this.find(".links").replaceChildren(
      ...this.data.links.map((link) => {
        const many = n[pair(link)]
        const turn = (drawn[pair(link)] = (drawn[pair(link)] ?? -1) + 1)
        return drawLink(link, place(link.source), place(link.target), many > 1 ? (turn - (many - 1) / 2) * 22 : 0)
      }),
    )
    const ghosts = this.showsProposed ? this.data.proposals.filter((one) => one.target && this.shapes.has(one.target)) : []
    this.find(".ghost-links").replaceChildren(...ghosts.map((one) => drawLink({ id: one.id, kind: "indicates", words: one.words }, place(one.id), place(one.target))))
  }

  drawPanel() {
    const { data } = this
    const had = this.root.getRootNode().activeElement
    const row = had?.closest?.(".said-row")?.dataset.id
    const [node, link] = [data.nodes.find((one) => one.id === this.chosen), data.links.find((one) => one.id === this.chosen)]
    const show = (selector, parts) => {
      this.find(selector).hidden = !parts
      this.find(selector).replaceChildren(...(parts ?? []).filter(Boolean))
    }
    show(".chosen", node ? nodePanel(node, this) : link ? linkPanel(link, this) : null)
    show(".offer", data.proposals.length ? proposedPanel(this) : null)
    show(".said", saidPanel(this))
    this.find(".state").hidden = !data.canEdit
    if (row) this.find(`.said-row[data-id="${CSS.escape(row)}"]`)?.focus({ preventScroll: true })
    this.find(".hint").textContent = this.linking ? `Link from ${this.nodeOf(this.linking).name}: choose the other end (Esc leaves)` : data.nodes.length || data.proposals.length ? "" : data.emptyWords
  }

  markChosen() {
    for (const one of this.svg.querySelectorAll(".node, .link")) {
      one.classList.toggle("is-chosen", one.dataset.id === this.chosen)
      one.classList.toggle("is-from", one.dataset.id === this.linking)
    }
    const near = new Set([this.chosen])
    for (const link of this.data.links) if (this.chosen === link.id || this.chosen === link.source || this.chosen === link.target) near.add(link.source).add(link.target).add(link.id)
    this.svg.classList.toggle("has-chosen", this.chosen !== null)
    for (const one of this.svg.querySelectorAll(".node, .link")) one.classList.toggle("is-near", near.has(one.dataset.id))
  }

  showProposed(wanted) {
    if (wanted === this.showsProposed) return
    this.showsProposed = wanted
    this.drawPaper()
    if (wanted || this.isFitted) this.fit()
  }

  nodeElement(id) {
    return this.svg.querySelector(`.node[data-id="${CSS.escape(id ?? "")}"]`)
  }

  tell(words) {
    const status = this.find(".status")
    status.textContent = words ?? (this.queue.length ? "Storing …" : this.hasStored && !this.problem ? this.data.notice : "")
    this.root.classList.toggle("busy", this.queue.length > 0)
  }

  /* --- where one looks ------------------------------------------------------------ */

  fit() {
    const room = this.svg.getBoundingClientRect()
    const shown = [...this.data.nodes, ...(this.showsProposed ? this.data.proposals : [])].map((node) => ({ ...this.placeOf(node), ...this.shapes.get(node.id) }))
    this.isFitted = true
    if (!shown.length || !room.width) return this.look(room.width / 2, room.height / 2, 1)
    const [left, right] = [Math.min(...shown.map((one) => one.x - one.width / 2)), Math.max(...shown.map((one) => one.x + one.width / 2))]
    const [top, bottom] = [Math.min(...shown.map((one) => one.y - one.height / 2)), Math.max(...shown.map((one) => one.y + one.height / 2))]
    const scale = Math.min(1.1, (room.width - 36) / (right - left), (room.height - 84) / (bottom - top))
    this.look(room.width / 2 - (scale * (left + right)) / 2, (room.height - 20) / 2 - (scale * (top + bottom)) / 2, scale)
  }

  look(x, y, scale) {
    this.view = { x, y, scale }
    this.find(".view").setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})`)
  }

  zoom(by, at = null) {
    const room = this.svg.getBoundingClientRect()
    const [x, y] = at ?? [room.width / 2, room.height / 2]
    const scale = Math.min(2.5, Math.max(0.2, this.view.scale * by))
    const grown = scale / this.view.scale
    this.isFitted = false
    this.look(x - (x - this.view.x) * grown, y - (y - this.view.y) * grown, scale)
  }

  wheeled(event) {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.zoom(Math.exp(-event.deltaY / 300), this.onPaper(event))
  }

  onPaper(event) {
    const room = this.svg.getBoundingClientRect()
    return [event.clientX - room.left, event.clientY - room.top]
  }

  inMap(event) {
    const [x, y] = this.onPaper(event)
    return [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale]
  }

  isInSight(node) {
    const room = this.svg.getBoundingClientRect()
    const [x, y] = [node.x * this.view.scale + this.view.x, node.y * this.view.scale + this.view.y]
    return x > 30 && y > 20 && x < room.width - 30 && y < room.height - 20
  }

  showKeys(wanted) {
    const list = this.find(".keys")
    list.hidden = wanted === undefined ? !list.hidden : !wanted
  }
}
