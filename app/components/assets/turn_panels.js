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

function partedWords({ machine, probability, own, cameRound }) {
  return cameRound ? `The machine said ${machine} (${probability}), and now so do you.` : `The machine said ${machine} (${probability}), you say ${own}.`
}

/** What became of the message before, on which machine and expert differed; the way to its thread. */
function partedLine(parted, onTalk) {
  const talk = element("button", { type: "button", class: "quiet-button", onclick: onTalk }, "talk about it", keycap("T"))
  return [diamond(), element("span", {}, partedWords(parted)), talk]
}

const SIDES = { 1: "for", 0: "equal", "-1": "against" }

/** Each word or phrase once, however often it stands in the text. */
function wordChips(words) {
  const first = new Map()
  for (const word of words) if (!first.has(word.word.toLowerCase())) first.set(word.word.toLowerCase(), word)
  return [...first.values()].map((word) => element("span", { class: `chip noticed level${word.level} ${SIDES[word.side]}` }, word.word))
}

function chipLine(name, chips) {
  return chips.length ? element("p", { class: "chips" }, element("span", { class: "quiet" }, name), ...chips) : null
}

function conceptLine(data) {
  const chips = data.explanation.concepts.map(({ term, label, state }) =>
    element("span", { class: "chip concept" }, label ? square(labelOf(data, label).colour) : null, element("b", {}, term), element("span", { class: "quiet" }, label ? `${label}, ${state}` : state)),
  )
  const means = "Concepts of the journal that stand in this message, and what became of them"
  return chips.length ? element("p", { class: "chips concepts", title: means }, element("span", { class: "quiet" }, "in the journal"), ...chips) : null
}

const MOST_PEOPLE = 4

function whoSaid(who) {
  const shown = who.slice(0, MOST_PEOPLE).flatMap(({ name, initials, tone, label }) => {
    const told = label ? `${name} said ${label}` : name
    const circle = element("span", { class: "person", role: "img", "aria-label": told, title: told }, initials)
    circle.style.background = tone
    return label ? [circle, element("span", { class: "quiet" }, label)] : [circle]
  })
  return who.length > MOST_PEOPLE ? [...shown, element("span", { class: "quiet" }, `+${who.length - MOST_PEOPLE}`)] : shown
}

function neighbourList(data) {
  const { neighbours } = data.explanation
  if (!neighbours.length) return null
  const nClosed = data.opinion ? neighbours.filter((one) => !one.label).length : 0
  const name = neighbours.length === 1 ? "Nearest judged message" : `Nearest ${neighbours.length} judged messages`
  const closed = nClosed === neighbours.length ? "yours to judge yet" : `${nClosed} yours to judge yet`
  return element(
    "div",
    { class: "neighbours" },
    element("p", { class: "quiet", title: nClosed ? "Labels stay closed of messages that you have yet to judge" : "" }, nClosed ? `${name}, ${closed}` : name),
    ...neighbours.map((one) =>
      element(
        "p",
        { class: "neighbour" },
        one.label ? labelName(data, one.label) : null,
        element("span", { class: "cut grow", title: one.text }, one.text),
        one.who.length ? element("span", { class: "who" }, ...whoSaid(one.who)) : null,
      ),
    ),
  )
}

function testedLine(data) {
  const { tested, weak } = data.explanation
  const means = "Tested by leaving words out of the message and asking the machine again; in points of its probability, from 0 to 100"
  return tested ? element("p", { class: weak ? "tested weak" : "tested quiet", title: means }, tested) : null
}

function explanationPanel(data) {
  const { words } = data.explanation
  return [
    element("p", { class: "speaks" }, diamond(), element("b", {}, "The machine sees it differently.")),
    words.length ? chipLine("it notices", wordChips(words)) : element("p", { class: "quiet" }, "No single word moved it much."),
    conceptLine(data),
    neighbourList(data),
    testedLine(data),
  ]
}

const MOST_BARS = 3

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
  const side = (sign) => wordChips(words.filter((word) => word.side === sign))
  return [
    element(
      "p",
      { class: "speaks" },
      diamond(),
      element("span", {}, "says ", element("b", {}, data.opinion.label), ` ${best ? best.probability.toFixed(2) : ""}`, data.contrast ? ` · ${data.contrast}` : ""),
    ),
    element("div", { class: "sides" }, chipLine("for it", side(1)), chipLine("against", side(-1)), data.explanation ? conceptLine(data) : null),
    element("div", { class: "evidence" }, probabilityBars(data), data.explanation ? neighbourList(data) : null),
    data.explanation ? testedLine(data) : null,
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
  ["W", "mark words: arrows, space; later, write why"],
  ["S", "skip"],
  ["X", "flag, with a line for your colleagues"],
  ["T", "talk about the last one, where you differed"],
  ["←", "back to the last one"],
  ["Esc", "close, leave"],
  ["?", "these keys"],
]

function keyList() {
  return [element("h2", {}, "Keys"), element("dl", {}, ...KEYS.flatMap(([key, what]) => [element("dt", {}, keycap(key)), element("dd", {}, what)]))]
}
