/** The map in words: what is chosen, what is proposed, every proposition; all can be done here too. */

function marks(holders) {
  return element(
    "span",
    { class: "marks" },
    ...holders.map((one) => {
      const made = element("span", { class: `mark${one.isSimulated ? " simulated" : ""}`, role: "img", "aria-label": one.name, title: one.name }, one.initials)
      made.style.setProperty("--tone", one.tone)
      return made
    }),
  )
}

function quietButton(words, onclick, more = {}) {
  return element("button", { type: "button", class: "quiet", onclick, ...more }, words)
}

function kindChoice(chosen, choose) {
  return ["concept", "trait"].map((kind) =>
    element("button", { type: "button", role: "radio", class: "pill", "aria-checked": String(kind === chosen), onclick: () => choose(kind) }, kind === "trait" ? "Trait of actors" : "Concept"),
  )
}

function typeChoice(chosen, choose) {
  return element(
    "span",
    { class: "pills", role: "radiogroup", "aria-label": "What the link says" },
    ...TYPES.map((type) => element("button", { type: "button", role: "radio", class: "pill", "aria-checked": String(type === chosen), onclick: () => choose(type) }, type)),
  )
}

function nodeName(node, choose) {
  const made = element("button", { type: "button", class: `name-button ${node.kind}`, onclick: () => choose(node.id) }, node.kind === "label" ? square(node.colour) : null, node.name)
  return made
}

/** What can be done with a chosen node. */
function nodePanel(node, map) {
  const { data } = map
  const isOwn = data.canEdit
  const rename = element("input", { type: "text", class: "rename", maxlength: 80, autocomplete: "off", "aria-label": "Name", value: node.name })
  rename.onkeydown = (event) => {
    if (event.key === "Enter" && rename.value.trim() && rename.value !== node.name) map.act("rename", { id: node.id, name: rename.value })
    else if (event.key === "Escape") map.focusNode(node.id)
    else return
    event.preventDefault()
  }
  const head = isOwn && node.kind !== "label" ? rename : element("h2", {}, node.kind === "label" ? square(node.colour) : null, node.name)
  const parts = [element("div", { class: "head" }, head, quietButton("×", () => map.choose(null), { "aria-label": "Close" }))]
  if (node.isGone) parts.push(element("p", { class: "soft" }, "The codebook has no such label any more. Link what it stood for to another label, then remove it."))
  if (isOwn && node.kind !== "label") parts.push(element("span", { class: "pills", role: "radiogroup", "aria-label": "What it is" }, ...kindChoice(node.kind, (kind) => kind !== node.kind && map.act("kind", { id: node.id, node: kind }))))
  if (node.holders) parts.push(element("p", { class: "soft" }, marks(node.holders), ` ${node.share}`))
  parts.push(...termParts(node, map, isOwn))
  if (isOwn) {
    parts.push(
      element(
        "div",
        { class: "row" },
        quietButton("Link to …", () => map.startLink(node.id)),
        quietButton("Remove", () => map.remove(node.id)),
      ),
    )
  }
  return parts
}

function termParts(node, map, isOwn) {
  const parts = []
  if (node.terms.length) {
    parts.push(
      element(
        "div",
        { class: "chips" },
        ...node.terms.map((term) =>
          isOwn
            ? quietButton(`${term.words} ×`, () => map.act("tie", { id: node.id, terms: node.terms.filter((one) => one.id !== term.id).map((one) => one.id) }), { "aria-label": `Untie ${term.words}`, class: "chip" })
            : element("span", { class: "chip" }, term.words),
        ),
      ),
      element("p", { class: "soft" }, node.found),
    )
  }
  const free = map.data.lexicon.filter((term) => !node.terms.some((one) => one.id === term.id))
  if (isOwn && free.length) {
    const choice = element("select", { class: "tie", "aria-label": "Tie a term of the lexicon" }, element("option", { value: "" }, "Tie a term of the lexicon …"), ...free.map((term) => element("option", { value: term.id }, term.words)))
    choice.onchange = () => choice.value && map.act("tie", { id: node.id, terms: [...node.terms.map((one) => one.id), choice.value] })
    parts.push(choice)
  }
  return parts
}

