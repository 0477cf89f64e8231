// What a press on the microphone's button becomes: recordings of a second at most, each a wave file.

import { RATE_HZ, resampled } from "./recording.js"

// Shorter than that is what is left behind the last whole second.
const LEFT = 0.3 * RATE_HZ
const HEAD_BYTES = 44
// Root mean square below which nothing is heard, as recording.js has it.
const SILENT = 1e-3

/** Pieces of a second, silent ones left out; a rest of less than 0.3 s stays with the piece before it. */
export function seconds({ samples, rate }) {
  const whole = resampled(samples, rate)
  const count = Math.max(1, Math.ceil((whole.length - LEFT) / RATE_HZ))
  const pieces = Array.from({ length: count }, (_, at) => {
    return whole.subarray(at * RATE_HZ, at === count - 1 ? whole.length : (at + 1) * RATE_HZ)
  })
  return pieces.filter(piece => piece.length > 0 && loudness(piece) > SILENT)
}

/** 16 bits, one channel, 8 kHz. */
export function wave(samples) {
  const view = new DataView(new ArrayBuffer(HEAD_BYTES + 2 * samples.length))
  const text = (place, letters) => [...letters].forEach((one, at) => view.setUint8(place + at, one.charCodeAt(0)))
  text(0, "RIFF")
  view.setUint32(4, HEAD_BYTES - 8 + 2 * samples.length, true)
  text(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE_HZ, true)
  view.setUint32(28, 2 * RATE_HZ, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, "data")
  view.setUint32(40, 2 * samples.length, true)
  samples.forEach((one, at) => {
    view.setInt16(HEAD_BYTES + 2 * at, Math.round(Math.max(-1, Math.min(1, one)) * 32767), true)
  })
  return new Uint8Array(view.buffer)
}

function loudness(samples) {
  return Math.sqrt(samples.reduce((sum, one) => sum + one ** 2, 0) / samples.length)
}
