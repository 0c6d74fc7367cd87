/**
 * The message as words that can be marked. Offsets come with the tokens and count code points,
 * so nothing here counts characters of JavaScript's strings.
 */

function drawTokens(target, tokens, { noticed = [], onToken } = {}) {
  target.replaceChildren(
    ...tokens.map(([shown, start, end, kind], place) => {
      const made = element("span", { class: kind === "w" ? "word" : kind === "h" ? "hidden" : "gap" }, shown)
      if (kind === "h") made.title = "a character that cannot be seen"
      // A phrase is one mark: what stands between its words belongs to it.
      const notice = noticed.find((word) => (kind === "w" ? start < word.end && word.start < end : word.start < start && end < word.end))
      if (notice) made.classList.add("noticed", `level${notice.level}`, ["against", "equal", "for"][notice.side + 1])
      if (onToken) onToken(made, place, kind)
      return made
    }),
  )
}

/** Marked words as spans; words parted by one gap alone become one span. */
function markedSpans(tokens, marked) {
  const spans = []
  let gap = 0
  tokens.forEach(([, start, end, kind], place) => {
    if (kind !== "w") {
      gap += 1
      return
    }
    if (marked.has(place)) {
      const last = spans.at(-1)
      if (last && last.place === place - gap - 1 && gap <= 1) Object.assign(last, { end, place })
      else spans.push({ start, end, place })
    }
    gap = 0
  })
  return spans.map(({ start, end }) => [start, end])
}

function tokensIn(tokens, spans) {
  const places = new Set()
  tokens.forEach(([, start, end, kind], place) => {
    if (kind === "w" && spans.some(([from, to]) => start < to && from < end)) places.add(place)
  })
  return places
}

function wordsBetween(tokens, first, last) {
  const [low, high] = first < last ? [first, last] : [last, first]
  const places = []
  for (let place = low; place <= high; place += 1) if (tokens[place][3] === "w") places.push(place)
  return places
}

/** Lets the words of `target` be marked by click, by drag and by keys; `onChange` after each. */
function makeMarkable(target, tokens, marked, { isOpen, onChange, say }) {
  const spans = [...target.children]
  const places = new Map(spans.map((span, place) => [span, place]))
  let from = null
  const placeOf = (event) => places.get(event.composedPath()[0])
  const paint = (preview = []) => {
    spans.forEach((span, place) => span.classList.toggle("marked", marked.has(place) || preview.includes(place)))
  }
  const toggle = (chosen) => {
    const all = chosen.every((place) => marked.has(place))
    chosen.forEach((place) => (all ? marked.delete(place) : marked.add(place)))
    paint()
    onChange()
    say(`${chosen.map((place) => tokens[place][0]).join(" ")} ${all ? "no longer marked" : "marked"}`)
  }
  const focus = (place) => {
    spans.forEach((span) => span.removeAttribute("tabindex"))
    spans[place].tabIndex = 0
    spans[place].focus()
  }
  target.onpointerdown = (event) => {
    from = isOpen() && event.button === 0 ? (placeOf(event) ?? null) : null
  }
  target.onpointermove = (event) => {
    const to = placeOf(event)
    if (from !== null && to !== undefined && event.buttons === 1) paint(wordsBetween(tokens, from, to))
  }
  target.onpointerup = (event) => {
    const to = placeOf(event) ?? from
    if (from !== null && to !== null) {
      const chosen = wordsBetween(tokens, from, to)
      if (chosen.length) toggle(chosen)
      if (from !== to) document.getSelection()?.removeAllRanges()
    }
    from = null
    paint()
  }
  target.onpointerleave = () => {
    from = null
    paint()
  }
  target.onkeydown = (event) => {
    const place = placeOf(event)
    if (place === undefined || !isOpen()) return
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step) {
      let next = place + step
      while (tokens[next] && tokens[next][3] !== "w") next += step
      if (tokens[next]) focus(next)
      if (tokens[next] && event.shiftKey && !marked.has(next)) toggle([next])
    } else if (event.key === " ") toggle([place])
    else if (event.key === "Escape") spans[place].blur()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  paint()
  return {
    focusFirst: () => {
      const first = tokens.findIndex((token) => token[3] === "w")
      if (first >= 0) focus(first)
    },
  }
}