/** What can be done with a chosen link. */
function linkPanel(link, map) {
  const { data } = map
  const [from, to] = [map.nodeOf(link.source), map.nodeOf(link.target)]
  const choose = (id) => map.choose(id, true)
  const close = quietButton("×", () => map.choose(null), { "aria-label": "Close" })
  const sentence = element("span", { class: "sentence" }, nodeName(from, choose), element("span", { class: "soft" }, link.kind), nodeName(to, choose))
  const parts = [element("div", { class: "head" }, sentence, close)]
  if (data.canEdit) {
    parts.push(
      typeChoice(link.kind, (kind) => kind !== link.kind && map.act("link", { source: link.source, target: link.target, type: kind })),
      element(
        "div",
        { class: "row" },
        link.kind === "excludes" ? null : quietButton("Turn round", () => map.act("link", { source: link.target, target: link.source, type: link.kind })),
        quietButton("Remove", () => map.remove(link.id)),
      ),
    )
    return parts
  }
  parts.push(element("p", { class: "soft" }, marks(link.holders), ` ${link.share}${link.isDisputed ? ", and somebody says the opposite" : ""}`))
  if (data.canTake) parts.push(element("div", { class: "row" }, link.isMine ? element("span", { class: "soft" }, "On your map") : quietButton("Take over into mine", () => map.act("take_over", { ids: [link.id] }))))
  return parts
}

/** What may be taken onto the map, piece by piece or at once. */
function proposedPanel(map) {
  const { proposals, nodes } = map.data
  const isEmpty = nodes.length === 0
  const all = element("button", { type: "button", class: isEmpty ? "go" : "quiet", onclick: () => map.act("accept", {}) }, isEmpty ? `Begin with these ${proposals.length}` : `Take all ${proposals.length}`)
  const rows = proposals.map((one) =>
    element(
      "li",
      {},
      element("button", { type: "button", class: "said-row", "data-id": one.id, "aria-label": `Take ${one.words} onto my map`, onclick: () => map.act("accept", { ids: [one.id] }) }, one.label ? diamond() : square(one.colour), element("span", {}, one.words), element("span", { class: "plus", "aria-hidden": "true" }, "+")),
    ),
  )
  const list = element("ul", { class: "rows", "aria-label": "Proposed" }, ...rows)
  if (isEmpty) return [element("p", { class: "soft" }, "The codebook's labels and what the team adopted. Take what you agree with."), all, list]
  const more = element("details", { open: map.showsProposed ? true : null, ontoggle: (event) => map.showProposed(event.target.open) }, element("summary", {}, `${proposals.length} proposed`), element("div", { class: "row" }, all), list)
  return [more]
}

/** Every proposition, then what is not linked to anything. */
function saidPanel(map) {
  const { data } = map
  const rows = data.links.map((link) =>
    element(
      "li",
      { class: link.isDisputed ? "disputed" : null },
      element(
        "button",
        { type: "button", class: "said-row", "data-id": link.id, "aria-pressed": String(map.chosen === link.id), onclick: () => map.choose(link.id, true) },
        element("span", {}, link.words),
        link.holders ? marks(link.holders) : null,
      ),
    ),
  )
  const linked = new Set(data.links.flatMap((link) => [link.source, link.target]))
  const alone = data.nodes.filter((node) => !linked.has(node.id))
  const list = element("ul", { class: "rows", "aria-label": "Propositions" }, ...rows)
  const free = data.links.filter((one) => !one.isMine && !one.isDisputed).map((one) => one.id)
  const take = data.canTake && free.length > 1 ? quietButton(`Take all ${free.length} over`, () => map.act("take_over", { ids: free }), { title: "What is not on your map yet and nobody disputes" }) : null
  const title = element("div", { class: "head" }, element("h2", {}, data.listTitle), take)
  const parts = rows.length ? [title, list] : []
  if (alone.length) parts.push(element("p", { class: "soft" }, "Not linked: "), element("span", { class: "chips" }, ...alone.map((node) => nodeName(node, (id) => map.choose(id, true)))))
  return parts
}
