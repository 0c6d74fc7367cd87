/** The parts of the card that only show: codebook, what the machine noticed, its answer. */

function labelOf(data, name) {
  return data.codebook.labels.find((label) => label.name === name) ?? { name, colour: "#8a857d", key: "" }
}

function labelName(data, name) {
  return element("span", { class: "label-name" }, square(labelOf(data, name).colour), name)
}

function quoted(words) {
  return words.map((word) => `“${word}”`).join(", ")
}

function codebookPanel(data) {
  const entries = data.codebook.labels.map((label) =>
    element(
      "li",
      {},
      element("p", { class: "entry" }, square(label.colour), element("b", {}, label.name), label.key ? keycap(label.key) : null),
      label.definition ? element("p", { class: "definition" }, label.definition) : null,
      label.examples.length
        ? element(
            "details",
            {},
            element("summary", {}, label.examples.length === 1 ? "1 example" : `${label.examples.length} examples`),
            ...label.examples.map((example) => element("p", { class: "example" }, example)),
          )
        : null,
    ),
  )
  return [
    element("h2", {}, `Codebook v${data.codebook.version}`),
    element("ul", {}, ...entries),
    data.codebook.changed ? element("p", { class: "quiet" }, data.codebook.changed) : null,
  ].filter(Boolean)
}

function agreementLine(data) {
  const { label, probability, words, drawn } = data.agreement
  const reasons = [words.length ? `because ${quoted(words)}` : "", drawn].filter(Boolean)
  return [diamond(), element("span", {}, "agrees: ", element("b", {}, label), [` (${probability})`, ...reasons].join(" · "))]
}

function neighbourList(data) {
  const { neighbours } = data.explanation
  if (!neighbours.length) return null
  return element(
    "div",
    { class: "neighbours" },
    element("p", { class: "quiet" }, neighbours.length === 1 ? "Nearest judged message" : `Nearest ${neighbours.length} judged messages`),
    ...neighbours.map((one) =>
      element("p", { class: "neighbour" }, one.label ? labelName(data, one.label) : null, element("span", { class: "cut", title: one.text }, one.text)),
    ),
  )
}

function explanationPanel(data) {
  const { words } = data.explanation
  const noticed = words.length ? `It notices ${quoted(words.map((word) => word.word))}.` : "No single word moved it much."
  return [
    element("p", { class: "speaks" }, diamond(), element("span", {}, element("b", {}, "The machine sees it differently."), ` ${noticed}`)),
    neighbourList(data),
  ]
}

const MOST_BARS = 4

function probabilityBars(data) {
  const sorted = [...data.opinion.bars].sort((one, other) => other.probability - one.probability)
  const main = sorted.filter((bar, rank) => rank < MOST_BARS || bar.label === data.chosen)
  const shown = main.length === sorted.length - 1 ? sorted : main // a lone other needs no less room
  const others = sorted.filter((bar) => !shown.includes(bar))
  const rest = others.reduce((sum, bar) => sum + bar.probability, 0)
  return element(
    "div",
    { class: "bars", role: "list", "aria-label": "the machine's probabilities" },
    ...shown.map((bar) => {
      const fill = element("span", { class: "fill" })
      fill.style.width = `${Math.max(1, bar.probability * 100)}%`
      fill.style.background = labelOf(data, bar.label).colour
      return element(
        "div",
        { class: "bar", role: "listitem" },
        element("span", { class: "cut", title: bar.label }, bar.label),
        element("span", { class: "track" }, fill),
        element("span", { class: "figure" }, bar.probability.toFixed(2)),
      )
    }),
    others.length ? element("p", { class: "quiet", role: "listitem" }, `${others.length} others: ${rest.toFixed(2)} in all`) : null,
  )
}

function opinionPanel(data) {
  const best = data.opinion.bars.find((bar) => bar.label === data.opinion.label)
  const words = data.explanation?.words ?? []
  const side = (sign) => words.filter((word) => word.side === sign).map((word) => word.word)
  const reasons = [
    side(1).length ? `for: ${quoted(side(1))}` : "",
    side(-1).length ? `against: ${quoted(side(-1))}` : "",
  ].filter(Boolean)
  return [
    element(
      "div",
      { class: "speaks" },
      diamond(),
      element(
        "div",
        { class: "grow" },
        element("p", {}, "says ", element("b", {}, data.opinion.label), ` ${best ? best.probability.toFixed(2) : ""}`, data.contrast ? ` · ${data.contrast}` : ""),
        reasons.length ? element("p", { class: "quiet" }, reasons.join(" · ")) : null,
      ),
    ),
    element("div", { class: "evidence" }, probabilityBars(data), data.explanation ? neighbourList(data) : null),
  ]
}

function reloadButton() {
  return element("button", { type: "button", class: "reload", onclick: () => location.reload() }, "Reload")
}

const KEYS = [
  ["1 2 …", "choose a label by its own key"],
  ["G F U", "guess, fairly, sure"],
  ["Enter", "commit or go on"],
  ["K", "keep mine"],
  ["W", "mark words by keys: arrows, space"],
  ["S", "skip"],
  ["X", "flag or ask a colleague"],
  ["←", "back to the last one"],
  ["Esc", "close, leave"],
  ["?", "these keys"],
]

function keyList() {
  return [element("h2", {}, "Keys"), element("dl", {}, ...KEYS.flatMap(([key, what]) => [element("dt", {}, keycap(key)), element("dd", {}, what)]))]
}
