/** A text in pieces, those of terms coloured; every text goes in through textContent. */

function colouredText(pieces) {
  const made = document.createElement("span")
  made.className = "text"
  made.dir = "auto"
  made.append(
    ...pieces.map((piece) => {
      const part = document.createElement(piece.colour ? "mark" : "span")
      part.textContent = piece.text
      if (piece.hidden) {
        part.className = "hidden"
        part.title = "a character that cannot be seen"
      } else if (piece.colour) {
        part.style.setProperty("--tone", piece.colour)
        part.title = piece.title
      }
      return part
    }),
  )
  return made
}
