// What the sidebar of every page says of this browser's measuring (components/measuring.js draws it). It is told when a
// run begins, between two networks and when it ends, never while one is timed.

const SAID = Symbol.for("distill lab: measuring")
const CHANGED = "distill-lab-measuring"

/**
 * @param {string} text
 * @param {{aloud?: boolean, place?: EventTarget}} options aloud: it is read to those who listen, where no page says it
 */
export function tellBeside(text, { aloud = false, place = globalThis } = {}) {
  if (place[SAID]?.text === text) return
  place[SAID] = { text, aloud }
  place.dispatchEvent(new Event(CHANGED))
}
