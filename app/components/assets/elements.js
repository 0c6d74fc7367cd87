/** Small builders; text always goes in as text. */

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value)
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""))
  return made
}

function square(colour) {
  const made = element("span", { class: "square", "aria-hidden": "true" })
  made.style.background = colour
  return made
}

function keycap(key) {
  return element("kbd", { "aria-hidden": "true" }, key)
}

function diamond() {
  return element("span", { class: "diamond", role: "img", "aria-label": "machine" })
}

/** A name that no other act has; works on plain http too, where randomUUID is missing. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
