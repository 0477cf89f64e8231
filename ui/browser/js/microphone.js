// A recording of a few seconds from the microphone: raw samples, since what MediaRecorder makes is compressed.

import { LONGEST_SECONDS } from "./recording.js"
import { N_, t } from "./texts.js"
import { turns } from "./turns.js"

// Power: of the quietest sound of a word, and of one over the loudest of the same word.
const HEARD = 1e-4
const STILL_LOUD = 1e-2

/** Why the microphone cannot be used inside the page; null where it can. */
export function noMicrophone({ isSecureContext, navigator, AudioWorkletNode: worklets }) {
  if (!isSecureContext) return t("A browser gives the microphone to pages over https only.")
  return navigator.mediaDevices?.getUserMedia && worklets ? null : t("This browser has no microphone for pages.")
}

/**
 * One recording at a time. A browser may ask the visitor for minutes: a microphone that comes when it was stopped
 * meanwhile, or asked for once more, is closed.
 */
export function oneMicrophone(open = openMicrophone, longest = LONGEST_SECONDS) {
  const asked = turns()
  let stop = () => {}

  return {
    /**
     * What is said until ``stop``, ``longest`` seconds at most; null where it was forgotten meanwhile.
     * @param {object} told
     * @param {() => void} told.begun
     * @param {(seconds: number) => void} [told.heard] how long it is by now
     * @param {number} [told.rest] after a word it ends with so many seconds of quiet
     * @returns {Promise<{samples: Float32Array, rate: number} | null>} throws with a sentence
     */
    async record({ begun, heard = () => {}, rest = Infinity }) {
      this.forget()
      const wanted = asked.begin()
      const pieces = []
      const ended = Promise.withResolvers()
      let length = 0
      let spoken = null // where the last sound of a word ended
      let loudest = HEARD / STILL_LOUD
      let microphone
      try {
        microphone = await open(piece => {
          pieces.push(piece)
          length += piece.length
          heard(length / microphone.rate)
          const power = piece.reduce((sum, one) => sum + one ** 2, 0) / piece.length
          loudest = Math.max(loudest, power)
          if (power >= loudest * STILL_LOUD) spoken = length
          const rests = spoken !== null && length - spoken >= rest * microphone.rate
          if (rests || length >= longest * microphone.rate) ended.resolve()
        }, ended.reject)
      } catch (error) {
        if (wanted()) throw error
        return null
      }
      try {
        if (!wanted()) return null
        stop = ended.resolve
        begun()
        await ended.promise
      } finally {
        microphone.close()
      }
      return wanted() ? { samples: joined(pieces, length), rate: microphone.rate } : null
    },
    /** End the recording and take what was said. */
    stop: () => stop(),
    /** End the recording and drop it. */
    forget() {
      asked.forget()
      stop()
    },
  }
}

/** @returns {Promise<{rate: number, close: () => void}>} throws with a sentence */
async function openMicrophone(hear, lost) {
  // Without the browser's own corrections, which are made for talks and change a voice.
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: raw })
  } catch (error) {
    throw new Error(t(REASONS[error.name] ?? UNKNOWN, { why: error.message }), { cause: error })
  }
  const context = new AudioContext()
  const close = () => {
    for (const track of stream.getTracks()) track.stop()
    context.close()
  }
  try {
    await context.resume()
    await context.audioWorklet.addModule(new URL("recorder_worklet.js", import.meta.url))
  } catch (error) {
    close()
    throw new Error(t(UNLOADED, { why: error.message }), { cause: error })
  }
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 })
  recorder.port.onmessage = ({ data }) => hear(data)
  for (const track of stream.getTracks()) track.onended = () => lost(new Error(t(UNPLUGGED)))
  context.createMediaStreamSource(stream).connect(recorder)
  return { rate: context.sampleRate, close }
}

const UNPLUGGED = N_("The microphone is gone. Plug it in and record once more.")
const UNKNOWN = N_("The microphone could not be opened ({why}). Upload a recording instead.")
const UNLOADED = N_("The part of this page that records could not be loaded ({why}). See that the lab still runs.")
const REASONS = {
  NotAllowedError: N_("The microphone was not allowed. Allow it for this page in the browser, or upload a recording."),
  NotFoundError: N_("There is no microphone on this device. Upload a recording instead."),
  NotReadableError: N_("Another program is using the microphone. Close it, or upload a recording."),
}

function joined(pieces, length) {
  const whole = new Float32Array(length)
  let place = 0
  for (const piece of pieces) {
    whole.set(piece, place)
    place += piece.length
  }
  return whole
}
