"use strict"
// The charts of a report. Names come from visitors: Plotly takes some signs of them for markup, so they are escaped.
const told = JSON.parse(document.getElementById("data").textContent)
const dark = window.matchMedia("(prefers-color-scheme: dark)")
const LIGHT_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#8a2d74", "#7a4a00", "#3a28c0"]
const DARK_COLOURS = ["#56b4e9", "#ff8a4c", "#3ccca0", "#e59ac6", "#f0b83e", "#a79bff"]
const DASHES = ["solid", "dash", "dashdot", "longdash"]
const SHAPES = ["circle", "square", "diamond", "triangle-up", "pentagon", "hexagon"]

const letters = name => name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const students = told.networks.filter(one => one.role === "student").map(one => one.name)

function look(name) {
  const ink = dark.matches ? "#e8eaed" : "#1b1f24"
  const grey = dark.matches ? "#9aa3ad" : "#6b737c"
  const { role } = told.networks.find(one => one.name === name) || { role: "student" }
  if (role === "teacher") return { colour: ink, symbol: "star", dash: "dot" }
  if (role === "control") return { colour: grey, symbol: "cross", dash: "dot" }
  const place = Math.max(0, students.indexOf(name))
  const colours = dark.matches ? DARK_COLOURS : LIGHT_COLOURS
  return {
    colour: colours[place % colours.length],
    symbol: SHAPES[(place + Math.floor(place / colours.length)) % SHAPES.length],
    dash: DASHES[Math.floor(place / colours.length) % DASHES.length],
  }
}

const ROW_PX = 20
const PLOT_PX = 270

function layout(across, up, rows = 0) {
  const ink = dark.matches ? "#e8eaed" : "#1b1f24"
  const line = dark.matches ? "#343a42" : "#dddfd8"
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, automargin: true }
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, family: "system-ui, sans-serif" },
    height: PLOT_PX + 60 + ROW_PX * rows,
    margin: { l: 50, r: 10, t: 10, b: 50 + ROW_PX * rows },
    showlegend: rows > 0,
    legend: { x: 0, xanchor: "left", y: -60 / PLOT_PX, yanchor: "top", bgcolor: "rgba(0,0,0,0)" },
    xaxis: { ...axis, ...across },
    yaxis: { ...axis, ...up },
  }
}

function size(bytes) {
  if (bytes >= 1e6) return `${bytes / 1e6} MB`
  return bytes >= 1e3 ? `${bytes / 1e3} kB` : `${bytes} B`
}

function ticks() {
  const tickvals = []
  for (let power = 1; power < 1e12; power *= 10) tickvals.push(power, 2 * power, 5 * power)
  return { tickvals, ticktext: tickvals.map(size) }
}

function against() {
  const shown = told.networks.filter(one => one.score !== null && one.bytes !== null)
  const traces = shown.map(one => {
    const { colour, symbol } = look(one.name)
    return {
      x: [one.bytes],
      y: [100 * one.score],
      name: letters(one.name),
      mode: "markers",
      marker: { color: colour, symbol, size: symbol === "star" ? 16 : 12 },
      error_y: { type: "data", array: [100 * (one.half || 0)], color: colour, visible: one.half !== null },
      hovertemplate: "%{y:.1f} %, %{x:,.0f} bytes",
    }
  })
  const across = { type: "log", title: { text: "ONNX file" }, ...ticks() }
  return [traces, layout(across, { title: { text: `Test ${told.metric} (%)` } }, traces.length)]
}

function differences() {
  const shown = told.networks.filter(one => one.delta !== null).reverse()
  const traces = [{
    x: shown.map(one => one.delta),
    y: shown.map(one => letters(one.name)),
    mode: "markers",
    marker: { size: 12, color: shown.map(one => look(one.name).colour) },
    error_x: { type: "data", array: shown.map(one => one.delta_half || 0), color: dark.matches ? "#9aa3ad" : "#6b737c" },
    hovertemplate: "%{x:+.2f} points",
  }]
  const across = { title: { text: "Against control (points)" }, zeroline: true, zerolinewidth: 2 }
  return [traces, layout(across, {})]
}

function curves(kind, title, factor) {
  const traces = told.curves.filter(one => one.kind === kind).map(one => ({
    x: one.x,
    y: one.y.map(value => (value === null ? null : factor * value)),
    name: letters(one.name),
    mode: "lines",
    line: { color: look(one.name).colour, dash: look(one.name).dash },
  }))
  return [traces, layout({ title: { text: "Update" } }, { title: { text: title } }, traces.length)]
}

const charts = [
  ["Score against size", against],
  ["Differences from the control", differences],
  ["Validation while training", () => curves("valid_accuracy", `Validation ${told.metric} (%)`, 100)],
  ["Loss while training", () => curves("loss", "Training loss", 1)],
]

const place = document.getElementById("charts")

function frame(title) {
  const figure = document.createElement("figure")
  const caption = document.createElement("figcaption")
  const chart = document.createElement("div")
  caption.textContent = title
  figure.append(caption, chart)
  place.append(figure)
  return chart
}

const holds = traces => traces.some(one => one.x.length)
// All frames stand before the first chart is drawn, which takes their width.
const framed = charts.filter(([, make]) => holds(make()[0])).map(([title, make]) => [frame(title), make])

function draw() {
  for (const [chart, make] of framed) Plotly.react(chart, ...make(), { displaylogo: false, responsive: true })
}

draw()
dark.addEventListener("change", draw)
