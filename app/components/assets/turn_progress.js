/** Tells the card how far the queue is, now and when it is drawn later. */

export default function ({ data }) {
  window.rhmlProgress = data
  document.dispatchEvent(new CustomEvent("rhml-progress"))
}
