// Recordings of what the microphone hears while a button is held, a second each.

import { element } from "./elements.js"
import { noMicrophone, oneMicrophone } from "./microphone.js"
import { decimal, N_, t } from "./texts.js"
import { seconds, wave } from "./wave.js"

const LONGEST_SECONDS = 30

/** Why the microphone cannot be used inside the page; null where it can. */
export const lacking = noMicrophone

/** As room_camera.js has it; a microphone is opened by each press. */
export function recorder({ say }) {
  const microphone = oneMicrophone(undefined, LONGEST_SECONDS)
  const state = element("p", { class: "small", role: "status" }, t(REST))

  async function record(put, done) {
    say("")
    state.textContent = t("Allow the microphone …")
    try {
      const heard = length => {
        state.textContent = t("Recording … {seconds} s", { seconds: decimal(length, 1) })
      }
      const found = await microphone.record({ begun: () => heard(0), heard })
      const pieces = found ? seconds(found) : []
      if (found && pieces.length === 0) say(t(UNHEARD))
      pieces.every(piece => put({ bytes: wave(piece) }))
    } catch (error) {
      say(error.message)
    }
    state.textContent = t(REST)
    done()
  }

  return {
    box: element("div", {}, state),
    ending: "wav",
    isReady: true,
    begin(put, done) {
      record(put, done)
      return () => microphone.stop()
    },
    close: () => microphone.forget(),
  }
}

const REST = N_("A word a press, or hold longer: each second becomes one recording.")
const UNHEARD = N_("Nothing was heard. Hold the button until the page says that it records, and speak nearer to it.")
