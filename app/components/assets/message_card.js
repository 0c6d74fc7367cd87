/** Draws one message; every text goes in through textContent. */

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function drawPieces(target, pieces) {
  target.replaceChildren(
    ...pieces.map((piece) => {
      const made = element("span", piece.hidden ? "hidden" : "", piece.text)
      if (piece.hidden) made.title = "a character that cannot be seen"
      return made
    }),
  )
}

export default function ({ data, parentElement }) {
  const card = parentElement.querySelector(".card")
  card.querySelector(":scope > .about").textContent = data.about.join(" · ")
  drawPieces(card.querySelector(":scope > .text"), data.pieces)
  card.querySelector(".earlier").replaceChildren(
    ...data.earlier.map((one) => {
      const box = element("div")
      const text = element("p", "text")
      text.dir = "auto"
      drawPieces(text, one.pieces)
      box.append(element("p", "about", one.about.join(" · ")), text)
      return box
    }),
  )
}
