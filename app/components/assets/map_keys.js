/** The map by keys alone; see KEYS for what each one does. */

Object.assign(ConceptMap.prototype, {
  focused(event) {
    const id = event.target.closest?.(".node")?.dataset.id
    if (this.linking || !this.data.nodes.some((node) => node.id === id)) return
    if (id !== this.chosen) this.choose(id)
  },

  pressed(event) {
    if (event.isComposing || event.defaultPrevented) return
    const isWriting = event.target.closest("input, textarea, select")
    if (event.key === "Escape" && this.leave()) return this.done(event)
    if (isWriting) return
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z"
    if (isUndo && !event.shiftKey) return this.done(event, () => this.data.canUndo && this.act("undo"))
    if (isUndo || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y")) return this.done(event, () => this.data.canRedo && this.act("redo"))
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (!this.find(".types").hidden && this.chooseType(event.key)) return this.done(event)
    const node = event.target.closest(".node")
    if (event.target.closest("button, summary, a") && !node && ["Enter", " "].includes(event.key)) return
    const way = WAYS[event.key]
    if (way && node) return this.done(event, () => (event.shiftKey ? this.nudge(way) : this.walk(way)))
    const doing = {
      n: () => this.startNode(),
      l: () => this.startLink(this.chosen),
      f: () => this.fit(),
      "?": () => this.showKeys(),
      "+": () => this.zoom(1.25),
      "-": () => this.zoom(0.8),
      Delete: () => this.remove(this.chosen),
      Backspace: () => this.remove(this.chosen),
      Enter: () => this.enter(node),
      " ": () => this.enter(node),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (doing) this.done(event, doing)
  },

  done(event, doing) {
    event.preventDefault()
    event.stopPropagation()
    doing?.()
  },

  chooseType(key) {
    const buttons = [...this.find(".types").querySelectorAll("button")]
    const at = buttons.indexOf(this.root.getRootNode().activeElement)
    if (["1", "2", "3", "4"].includes(key)) buttons[Number(key) - 1].click()
    else if (key === "ArrowDown") buttons[(at + 1) % buttons.length].focus()
    else if (key === "ArrowUp") buttons[(at + buttons.length - 1) % buttons.length].focus()
    else return false
    return true
  },

  enter(node) {
    if (!node) return
    const id = node.dataset.id
    if (node.classList.contains("proposed")) this.act("accept", { ids: [id] })
    else if (this.linking && this.linking !== id) this.endLink(id)
    else this.find(".rename, .chosen button, .chosen select")?.focus()
  },

  leave() {
    if (!this.find(".keys").hidden) this.showKeys(false)
    else if (this.naming) this.stopNaming()
    else if (this.linking) this.stopLink()
    else if (this.root.getRootNode().activeElement?.closest?.(".panel") && this.nodeElement(this.chosen)) this.focusNode(this.chosen)
    else if (this.chosen) this.choose(null)
    else return false
    if (!this.naming && this.chosen) this.focusNode(this.chosen)
    return true
  },

  nudge([x, y]) {
    const node = this.data.nodes.find((one) => one.id === this.chosen)
    if (!node || !this.data.canEdit) return
    const now = this.placeOf(node)
    this.moveTo(node.id, now.x + x * STEP, now.y + y * STEP)
    // A held key is one act, sent when it rests.
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.sendPlace(node.id), 350)
  },

  walk([x, y]) {
    const all = [...this.data.nodes, ...(this.showsProposed ? this.data.proposals : [])].map((node) => this.placeOf(node))
    const focused = this.root.getRootNode().activeElement?.closest?.(".node")?.dataset.id
    const from = all.find((node) => node.id === focused)
    if (!from) return
    const far = (node) => {
      const along = (node.x - from.x) * x + (node.y - from.y) * y
      const aside = Math.abs((node.x - from.x) * y) + Math.abs((node.y - from.y) * x)
      return along > 4 ? along + 2.5 * aside : Infinity
    }
    const [next] = all.filter((node) => far(node) < Infinity).sort((a, b) => far(a) - far(b))
    if (next) this.focusNode(next.id)
  },
})

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map")
  let map = maps.get(root)
  if (!map) {
    map = new ConceptMap(root)
    maps.set(root, map)
  }
  map.take(data, setTriggerValue)
  return () => map.close()
}
