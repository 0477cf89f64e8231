// Answers at the address of Streamlit's script for Plotly charts (in_sight.py), which a page imports for its first
// chart; until then placeholders keep the room of the charts. On a narrow screen the script itself, a megabyte, waits
// until a placeholder is in sight, or until the visitor moves.

const NARROW = "(max-width: 640px), (max-height: 480px)"
const LOOK_MS = 250
// Screen readers and printing begin with keys.
const MOVES = ["scroll", "keydown", "beforeprint"]
// Streamlit's, in the place of any element whose script is on its way; a chart is known by its key
// (ui/charts/chart.py).
const PLACEHOLDER = "[data-testid=stSkeleton]"
const CHART = "[class*=_plotly]"

if (matchMedia(NARROW).matches) await wanted()

export default (await import(`${import.meta.url}?whole`)).default

function wanted() {
  return new Promise(resolve => {
    const looking = setInterval(() => inSight() && go(), LOOK_MS)
    const go = () => {
      clearInterval(looking)
      for (const move of MOVES) removeEventListener(move, go, true)
      resolve()
    }
    for (const move of MOVES) addEventListener(move, go, true)
  })
}

/** Whether a chart's placeholder is; what stands before it and is not there itself may still push it out. */
function inSight() {
  for (const waiting of document.querySelectorAll(PLACEHOLDER)) {
    if (!waiting.closest(CHART)) return false
    const { top, bottom } = waiting.getBoundingClientRect()
    if (top < innerHeight && bottom > 0) return true
  }
  return false
}
