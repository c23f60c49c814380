// The plane of a run on points: real and generated points over D's answers, arrows, the folded noise; a brush, and a
// step in slow motion. What it shows comes from Python as the text of gan_core/messages/plane.py.

const STAGES = [
  ["d", "Noise", "The generator gets fresh noise: points spread over a square."],
  ["d", "G makes points", "It maps each of them to a point of the plane: the folded sheet is that map."],
  ["d", "D on real", "The discriminator judges real points: near 1 means “real”."],
  ["d", "D on generated", "It judges the generated ones by the same map of answers."],
  ["d", "Loss of D", "Its loss is low where real points have high answers and generated ones low."],
  ["d", "D moves", "D's weights move against the gradient of its loss: the map changes."],
  ["g", "D looks again", "The changed discriminator judges the generated points."],
  ["g", "Loss of G", "The generator's loss is low where its points are taken for real."],
  ["g", "Gradient", "Its gradient says for each point where to go: the arrows."],
  ["g", "G moves", "G's weights move so that the points follow their arrows as well as they can together."],
]
// From "generated" over undecided to "real": light, or dark, enough for points to stand out.
const GROUNDS = {
  light: { stops: [[236, 198, 225], [250, 249, 247], [176, 226, 211]], folded: "rgba(95, 95, 95, 0.55)" },
  dark: { stops: [[97, 45, 78], [36, 37, 39], [18, 82, 64]], folded: "rgba(190, 190, 190, 0.42)" },
}
const PLACES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const SIDE = 50, UNIT = 4000, NOT_FINITE = -32768, HEAD = 15, DRAWN_SIDE = 64, MOST_DRAWN = 400

function read(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const rows = bytes[3], columns = bytes[4], count = view.getUint16(5, true)
  const low = view.getFloat32(7, true), high = view.getFloat32(11, true)
  let at = HEAD + SIDE * SIDE
  const pairs = (number) => {
    const found = []
    for (let i = 0; i < number; i++, at += 4) {
      const x = view.getInt16(at, true), y = view.getInt16(at + 2, true)
      found.push(x === NOT_FINITE || y === NOT_FINITE ? null : [x / UNIT, y / UNIT])
    }
    return found
  }
  return {
    low, high, rows, columns, levels: bytes.subarray(HEAD, HEAD + SIDE * SIDE),
    points: pairs(count), arrows: pairs(count), folded: pairs(rows * columns),
  }
}

class PlaneView {
  constructor(root) {
    this.root = root
    this.canvas = root.querySelector("canvas")
    this.answer = root.querySelector(".answer")
    this.queue = []
    this.shown = null
    this.step = -1
    this.pause = 0
    this.stroke = null
    this.stage = -1
    this.layers = Object.fromEntries([...root.querySelectorAll("[data-layer]")].map((box) => {
      box.onchange = () => { this.layers[box.dataset.layer] = box.checked; this.draw() }
      return [box.dataset.layer, box.checked]
    }))
    this.brush = root.querySelector(".brush")
    this.brush.onclick = () => this.setBrush(this.brush.getAttribute("aria-pressed") !== "true")
    this.slow = root.querySelector(".slow")
    this.slow.onclick = () => (this.stage < 0 ? this.beginSlow() : this.endSlow())
    root.querySelector(".stages").innerHTML = STAGES.map(([who, name]) => `<li class="${who}">${name}</li>`).join("")
    this.canvas.onpointerdown = (event) => this.down(event)
    this.canvas.onpointermove = (event) => this.move(event)
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.up()
    this.canvas.onpointerleave = () => { if (!this.stroke) this.answer.textContent = "" }
    this.resized = new ResizeObserver(() => this.draw())
    this.resized.observe(this.canvas)
  }

  take(data, send) {
    this.data = data
    this.send = send
    this.slow.disabled = !data.steps
    this.slow.title = data.steps ? "" : "No single steps now: the run is over, is not yours, or a setting is wrong."
    if (this.stage >= 0) this.watchSlow()
    if (data.real !== this.realText) {
      this.realText = data.real
      this.real = data.real ? read(data.real).points : []
    }
    if (data.run !== this.run) {
      this.run = data.run
      this.step = -1
      this.queue = []
      this.shown = this.text = null
    }
    const last = data.frames.length ? data.frames[data.frames.length - 1] : null
    if (!data.moving || this.step < 0 || (last && last[0] <= this.step)) {
      this.queue = last ? [last] : []
      this.next()
    } else {
      this.queue = data.frames.filter(([step]) => step > this.step)
      this.pause = data.interval * 1000 / Math.max(1, this.queue.length)
      if (!this.timer && this.queue.length) this.next()
    }
  }

