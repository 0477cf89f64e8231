// What this browser measures, on every page: beside.js tells it, from the page Benchmark.
const SAID = Symbol.for("distill lab: measuring")
const CHANGED = "distill-lab-measuring"

export default function ({ parentElement }) {
  const box = parentElement.querySelector(".measuring")
  const draw = () => {
    const { text = "", aloud = false } = window[SAID] ?? {}
    if (box.textContent === text) return
    box.setAttribute("aria-live", aloud ? "polite" : "off")
    box.textContent = text
  }
  window.addEventListener(CHANGED, draw)
  draw()
  return () => window.removeEventListener(CHANGED, draw)
}
