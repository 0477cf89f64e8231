// The microphone's button, the wave with what is kept of it, and the features as networks see them.

import { button, element, icon, write } from "./elements.js"
import { recordView } from "./record_view.js"
import { FRAMES, middle, RATE_HZ } from "./recording.js"
import { decimal, t } from "./texts.js"

const WAVE = { width: 320, height: 96 }
const CELL = 6

/**
 * @param {object} told
 * @param {() => void} told.record
 * @param {() => void} told.stop
 * @param {(file: Blob) => void} told.file
 * @param {string | null} told.lacking why this browser gives no microphone
 */
export function listeningView({ record, stop, file, lacking }) {
  const message = element("p", { class: "message", role: "alert", hidden: true })
  const { speak, bar, recording } = recordView({ record, stop, lacking, start: t("Record"), label: t("Recording") })
  const named = { "aria-label": t("Upload a recording") }
  const chooser = element("input", { type: "file", accept: "audio/*", hidden: true, ...named })
  const upload = button("", () => chooser.click(), { title: t("A WAV, FLAC, Ogg or MP3 file of one word") })
  upload.append(icon("upload"), t("Upload"))
  const private_ = t("What you say stays in this browser; a file is decoded by the lab and not kept.")
  const note = element("span", { class: "small" }, lacking ?? private_)
  const row = element("div", { class: "row" }, speak, bar, upload)
  const wave = element("canvas", { ...WAVE, class: "wave", role: "img" })
  const box = element("section", { class: "draw", "aria-label": t("Recording") }, row, message, wave, note, chooser)
  const features = element("canvas", { class: "features", role: "img" })
  const told = element("p", { class: "small" })
  const head = element("h3", {}, t("What the networks see"))
  const seen = element("section", { class: "sight", hidden: true, "aria-label": head.textContent }, head, features, told)

  chooser.onchange = () => {
    const [chosen] = chooser.files
    chooser.value = "" // so that the same file can be chosen again
    if (chosen) file(chosen)
  }

  function tell(text) {
    write(message, text)
    message.hidden = !text
  }

  wave.hidden = true
  return {
    box,
    seen,
    recording,
    tell,
    progress: seconds => void (bar.value = seconds),
    show(found) {
      wave.hidden = seen.hidden = false
      drawWave(wave, found)
      drawFeatures(features, found.features)
      const { from, to } = found.kept
      const places = { from: inSeconds(from), to: inSeconds(to), length: inSeconds(to - from) }
      const middlePart = middle(found.kept)
      wave.setAttribute("aria-label", t("The recording; from {from} s to {to} s is kept", places))
      features.setAttribute("aria-label", t("13 coefficients of 40 frames"))
      write(
        told,
        middlePart.to - middlePart.from < to - from
          ? t("The middle 1 s of {length} s of sound, in 40 frames of 25 ms: 13 coefficients, a row each.", places)
          : t("All {length} s of sound, in 40 frames of 25 ms: 13 coefficients, a row each.", places),
      )
    },
  }
}

function inSeconds(samples) {
  return decimal(samples / RATE_HZ, 2)
}

/** The largest and the smallest sample of each column; what networks do not see is fainter, what is cut off most. */
function drawWave(canvas, { samples, kept }) {
  const seen = middle(kept)
  const within = (place, { from, to }) => place >= from && place < to
  const context = canvas.getContext("2d")
  const { width, height } = canvas
  const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-6)
  context.clearRect(0, 0, width, height)
  context.fillStyle = getComputedStyle(canvas).color
  for (let column = 0; column < width; column++) {
    const [from, to] = [column, column + 1].map(edge => Math.round((edge * samples.length) / width))
    const piece = samples.subarray(from, Math.max(to, from + 1))
    const [high, low] = [Math.max(...piece), Math.min(...piece)].map(one => (height / 2) * (1 - one / loudest))
    context.globalAlpha = within(from, seen) ? 1 : within(from, kept) ? 0.55 : 0.25
    context.fillRect(column, high, 1, Math.max(1, low - high))
  }
  context.globalAlpha = 1
}

/** A row a coefficient; from two deviations below the mean, dark, to two above, bright. */
function drawFeatures(canvas, features) {
  const rows = features.length / FRAMES
  Object.assign(canvas, { width: FRAMES * CELL, height: rows * CELL })
  const context = canvas.getContext("2d")
  features.forEach((value, place) => {
    const light = Math.round(100 * Math.min(1, Math.max(0, (value + 2) / 4)))
    context.fillStyle = `hsl(215 40% ${light}%)`
    context.fillRect((place % FRAMES) * CELL, Math.floor(place / FRAMES) * CELL, CELL, CELL)
  })
}
