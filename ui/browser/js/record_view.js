// The button that starts and stops a recording, and the bar beside it.

import { button, element, icon } from "./elements.js"
import { LONGEST_SECONDS } from "./recording.js"
import { t } from "./texts.js"

/**
 * @param {object} told
 * @param {() => void} told.record
 * @param {() => void} told.stop
 * @param {string} told.start what the button says while nothing is recorded
 * @param {string} told.label of the bar
 * @param {string | null} told.lacking why this browser gives no microphone
 * @param {object} [told.more] further properties of the button
 */
export function recordView({ record, stop, start, label, lacking, more = {} }) {
  let on = false
  const speak = button("", () => (on ? stop() : record()), more)
  speak.disabled = lacking !== null
  const bar = element("progress", { max: LONGEST_SECONDS, value: 0, hidden: true, "aria-label": label })

  /** @param {"on" | "off" | "asked"} now */
  function recording(now) {
    on = now === "on"
    bar.hidden = !on
    bar.value = 0
    const text = { on: t("Stop"), off: start, asked: t("Allow the microphone …") }[now]
    speak.replaceChildren(icon(on ? "stop" : "mic"), text)
  }

  recording("off")
  return { speak, bar, recording, isOn: () => on }
}
