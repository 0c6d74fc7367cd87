/** A line to type a term into; what it would do is told while one types. */

const PAUSE = 250

function para(words, className = "") {
  return element("p", { class: className }, words)
}

class Bar {
  constructor(form) {
    this.form = form
    this.fields = {}
    for (const [name, css] of Object.entries({ text: ".term", label: ".of-label", category: ".category", sub: ".sub", reason: ".reason" })) {
      this.fields[name] = form.querySelector(css)
    }
    this.told = ""
    this.pending = null
    this.done = new Set()
    this.fields.text.addEventListener("input", () => this.later())
    this.fields.label.addEventListener("change", () => this.tell())
    this.fields.category.addEventListener("input", () => this.listSubs())
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.send()
    })
  }

  values() {
    return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value.trim()]))
  }

  later() {
    this.notice = ""
    clearTimeout(this.wait)
    this.wait = setTimeout(() => this.tell(), PAUSE)
    this.draw()
  }

  tell() {
    clearTimeout(this.wait)
    const { text, label } = this.values()
    const now = JSON.stringify([text, label])
    if (now === this.told) return
    this.told = now
    this.setState("typed", { text, label })
    this.draw()
  }

  send() {
    const values = this.values()
    if (!values.text || this.pending) return
    clearTimeout(this.wait)
    this.pending = { ...values, key: newKey() }
    this.draw()
    this.setTrigger("add", this.pending)
  }

  take(data, setState, setTrigger) {
    Object.assign(this, { data, setState, setTrigger })
    const names = JSON.stringify(data.labels)
    if (names !== this.names) {
      this.names = names
      const kept = this.fields.label.value || data.label
      this.fields.label.replaceChildren(...data.labels.map((name) => element("option", { value: name }, name)))
      if (data.labels.includes(kept)) this.fields.label.value = kept
    }
    this.form.querySelector("#categories").replaceChildren(...Object.keys(data.categories).map((name) => element("option", { value: name })))
    this.listSubs()
    const answer = data.answer
    if (answer && !this.done.has(answer.key)) {
      this.done.add(answer.key)
      this.pending = null
      this.problem = answer.problem
      if (!answer.problem) {
        this.notice = answer.notice
        this.fields.text.value = ""
        this.fields.reason.value = ""
        this.told = JSON.stringify(["", this.fields.label.value])
        this.fields.text.focus()
      }
    }
    this.draw()
  }

  listSubs() {
    const subs = this.data.categories[this.fields.category.value.trim()] ?? []
    this.form.querySelector("#subs").replaceChildren(...subs.map((name) => element("option", { value: name })))
  }

  draw() {
    const { text, label } = this.values()
    const preview = this.data.preview
    const isFresh = preview && preview.text === text && preview.label === label
    const box = this.form.querySelector(".preview")
    this.form.querySelector(".add").disabled = !text || Boolean(this.pending) || Boolean(isFresh && preview.fault)
    box.classList.toggle("is-old", Boolean(text && !isFresh))
    if (!text) {
      box.replaceChildren(this.notice ? para(this.notice) : para(this.data.hint, "soft"))
      return
    }
    const parts = this.problem ? [para(this.problem, "fault")] : []
    if (this.pending) parts.push(para("Storing …", "soft"))
    if (!preview) parts.push(para("Looking …", "soft"))
    else if (preview.fault) parts.push(para(preview.fault, "fault"))
    else parts.push(...this.told_of(preview))
    box.replaceChildren(...parts)
    if (isFresh) this.problem = ""
  }

  told_of(preview) {
    const figures = element("p", { class: "figures" }, element("b", {}, preview.reading), ...preview.figures.map(([words, title]) => element("span", title ? { title } : {}, words)))
    const examples = element(
      "ul",
      { class: "examples" },
      ...preview.examples.map((one) => {
        const of = element("span", { class: "of" }, one.colour ? square(one.colour) : null, one.label)
        return element("li", {}, colouredText(one.pieces), of)
      }),
    )
    return [figures, ...preview.warnings.map((words) => para(words, "warning")), preview.examples.length ? examples : null].filter(Boolean)
  }
}

const bars = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const form = parentElement.querySelector(".bar")
  if (!bars.has(form)) bars.set(form, new Bar(form))
  bars.get(form).take(data, setStateValue, setTriggerValue)
}
