/** The desk: keeps what is not sent yet, sends one act at a time, and draws what came back. */

const RESEND_AFTER = 6000
const MOST_SENDINGS = 4
const SURE = [
  ["guess", "g", "Guess"],
  ["fairly", "f", "Fairly"],
  ["sure", "u", "Sure"],
]
const ASK = {
  open: "What is it?",
  explained: "Would you still say so?",
  revealed: "Your final label",
  done: "You said this before. Change it?",
}
const STEP = {
  explained: "Its reasons come first, without its answer: keep your label or change it.",
  revealed: "Now its answer. What you say now is final, whether you differ or not.",
}
const FIRST = "Press the key of a label, say how sure you are if you like, then Enter. The machine speaks only after you."
const ACT_OF_STATE = { open: "commit", explained: "answer", revealed: "finish", done: "correct" }

const desks = new WeakMap()

class Desk {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.draft = null
    this.pending = null
    this.onKey = (event) => this.pressed(event)
    this.onVisibility = () => this.watchClock()
    this.onProgress = () => this.drawProgress()
    document.addEventListener("keydown", this.onKey)
    document.addEventListener("visibilitychange", this.onVisibility)
    document.addEventListener("rhml-progress", this.onProgress)
    this.find("[data-do=keys]").onclick = () => this.showKeys()
    this.find(".keys").replaceChildren(...keyList())
    this.find(".keys").onclick = () => this.showKeys(false)
  }

  close() {
    document.removeEventListener("keydown", this.onKey)
    document.removeEventListener("visibilitychange", this.onVisibility)
    document.removeEventListener("rhml-progress", this.onProgress)
    clearTimeout(this.pending?.timer)
  }

  /* --- what came from the server ------------------------------------------------ */

  take(data, send) {
    this.data = data
    this.send = send
    if (this.pending && data.answers === this.pending.act.key) {
      clearTimeout(this.pending.timer)
      this.pending = null
    }
    const step = `${data.turn} ${data.state}`
    const isNew = this.draft?.step !== step
    if (isNew) {
      this.looked = { seconds: 0, since: document.hidden ? null : performance.now() } // each step has a clock
      const spans = data.committed?.rationale ?? []
      this.draft = {
        step,
        turn: data.turn,
        label: data.chosen,
        sure: data.committed?.confidence ?? "",
        marked: tokensIn(data.message.tokens, spans),
        flagging: false,
      }
    }
    this.draw(isNew)
    if (isNew) this.announce()
    if (isNew) this.startAtTop()
  }

  /** A message longer than its room is a stop for Tab, so that keys can scroll it. */
  startAtTop() {
    const message = this.find(".message")
    message.scrollTop = 0
    message.tabIndex = message.scrollHeight > message.clientHeight ? 0 : -1
  }

  announce() {
    const { data } = this
    const parts = []
    if (data.agreement) parts.push(`The machine agrees: ${data.agreement.label}.`)
    if (data.notice) parts.push(data.notice)
    if (data.parted) parts.push(`${partedWords(data.parted)} T opens its thread.`)
    if (data.state === "explained") parts.push("The machine sees it differently.", ASK.explained)
    else if (data.state === "revealed") parts.push(`The machine says ${data.opinion?.label ?? ""}.`, ASK.revealed)
    else parts.push("Message:", data.message.tokens.map((token) => token[0]).join(""))
    this.say(parts.join(" "))
    if (this.root.contains(this.active())) this.find(".message").focus({ preventScroll: true })
  }

  say(text) {
    this.find(".live").textContent = text
  }

  active() {
    return this.root.getRootNode().activeElement
  }

  /* --- drawing ------------------------------------------------------------------- */

  draw(isNew) {
    const { data } = this
    this.root.dataset.state = data.state
    if (data.progress) window.rhmlProgress = data.progress
    this.drawProgress()
    const agreed = data.agreement ? agreementLine(data) : data.notice ? [data.notice] : null
    this.show(".agreement", agreed)
    this.show(".parted", data.parted && !agreed ? partedLine(data.parted, () => this.talk()) : null)
    const step = STEP[data.state] ?? (data.first ? FIRST : "")
    this.show(".step", step && !agreed && !data.parted ? [step] : null)
    this.show(".problem", data.problem ? [data.problem, data.fault ? reloadButton() : null] : null)
    if (isNew) this.drawMessage()
    this.show(".panel", this.panel())
    this.drawCodebook()
    if (isNew) this.drawInput()
    this.drawChoice()
  }

  /** What the page was told last; after an act turn_progress.js is told, so that the card need not wait. */
  drawProgress() {
    const told = window.rhmlProgress
    if (!told) return
    const { today, open } = told
    this.find(".progress").textContent = `${today} done today, ${open === 0 ? "none left after this one" : `${open} still ${open === 1 ? "needs" : "need"} you`}`
  }

  drawCodebook() {
    const drawn = JSON.stringify(this.data.codebook)
    if (drawn === this.drawnCodebook) return
    this.drawnCodebook = drawn
    this.find(".codebook").replaceChildren(...codebookPanel(this.data))
  }

  show(selector, parts) {
    const target = this.find(selector)
    target.hidden = !parts
    target.replaceChildren(...(parts ?? []).filter(Boolean))
  }

  panel() {
    const { data } = this
    if (data.opinion) return opinionPanel(data)
    return data.explanation ? explanationPanel(data) : null
  }

  drawMessage() {
    const { data, draft } = this
    const isOpen = () => !this.pending && data.state === "open"
    this.show(".earlier", data.earlier ? this.earlier() : null)
    this.find(".message > .about").textContent = [...data.message.about, data.because].filter(Boolean).join(" · ")
    const target = this.find(".message > .text")
    drawTokens(target, data.message.tokens, { noticed: data.explanation?.words ?? [] })
    this.words = makeMarkable(target, data.message.tokens, draft.marked, {
      isOpen,
      onChange: () => {},
      say: (text) => this.say(text),
    })
    target.classList.toggle("markable", data.state === "open")
    const hints = [data.unaided ? "no machine on this one" : "", data.state === "open" ? "click or drag over the words that decide" : ""]
    this.find(".hint").textContent = hints.filter(Boolean).join(" · ")
  }

  earlier() {
    const text = element("p", { class: "text", dir: "auto" })
    drawTokens(text, this.data.earlier.tokens)
    return [element("p", { class: "about" }, this.data.earlier.about.join(" · ")), text]
  }

  drawInput() {
    const input = this.find(".line")
    input.value = ""
    input.oninput = () => {}
    input.onkeydown = (event) => {
      if (event.key === "Enter" && !event.isComposing) this.draft.flagging ? this.flag() : this.go()
      else if (event.key === "Escape") this.stopWriting()
      else return
      event.preventDefault()
      event.stopPropagation()
    }
  }

  drawChoice() {
    const { data, draft } = this
    const busy = Boolean(this.pending)
    this.root.classList.toggle("busy", busy)
    this.find(".ask").textContent = ASK[data.state] ?? ""
    this.find(".labels").replaceChildren(
      ...data.codebook.labels.map((label) =>
        element(
          "button",
          {
            type: "button",
            role: "radio",
            class: "label",
            title: label.definition,
            disabled: busy,
            "aria-checked": String(draft.label === label.name),
            "aria-keyshortcuts": label.key,
            onclick: () => this.choose(label.name),
          },
          label.key ? keycap(label.key) : null,
          square(label.colour),
          label.name,
        ),
      ),
    )
    this.find(".sure").hidden = data.state !== "open"
    this.find(".sure").replaceChildren(
      element("span", { class: "quiet" }, "How sure?"),
      ...SURE.map(([value, key, name]) =>
        element(
          "button",
          { type: "button", role: "radio", class: "pill", disabled: busy, "aria-checked": String(draft.sure === value), "aria-keyshortcuts": key, onclick: () => this.beSure(value) },
          name,
          keycap(key.toUpperCase()),
        ),
      ),
    )
    this.drawLine()
    this.find(".actions").replaceChildren(...this.actions(busy))
  }

  drawLine() {
    const { data, draft } = this
    const input = this.find(".line")
    const differs = data.opinion && draft.label !== data.opinion.label
    const asks = draft.flagging ? "What should a colleague look at? (optional, Enter sends)" : data.state === "revealed" && differs ? "Why do you differ? (optional, W to write)" : data.state === "done" && draft.label !== data.chosen ? "Why the change? (optional, W to write)" : ""
    input.hidden = !asks
    input.placeholder = asks
    input.setAttribute("aria-label", asks)
    input.disabled = Boolean(this.pending)
  }

  actions(busy) {
    const { data, draft } = this
    const mine = data.chosen
    const keeps = draft.label === mine
    const goName = {
      open: "Commit",
      explained: keeps ? `Keep ${mine}` : `Change to ${draft.label}`,
      revealed: keeps ? `Keep ${mine}` : `Change to ${draft.label}`,
      done: `Change to ${draft.label}`,
    }[data.state]
    const idle = data.state === "done" && keeps
    const go = element(
      "button",
      { type: "button", class: "go", disabled: busy || !draft.label || idle, onclick: () => this.go() },
      idle ? "Choose another label to change it" : goName,
      idle ? null : keycap("⏎"),
    )
    const quiet = (name, key, onclick) => element("button", { type: "button", class: "quiet-button", disabled: busy, onclick }, name, keycap(key))
    if (data.state === "done") return [go, quiet("on to the next", "Esc", () => this.act("forward"))]
    return [
      go,
      data.state !== "open" && !keeps ? quiet(`keep ${mine}`, "K", () => this.keep()) : null,
      element("span", { class: "grow" }),
      data.state === "open" ? quiet("skip", "S", () => this.act("skip")) : null,
      quiet(draft.flagging ? "send flag" : "flag", "X", () => (draft.flagging ? this.flag() : this.startFlag())),
      data.state === "open" ? quiet("back", "←", () => this.act("back")) : null,
    ].filter(Boolean)
  }

  showKeys(wanted) {
    const list = this.find(".keys")
    list.hidden = wanted === undefined ? !list.hidden : !wanted
  }

  /* --- what the expert does -------------------------------------------------------- */

  choose(name) {
    if (this.pending) return
    this.draft.label = name
    this.drawChoice()
    this.focusOn(".label[aria-checked=true]")
    this.say(`${name} chosen`)
  }

  beSure(value) {
    if (this.pending || this.data.state !== "open") return
    this.draft.sure = this.draft.sure === value ? "" : value
    this.drawChoice()
    this.focusOn(".pill[aria-checked=true]")
  }

  focusOn(selector) {
    this.find(selector)?.focus({ preventScroll: true })
  }

  keep() {
    if (this.pending || !["explained", "revealed"].includes(this.data.state)) return
    this.draft.label = this.data.chosen
    this.go()
  }

  go() {
    const { data, draft } = this
    if (!draft.label) return this.say("Choose a label first.")
    if (data.state === "done" && draft.label === data.chosen) return
    const input = this.find(".line")
    const text = input.hidden || draft.flagging ? "" : input.value
    this.act(ACT_OF_STATE[data.state], { text })
  }

  startFlag() {
    if (this.pending || this.data.state === "done") return
    this.draft.flagging = true
    this.drawChoice()
    this.find(".line").focus()
  }

  /** To the thread of the message before, where machine and expert differed. */
  talk() {
    if (this.data.parted) this.act("talk")
  }

  startWriting() {
    const line = this.find(".line")
    if (!line.hidden) line.focus()
  }

  stopWriting() {
    this.draft.flagging = false
    this.drawChoice()
    this.find(".message").focus({ preventScroll: true })
  }

  flag() {
    const text = this.find(".line").value
    this.draft.flagging = false
    this.find(".line").value = ""
    this.act("flag", { text })
  }

  /** One act at a time: until the server answers this one, nothing else is sent. */
  act(kind, more = {}) {
    if (this.pending) return
    const { data, draft } = this
    const act = {
      kind,
      turn: data.turn,
      key: newKey(),
      label: draft.label,
      confidence: draft.sure || null,
      rationale: markedSpans(data.message.tokens, draft.marked),
      seconds: Math.round(this.secondsLooked() * 10) / 10,
      ...more,
    }
    this.pending = { act, n: 0, timer: 0 }
    // What was pressed goes grey and would lose the focus to the page's top.
    if (this.root.contains(this.active())) this.find(".message").focus({ preventScroll: true })
    this.deliver()
    this.root.classList.add("busy")
    for (const button of this.root.querySelectorAll(".choice button, .actions button, .line")) button.disabled = true
  }

  deliver() {
    const { pending } = this
    pending.n += 1
    this.send("act", pending.act)
    pending.timer = setTimeout(() => {
      if (this.pending !== pending) return
      const again = pending.n < MOST_SENDINGS
      this.show(".problem", again ? ["No answer yet; sending it again. It counts once."] : ["The server does not answer. What was stored is kept.", reloadButton()])
      if (again) this.deliver()
    }, RESEND_AFTER)
  }

  /* --- clock and keys -------------------------------------------------------------- */

  watchClock() {
    if (!this.looked) return
    if (document.hidden) {
      this.looked.seconds = this.secondsLooked()
      this.looked.since = null
    } else this.looked.since = performance.now()
  }

  secondsLooked() {
    const { seconds, since } = this.looked
    return seconds + (since === null ? 0 : (performance.now() - since) / 1000)
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const target = event.composedPath()[0]
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return
    const isButton = target instanceof Element && target.closest("button, a, summary, [role=option]")
    const isRadio = isButton && this.root.contains(isButton) && isButton.getAttribute("role") === "radio"
    if (event.key === "Enter" && isButton && !(isRadio && isButton.getAttribute("aria-checked") === "true")) return
    if (!this.doKey(event.key, event.repeat)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Does what a key stands for; whether it stood for anything. */
  doKey(key, isRepeat) {
    if (key === "Escape" && !this.find(".keys").hidden) return this.did(() => this.showKeys(false))
    if (key === "?") return this.did(() => this.showKeys())
    if (isRepeat || this.pending) return ["Enter", "ArrowLeft", "Backspace"].includes(key)
    const label = this.data.codebook.labels.find((one) => one.key.toLowerCase() === key.toLowerCase())
    if (label) return this.did(() => this.choose(label.name))
    const sure = SURE.find(([, letter]) => letter === key.toLowerCase())
    if (sure) return this.did(() => this.beSure(sure[0]))
    const { state } = this.data
    const doing = {
      Enter: () => this.go(),
      k: () => this.keep(),
      x: () => this.startFlag(),
      t: () => this.talk(),
      w: () => (state === "open" ? this.words.focusFirst() : this.startWriting()),
      s: () => state === "open" && this.act("skip"),
      ArrowLeft: () => state === "open" && this.act("back"),
      Backspace: () => state === "open" && this.act("back"),
      Escape: () => state === "done" && this.act("forward"),
    }[key.length === 1 ? key.toLowerCase() : key]
    return doing ? this.did(doing) : false
  }

  did(doing) {
    doing()
    return true
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".desk")
  let desk = desks.get(root)
  if (!desk) {
    desk = new Desk(root)
    desks.set(root, desk)
  }
  desk.take(data, setTriggerValue)
  return () => desk.close()
}