  // The pictures since the last look, spread evenly over the time to the next one.
  next() {
    clearTimeout(this.timer)
    this.timer = null
    const frame = this.queue.shift()
    if (frame) {
      if (frame[1] !== this.text) {
        this.text = frame[1]
        this.shown = read(frame[1])
        this.pictures = (this.pictures || 0) + 1
        this.root.dataset.pictures = this.pictures
      }
      this.step = frame[0]
      this.root.dataset.step = frame[0]
    }
    this.draw()
    if (frame && this.data.moving) this.timer = setTimeout(() => this.late(), this.pause)
  }

  // The pause after a picture is over, also after the last one: the next look may come early.
  late() {
    this.timer = null
    if (this.queue.length) this.next()
  }

  draw() {
    const size = Math.max(1, Math.round(this.canvas.clientWidth * (window.devicePixelRatio || 1)))
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size
    const pen = this.canvas.getContext("2d")
    const limit = this.data.limit, colours = this.data.colours
    const x = (value) => (value + limit) / (2 * limit) * size, y = (value) => (limit - value) / (2 * limit) * size
    const unit = size / 420
    const ground = this.ground()
    pen.fillStyle = `rgb(${ground.stops[1]})`
    pen.fillRect(0, 0, size, size)
    const shown = this.shown
    if (shown && this.layers.answers) this.drawAnswers(pen, size, ground.stops)
    if (shown && this.layers.folded) {
      pen.strokeStyle = ground.folded
      pen.lineWidth = unit * 0.8
      pen.beginPath()
      const at = (row, column) => shown.folded[row * shown.columns + column]
      const line = (points) => {
        let down = false
        for (const point of points) {
          if (!point) { down = false; continue }
          if (down) pen.lineTo(x(point[0]), y(point[1])); else pen.moveTo(x(point[0]), y(point[1]))
          down = true
        }
      }
      for (let row = 0; row < shown.rows; row++) line(Array.from({ length: shown.columns }, (_, c) => at(row, c)))
      for (let c = 0; c < shown.columns && shown.rows > 1; c++) line(Array.from({ length: shown.rows }, (_, r) => at(r, c)))
      pen.stroke()
    }
    if (this.layers.real) {
      pen.fillStyle = colours.real
      const half = 1.7 * unit
      for (const point of this.real || []) if (point) pen.fillRect(x(point[0]) - half, y(point[1]) - half, 2 * half, 2 * half)
    }
    if (shown && this.layers.arrows) {
      pen.strokeStyle = colours.gradient
      pen.lineWidth = unit * 1.2
      pen.beginPath()
      shown.points.forEach((point, i) => {
        const end = shown.arrows[i]
        if (point && end) { pen.moveTo(x(point[0]), y(point[1])); pen.lineTo(x(end[0]), y(end[1])) }
      })
      pen.stroke()
    }
    if (shown && this.layers.generated) {
      pen.fillStyle = colours.generated
      for (const point of shown.points) {
        if (!point) continue
        pen.beginPath()
        pen.arc(x(point[0]), y(point[1]), 2.2 * unit, 0, 2 * Math.PI)
        pen.fill()
      }
    }
    if (this.stroke) {
      pen.fillStyle = colours.real
      for (const [px, py] of this.stroke) pen.fillRect(x(px) - 3 * unit, y(py) - 3 * unit, 6 * unit, 6 * unit)
    }
    this.canvas.setAttribute("aria-label", this.data.alt)
  }

  // That of the page's theme, by the brightness of its background.
  ground() {
    this.probe = this.probe || Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d")
    this.probe.fillStyle = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim() || "#ffffff"
    this.probe.fillRect(0, 0, 1, 1)
    const [red, green, blue] = this.probe.getImageData(0, 0, 1, 1).data
    this.root.dataset.theme = red + green + blue < 384 ? "dark" : "light"
    return GROUNDS[this.root.dataset.theme]
  }

