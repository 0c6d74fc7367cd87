/** Nodes and links as SVG; every name goes in as text. */

const SVG = "http://www.w3.org/2000/svg"
const TYPES = ["is a", "indicates", "excludes", "part of"]
const LINE = 18
const MOST_ON_A_LINE = 22

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value === true ? "" : value)
  }
  made.append(...children.filter(Boolean))
  return made
}

let measuring = null

/** Width of a line in pixels; a little more where the browser cannot measure. */
function widthOf(line, font) {
  measuring ??= document.createElement("canvas").getContext("2d")
  if (!measuring) return line.length * 8
  measuring.font = font
  return measuring.measureText(line).width
}

/** A name on one or two lines, cut where it is longer still. */
function linesOf(name) {
  if (name.length <= MOST_ON_A_LINE) return [name]
  const room = name.slice(0, MOST_ON_A_LINE + 1)
  const at = room.lastIndexOf(" ") > 6 ? room.lastIndexOf(" ") : MOST_ON_A_LINE
  const rest = name.slice(at).trim()
  return [name.slice(0, at), rest.length > MOST_ON_A_LINE ? `${rest.slice(0, MOST_ON_A_LINE - 1)}…` : rest]
}

/** What a node needs to be drawn: lines, width, height. */
function shapeOf(node, family) {
  const lines = linesOf(node.name)
  const weight = node.kind === "label" ? 600 : 500
  const widest = Math.max(...lines.map((line) => widthOf(line, `${weight} 14px ${family}`)), node.note ? widthOf(node.note, `400 11px ${family}`) : 0)
  const sign = node.kind === "concept" && !node.isProposed ? 0 : 18
  return { lines, sign, width: Math.max(56, Math.ceil(widest) + 28 + sign), height: 18 + lines.length * LINE + (node.note ? 14 : 0) }
}

function signOf(node, shape) {
  const x = -shape.width / 2 + 16
  if (node.isProposed && node.kind !== "label") return svg("rect", { class: "diamond-sign", x: -4.5, y: -4.5, width: 9, height: 9, transform: `translate(${x} 0) rotate(45)` })
  if (node.kind === "label") return svg("rect", { class: "swatch", x: x - 5, y: -5, width: 10, height: 10, rx: 3 })
  if (node.kind === "trait") return svg("g", { class: "who", transform: `translate(${x} 0)` }, svg("circle", { r: 3, cy: -3.4 }), svg("path", { d: "M-5 5.5a5 4.6 0 0 1 10 0z" }))
  return null
}

function nodeWords(node) {
  const kind = node.isProposed ? `proposed ${node.kind}` : node.isGone ? "no label any more" : node.kind
  return [node.name, kind, node.note, node.share].filter(Boolean).join(", ")
}

/** One node as a group around its centre. */
function drawNode(node, shape) {
  const { width, height, lines, sign } = shape
  const middle = sign / 2
  const top = -height / 2 + 9
  const text = lines.map((line, place) => {
    const made = svg("text", { x: middle, y: top + place * LINE + 13, class: "name" })
    made.textContent = line
    return made
  })
  if (node.note) {
    const note = svg("text", { x: middle, y: top + lines.length * LINE + 11, class: "note" })
    note.textContent = node.note
    text.push(note)
  }
  const title = svg("title")
  title.textContent = nodeWords(node)
  const classes = ["node", node.kind, node.isProposed && "proposed", node.isGone && "gone"].filter(Boolean).join(" ")
  const made = svg(
    "g",
    { class: classes, "data-id": node.id, role: "button", tabindex: 0, "aria-label": nodeWords(node), transform: `translate(${node.x} ${node.y})` },
    title,
    svg("rect", { class: "body", x: -width / 2, y: -height / 2, width, height, rx: node.kind === "label" ? height / 2 : 8 }),
    signOf(node, shape),
    ...text,
    node.isProposed ? null : svg("circle", { class: "handle", cx: width / 2 + 1, r: 6 }),
  )
  if (node.colour) made.style.setProperty("--tone", node.colour)
  return made
}

/** Where a link leaves and enters, and how it bends between; `bend` sets links of one pair apart. */
function courseOf(from, to, bend) {
  const dx = to.x - from.x
  const dy = to.y - from.y
  const across = Math.abs(dx) > (from.width + to.width) / 2 + 16
  const way = Math.sign(across ? dx : dy) || 1
  const start = across ? [from.x + (way * from.width) / 2, from.y + bend] : [from.x + bend, from.y + (way * from.height) / 2]
  const end = across ? [to.x - (way * to.width) / 2, to.y + bend] : [to.x + bend, to.y - (way * to.height) / 2]
  const pull = Math.max(18, Math.abs(across ? end[0] - start[0] : end[1] - start[1]) / 2) * way
  const [c1, c2] = across
    ? [[start[0] + pull, start[1]], [end[0] - pull, end[1]]]
    : [[start[0], start[1] + pull], [end[0], end[1] - pull]]
  return { start, end, c1, c2, across, way, middle: [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2] }
}

/** The sign at a link's end: a tip, an open tip, a lozenge, or a bar at both ends. */
function headOf(type, { start, end, across, way }) {
  const at = ([x, y], turned = 1) => `translate(${x} ${y}) rotate(${across ? (way * turned > 0 ? 0 : 180) : way * turned > 0 ? 90 : -90})`
  if (type === "excludes") {
    const bar = (place, turned) => svg("path", { class: "head", d: "M-4 -6V6", transform: at(place, turned) })
    return [bar(start, -1), bar(end, 1)]
  }
  const drawn = { indicates: "M-9 -4.5L0 0L-9 4.5Z", "is a": "M-10 -5.5L0 0L-10 5.5Z", "part of": "M-14 0L-7 -5L0 0L-7 5Z" }[type]
  return [svg("path", { class: `head ${type === "indicates" ? "full" : "open"}`, d: drawn, transform: at(end) })]
}

/** One link as a group: a wide unseen path to hit, the line, its sign and its word. */
function drawLink(link, from, to, bend = 0) {
  const course = courseOf(from, to, bend)
  const { start, end, c1, c2, middle } = course
  const d = `M${start} C${c1} ${c2} ${end}`
  const word = svg("text", { class: "word", x: middle[0], y: middle[1] + 4 })
  word.textContent = !link.share ? link.kind : link.kind === "indicates" ? link.share : `${link.kind} · ${link.share}`
  const title = svg("title")
  title.textContent = link.words
  const made = svg(
    "g",
    { class: `link ${link.kind.replace(" ", "-")}${link.isDisputed ? " disputed" : ""}${(link.holders?.length ?? 0) > 1 ? " is-shared" : ""}`, "data-id": link.id },
    title,
    svg("path", { class: "hit", d }),
    svg("path", { class: "line", d, "stroke-width": link.width ?? 1.75 }),
    ...headOf(link.kind, course),
    word,
  )
  if (link.colour && !link.isDisputed) made.style.setProperty("--tone", link.colour)
  return made
}

/** The signs in words, for people who look. */
function legendOf(types) {
  return types.map((type) => {
    const course = { start: [4, 7], end: [32, 7], across: true, way: 1 }
    const picture = svg("svg", { width: 36, height: 14, class: `link ${type.replace(" ", "-")}` }, svg("path", { class: "line", d: "M4 7H30", "stroke-width": 1.5 }), ...headOf(type, course))
    return element("span", {}, picture, type)
  })
}
