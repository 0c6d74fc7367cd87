/** Draws what happened, newest first; an entry that can be opened is a button. */

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function markOf(entry) {
  const mark = element("span", `mark ${entry.kind}${entry.simulated ? " simulated" : ""}`)
  mark.title = entry.who
  mark.setAttribute("role", "img")
  mark.setAttribute("aria-label", entry.who)
  if (entry.kind === "machine") {
    const diamond = element("span")
    diamond.style.background = entry.tone
    mark.append(diamond)
  } else {
    mark.style.background = entry.tone
    mark.textContent = entry.initials
  }
  return mark
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".timeline")
  list.setAttribute("aria-label", data.title)
  list.replaceChildren(
    ...data.entries.map((entry) => {
      const line = element("li")
      const body = element("div", "body")
      const sentence = element(entry.subject ? "button" : "span")
      sentence.append(element("span", "who", entry.who), ` ${entry.sentence}`)
      if (entry.subject) {
        sentence.type = "button"
        sentence.addEventListener("click", () => setTriggerValue("opened", entry.subject))
      }
      body.append(sentence, element("span", "at", entry.at))
      line.append(markOf(entry), body)
      return line
    }),
  )
}
