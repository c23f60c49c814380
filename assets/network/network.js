// The two networks: noise -> G -> generated -> D <- real, D's answers, and the gradients on their way back. The part
// that acts is lit; a part that is clicked says in two sentences what it is.

const SVG = "http://www.w3.org/2000/svg"
const NARROW = 560, ROOMY = 900, THINNEST = 1, THICKEST = 6, LEAST_NORM = 1e-4
const WIDE_HEIGHT = 42, NARROW_HEIGHT = 160
const views = new WeakMap()

function node(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name)
  for (const key in attributes) made.setAttribute(key, attributes[key])
  if (text !== undefined) made.textContent = text
  return parent.appendChild(made)
}

class NetworkView {
  constructor(root) {
    this.root = root
    this.svg = root.querySelector("svg")
    this.told = root.querySelector(".told")
    this.told.querySelector(".close").onclick = () => this.close()
    this.told.querySelector(".settings").onclick = () => this.toSettings()
    this.svg.onclick = (event) => this.press(event)
    this.svg.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.press(event) }
    }
    root.onkeydown = (event) => { if (event.key === "Escape") this.close() }
    this.resized = new ResizeObserver(() => { if (root.clientWidth !== this.drawn) this.draw() })
    this.resized.observe(root)
  }

  take(data, send) {
    const text = new TextDecoder().decode(data)
    this.data = JSON.parse(text)
    this.send = send
    if (text !== this.text) this.draw()
    this.text = text
  }

  press(event) {
    const part = event.target.closest("[data-part]")
    if (!part) return
    if (this.open === part.dataset.part) return this.close()
    this.open = part.dataset.part
    const [title, words, settings] = this.data.parts[this.open]
    this.told.querySelector("b").textContent = title
    this.told.querySelector("span").textContent = words
    this.told.querySelector(".settings").textContent = settings
    this.told.querySelector(".settings").hidden = !settings
    this.told.hidden = false
    this.draw()
  }

  close() {
    const part = this.open
    this.open = null
    this.told.hidden = true
    this.draw()
    this.svg.querySelector(`[data-part="${part}"]`)?.focus()
  }

  toSettings() {
    this.send("settings", this.open)
    // Where the settings are folded away, on a phone, they are unfolded.
    document.querySelector("[data-testid=stExpandSidebarButton]")?.click()
    this.close()
  }

  draw() {
    this.drawn = this.root.clientWidth
    if (!this.data || !this.drawn) return
    const scale = Math.max(1, Math.min(this.data.scale, this.drawn / ROOMY)) // no larger than all its words fit
    const width = (this.width = this.drawn / scale)
    const held = this.root.getRootNode().activeElement?.dataset?.part
    const wide = width >= NARROW, height = wide ? WIDE_HEIGHT : NARROW_HEIGHT
    this.reach = wide ? 10 : 20 // around a line, for a finger
    this.svg.replaceChildren()
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    this.svg.setAttribute("height", height * scale)
    this.svg.setAttribute("role", "group")
    this.svg.setAttribute("aria-label", this.data.alt)
    if (wide) this.wide(width)
    else this.narrow(width)
    if (held) this.svg.querySelector(`[data-part="${held}"]`)?.focus()
  }

  // D stands between the two pictures, each of which has its name above it.
  wide(width) {
    const { data } = this, high = 12, low = 33, middle = width / 2
    const real = this.named("real", 0, high, "round")
    const noise = this.box("noise", width - 56, 4, 56, 34)
    const g = this.box("g", noise.left - 24 - 84, 1, 84, 40)
    const d = this.box("d", middle - 124, 1, 172, 40)
    const generated = this.named("generated", d.right + 28, high, "square")
    this.arrow(real.right + 8, d.left, high, data.colours.real, "real")
    this.arrow(generated.left - 4, d.right, high, data.colours.generated, "generated")
    this.arrow(g.left, generated.right + 6, high, data.colours.generated, "generated")
    this.arrow(noise.left, g.right, 21, data.colours.quiet, "noise")
    this.gradient("grad_d", 0, d.left, low)
    this.gradient("grad_g", d.right, g.left, low)
  }

  narrow(width) {
    const { data } = this, [high, back, real, low] = [20, 60, 100, 140]
    const noise = this.box("noise", 0, 1, 48, 40)
    const g = this.box("g", 66, 1, 42, 78)
    const d = this.box("d", width - 106, 1, 106, NARROW_HEIGHT - 2)
    const generated = this.named("generated", 122, high, "square")
    const from = this.named("real", 122, real, "round")
    this.arrow(noise.right, g.left, 21, data.colours.quiet, "noise")
    this.arrow(g.right, generated.left - 4, high, data.colours.generated, "generated")
    this.arrow(generated.right + 4, d.left, high, data.colours.generated, "generated")
    this.arrow(from.right + 4, d.left, real, data.colours.real, "real")
    this.gradient("grad_g", d.left, g.right, back)
    this.gradient("grad_d", 0, d.left, low)
  }

  group(part) {
    const rests = this.data.rests.includes(part), lit = this.data.lit.includes(part)
    const made = node("g", {
      "data-part": part, tabindex: 0, role: "button", "aria-expanded": this.open === part,
      class: `${rests ? "rests" : ""} ${lit ? "lit" : ""}`,
    }, this.svg)
    node("title", {}, made, this.data.parts[part][0])
    return made
  }

  box(part, x, y, width, height) {
    const made = this.group(part), colour = this.data.colours[part], [name, ...lines] = this.label(part)
    node("rect", { class: "box hit", x, y, width, height, rx: 5, stroke: colour }, made)
    node("rect", { class: "tint", x, y, width, height, rx: 5, fill: colour }, made)
    const line = 16, first = y + height / 2 - (lines.length * line) / 2 + 5
    node("text", { class: part === "noise" ? "" : "name", x: x + width / 2, y: first - 1, "text-anchor": "middle" }, made, name)
    lines.forEach((words, i) => {
      node("text", { x: x + width / 2, y: first + (i + 1) * line - 1, "text-anchor": "middle" }, made, words)
    })
    return { left: x, right: x + width }
  }

  label(part) {
    return this.data.labels[part][this.width >= NARROW ? "wide" : "narrow"]
  }

  named(part, x, y, shape) {
    const made = this.group(part), colour = this.data.colours[part], [name, words] = this.label(part)
    const hit = node("rect", { class: "hit", x, y: y - this.reach, height: 2 * this.reach }, made)
    if (shape === "square") node("rect", { x, y: y - 6, width: 12, height: 12, rx: 2, fill: colour }, made)
    else node("circle", { cx: x + 6, cy: y, r: 6, fill: colour }, made)
    const text = node("text", { x: x + 19, y: y + 5 }, made)
    node("tspan", { class: "name" }, text, name)
    if (words) node("tspan", { dx: 8 }, text, words)
    const right = x + 19 + text.getComputedTextLength() + (words ? 8 : 0)
    hit.setAttribute("width", right - x)
    return { left: x, right }
  }

  arrow(from, to, y, colour, part) {
    const made = node("g", { class: this.data.rests.includes(part) ? "rests" : "" }, this.svg)
    this.line(made, from, to, y, colour, 1.6)
  }

  // Dashed, against the stream; as thick as the gradient is long, on a logarithmic scale.
  gradient(part, from, to, y) {
    const norm = this.data.norms[part], colour = this.data.colours[part]
    const decades = Math.log10(Math.max(norm ?? 0, LEAST_NORM) / LEAST_NORM)
    const made = this.group(part)
    node("rect", { class: "hit", x: Math.min(from, to), y: y - this.reach, width: Math.abs(to - from), height: 2 * this.reach }, made)
    this.line(made, from, to, y, colour, Math.min(THICKEST, THINNEST + decades), "5 4")
    const middle = (from + to) / 2
    const text = node("text", { x: middle, y: y + 4, "text-anchor": "middle" }, made, this.label(part)[0])
    const half = text.getComputedTextLength() / 2 + 4
    made.insertBefore(node("rect", { class: "behind", x: middle - half, y: y - 8, width: 2 * half, height: 16 }, made), text)
  }

  line(parent, from, to, y, colour, thick, dashes = "") {
    const away = Math.sign(to - from), head = 4 + 1.2 * thick
    node("line", { x1: from, x2: to - away * head, y1: y, y2: y, stroke: colour, "stroke-width": thick, "stroke-dasharray": dashes }, parent)
    node("path", { d: `M ${to} ${y} l ${-away * head} ${head * 0.6} v ${-head * 1.2} z`, fill: colour }, parent)
  }

  end() {
    this.resized.disconnect()
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".network")
  let view = views.get(root)
  if (!view) {
    view = new NetworkView(root)
    views.set(root, view)
  }
  view.take(data, setTriggerValue)
  return () => setTimeout(() => { if (!root.isConnected) { views.delete(root); view.end() } })
}
