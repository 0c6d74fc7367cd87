/** What a person does with the map: by mouse and by touch; each act is sent at once. */

Object.assign(ConceptMap.prototype, {
  /* --- acts: each under a key of its own, sent with all that have no answer yet ------- */

  act(kind, more = {}) {
    this.queue.push({ kind, key: newKey(), ...more })
    clearTimeout(this.timer)
    this.deliver()
    this.tell()
  },

  deliver(n = 1) {
    this.send("acts", [...this.queue])
    this.timer = setTimeout(() => {
      if (!this.queue.length) return
      if (n < MOST_SENDINGS) {
        this.tell("No answer yet; sending it again. It counts once.")
        this.deliver(n + 1)
      } else this.tell("The server does not answer. Reload the page; what was stored is kept.")
    }, RESEND_AFTER)
  },

  choose(id, movesSight = false) {
    this.chosen = id
    this.markChosen()
    this.drawBar()
    this.drawPanel()
    const node = this.data.nodes.find((one) => one.id === id)
    if (movesSight && node && !this.isInSight(node)) this.fit()
  },

  focusNode(id) {
    this.nodeElement(id)?.focus({ preventScroll: true })
  },

  remove(id) {
    if (!this.data.canEdit || !id) return
    this.wantsFocus = true
    const link = this.data.links.find((one) => one.source === id || one.target === id)
    this.act("remove", { ids: [id] })
    this.chosen = link ? (link.source === id ? link.target : link.source) : null
  },

  /* --- a new node ------------------------------------------------------------------- */

  startNode(at = null) {
    if (!this.data.canEdit) return
    const room = this.svg.getBoundingClientRect()
    const near = this.data.nodes.find((node) => node.id === this.chosen)
    const middle = [(room.width / 2 - this.view.x) / this.view.scale, (room.height / 2 - this.view.y) / this.view.scale]
    this.naming = { at: at ?? (near ? [near.x, near.y + 72] : middle), kind: "concept" }
    const form = this.find(".naming")
    const [x, y] = this.naming.at.map((one, axis) => one * this.view.scale + this.view[axis ? "y" : "x"])
    form.hidden = false
    form.style.left = `${Math.min(Math.max(x, 150), room.width - 150)}px`
    form.style.top = `${Math.min(Math.max(y, 30), room.height - 70)}px`
    this.drawKinds()
    const input = form.querySelector("input")
    input.value = ""
    input.focus({ preventScroll: true })
  },

  drawKinds() {
    this.find(".naming .kinds").replaceChildren(
      ...kindChoice(this.naming.kind, (kind) => {
        this.naming.kind = kind
        this.drawKinds()
        this.find(".naming input").focus()
      }),
    )
  },

  named(event) {
    event.preventDefault()
    const name = this.find(".naming input").value.trim()
    if (!name) return
    const { at, kind } = this.naming
    this.wantsFocus = true
    this.stopNaming()
    this.act("add", { name, node: kind, at })
  },

  stopNaming() {
    this.find(".naming").hidden = true
    this.naming = null
  },

  stated(event) {
    event.preventDefault()
    const form = event.target
    const [subject, kind, other] = ["subject", "kind", "other"].map((name) => form.elements[name].value.trim())
    if (!subject || !other) return
    this.act("state", { subject, type: kind, other })
    form.elements.subject.value = ""
    form.elements.subject.focus()
  },

  /* --- a new link ------------------------------------------------------------------- */

  startLink(id) {
    const node = this.data.nodes.find((one) => one.id === id)
    if (!this.data.canEdit || !node) return
    this.linking = id
    this.markChosen()
    this.drawPanel()
    this.focusNode(id)
  },

  stopLink() {
    this.linking = null
    this.find(".types").hidden = true
    this.find(".rubber").setAttribute("hidden", "")
    this.markChosen()
    this.drawPanel()
  },

  endLink(target) {
    const source = this.linking
    if (!source || source === target || !this.data.nodes.some((node) => node.id === target)) return
    const types = this.find(".types")
    const node = this.placeOf(this.nodeOf(target))
    const room = this.svg.getBoundingClientRect()
    types.replaceChildren(
      element("p", { class: "soft" }, `${this.nodeOf(source).name} … ${node.name}`),
      ...TYPES.map((type, place) => element("button", { type: "button", role: "menuitem", onclick: () => this.link(source, target, type) }, keycap(String(place + 1)), type)),
    )
    types.hidden = false
    types.style.left = `${Math.min(Math.max(node.x * this.view.scale + this.view.x - 90, 8), room.width - 200)}px`
    types.style.top = `${Math.min(Math.max(node.y * this.view.scale + this.view.y + 24, 8), room.height - 190)}px`
    types.querySelector("button:nth-of-type(2)").focus()
  },

  link(source, target, type) {
    this.stopLink()
    this.chosen = source
    this.wantsFocus = true
    this.act("link", { source, target, type })
  },

  /* --- mouse and touch ---------------------------------------------------------------- */

  pointed(event) {
    if (event.button) return
    const node = event.target.closest(".node")
    const link = event.target.closest(".links .link")
    if (node?.classList.contains("proposed")) return this.act("accept", { ids: [node.dataset.id] })
    if (this.linking && node) return this.endLink(node.dataset.id)
    if (event.target.closest(".handle") && this.data.canEdit) return this.pull(event, node.dataset.id)
    if (node) return this.drag(event, node.dataset.id)
    if (this.linking) this.stopLink()
    if (link) return this.choose(link.dataset.id)
    this.choose(null)
    this.pan(event)
  },

  pointedTwice(event) {
    if (!this.data.canEdit) return
    const node = event.target.closest(".node")
    if (node) return this.find(".rename")?.focus()
    if (!event.target.closest(".link")) this.startNode(this.inMap(event))
  },

  follow(event, move, end) {
    this.svg.setPointerCapture(event.pointerId)
    const stop = (last) => {
      this.svg.removeEventListener("pointermove", move)
      this.svg.removeEventListener("pointerup", stop)
      this.svg.removeEventListener("pointercancel", stop)
      end(last)
    }
    this.svg.addEventListener("pointermove", move)
    this.svg.addEventListener("pointerup", stop)
    this.svg.addEventListener("pointercancel", stop)
  },

  drag(event, id) {
    this.choose(id)
    this.focusNode(id)
    event.preventDefault()
    if (!this.data.canEdit) return
    const [x, y] = this.inMap(event)
    const node = this.placeOf(this.nodeOf(id))
    let isMoved = false
    const move = (now) => {
      const [a, b] = this.inMap(now)
      if (!isMoved && Math.hypot(a - x, b - y) * this.view.scale < 4) return
      isMoved = true
      this.moveTo(id, node.x + a - x, node.y + b - y)
    }
    this.follow(event, move, () => isMoved && this.sendPlace(id))
  },

  moveTo(id, x, y) {
    this.moved.set(id, [Math.round(x), Math.round(y)])
    this.isFitted = false
    this.nodeElement(id).setAttribute("transform", `translate(${Math.round(x)} ${Math.round(y)})`)
    this.drawLinks()
    this.markChosen()
  },

  sendPlace(id) {
    if (this.moved.has(id)) this.act("move", { places: { [id]: this.moved.get(id) } })
  },

  pull(event, id) {
    event.preventDefault()
    this.linking = id
    const from = { ...this.placeOf(this.nodeOf(id)), ...this.shapes.get(id) }
    const rubber = this.find(".rubber")
    rubber.removeAttribute("hidden")
    const move = (now) => rubber.setAttribute("d", `M${from.x + from.width / 2} ${from.y}L${this.inMap(now)}`)
    move(event)
    this.follow(event, move, (last) => {
      rubber.setAttribute("hidden", "")
      rubber.removeAttribute("d")
      const under = this.root.getRootNode().elementFromPoint(last.clientX, last.clientY)?.closest?.(".nodes .node")
      if (under && under.dataset.id !== id) this.endLink(under.dataset.id)
      else this.stopLink()
    })
  },

  pan(event) {
    const { x, y, scale } = this.view
    const [a, b] = this.onPaper(event)
    const move = (now) => {
      const [c, d] = this.onPaper(now)
      this.isFitted = false
      this.look(x + c - a, y + d - b, scale)
    }
    this.follow(event, move, () => {})
  },
})