  drawAnswers(pen, size, stops) {
    const { levels, low, high } = this.shown
    const map = new ImageData(SIDE, SIDE)
    const bottom = Math.min(0, low), top = Math.max(1, high)
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        const value = low + (high - low) * levels[row * SIDE + column] / 255
        const place = 2 * (value - bottom) / (top - bottom), first = place >= 1 ? 1 : 0
        const to = 4 * ((SIDE - 1 - row) * SIDE + column)
        for (let c = 0; c < 3; c++) {
          map.data[to + c] = stops[first][c] + (stops[first + 1][c] - stops[first][c]) * (place - first)
        }
        map.data[to + 3] = 255
      }
    }
    this.small = this.small || Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE })
    this.small.getContext("2d").putImageData(map, 0, 0)
    pen.imageSmoothingEnabled = true
    pen.drawImage(this.small, 0, 0, size, size)
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect(), limit = this.data.limit
    return [(event.clientX - box.left) / box.width * 2 * limit - limit, limit - (event.clientY - box.top) / box.height * 2 * limit]
  }

  down(event) {
    if (!this.canvas.classList.contains("drawing")) { this.move(event); return }
    this.canvas.setPointerCapture(event.pointerId)
    this.stroke = this.stroke || []
    this.held = true
    this.move(event)
  }

  move(event) {
    const [x, y] = this.place(event)
    if (this.held) {
      this.stroke.push([x, y])
      this.draw()
      return
    }
    if (!this.shown || !(this.shown.high > this.shown.low)) return
    const cell = (value) => Math.min(SIDE - 1, Math.max(0, Math.round((value + this.data.limit) / (2 * this.data.limit) * (SIDE - 1))))
    const level = this.shown.levels[cell(y) * SIDE + cell(x)]
    const value = this.shown.low + (this.shown.high - this.shown.low) * level / 255
    const told = this.data.probability ? `${Math.round(100 * value)}% real` : value.toPrecision(3)
    this.answer.textContent = `D at (${x.toFixed(2)}, ${y.toFixed(2)}): ${told}`
  }

  up() { this.held = false }

  // The strokes are sent when the brush is put down, so that several make one drawing.
  setBrush(on) {
    this.brush.setAttribute("aria-pressed", on)
    this.brush.textContent = on ? "Use the drawing" : "Draw data"
    this.canvas.classList.toggle("drawing", on)
    this.answer.textContent = on ? "Draw with mouse or finger; several strokes are one drawing." : ""
    if (!on && this.stroke && this.stroke.length) this.send("drawn", this.written())
    this.stroke = on ? [] : null
    this.held = false
    this.draw()
  }

  written() {
    const limit = this.data.limit
    const place = (value) => PLACES[Math.min(DRAWN_SIDE - 1, Math.max(0, Math.floor((value + limit) / (2 * limit) * DRAWN_SIDE)))]
    const places = [...new Set(this.stroke.map(([x, y]) => place(x) + place(y)))]
    // Too many are thinned evenly, so that no stroke is lost.
    const kept = Math.min(places.length, MOST_DRAWN)
    return Array.from({ length: kept }, (_, i) => places[Math.floor(i * places.length / kept)]).join("")
  }

  beginSlow() {
    this.still = !this.data.trains
    this.slowRun = this.data.id
    this.slow.setAttribute("aria-pressed", true)
    this.slow.textContent = "Stop slow motion"
    this.send("advance", "hold")
    this.lit(0)
  }

  // It ends where the run trains on, another one comes, or no step can be taken. A look from before its begin may still
  // tell of a run that trains, or of none.
  watchSlow() {
    const { id, trains, steps } = this.data
    if (!steps || (this.still && trains) || (this.slowRun && id !== this.slowRun)) { this.endSlow(); return }
    this.still = this.still || !trains
    this.slowRun = this.slowRun || id
  }

  endSlow() {
    clearTimeout(this.slowTimer)
    this.stage = -1
    this.slow.setAttribute("aria-pressed", false)
    this.slow.textContent = "Slow motion"
    this.mark("")
  }

  lit(stage) {
    this.stage = stage
    this.mark(STAGES[stage][2])
    if (STAGES[stage][1] === "D moves") this.send("advance", "d")
    if (STAGES[stage][1] === "G moves") this.send("advance", "g")
    const seconds = Number(this.root.querySelector("select").value)
    this.slowTimer = setTimeout(() => this.lit((stage + 1) % STAGES.length), seconds * 1000)
  }

  mark(sentence) {
    this.root.querySelectorAll(".stages li").forEach((item, index) => item.classList.toggle("lit", index === this.stage))
    this.root.querySelector(".sentence").textContent = sentence
  }

  end() {
    clearTimeout(this.timer)
    clearTimeout(this.slowTimer)
    this.resized.disconnect()
  }
}

const views = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".plane")
  let view = views.get(root)
  if (!view) {
    view = new PlaneView(root)
    views.set(root, view)
  }
  view.take(data, setTriggerValue)
  return () => setTimeout(() => { if (!root.isConnected) { views.delete(root); view.end() } })
}
