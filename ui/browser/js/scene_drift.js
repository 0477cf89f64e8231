// Drifting a scene, and its true mask along with it: turned, moved, brighter or darker, blurred, with noise. Beyond its
// edges a scene is mirrored, as in training. Pure. Images as in image.js; a mask is a class a pixel in rows.

import { drifted, KINDS, rotated, turning } from "./drift.js"
import { N_, short, t } from "./texts.js"

const FULL = 255
const [ROTATION, BLUR, NOISE] = KINDS

/** As in drift.js; ``least``: where a kind goes both ways. */
export const SCENE_KINDS = [
  { ...ROTATION, help: N_("Clockwise about the middle; beyond its edges the scene is mirrored") },
  {
    ...{ name: "shift", title: N_("Shift"), most: 16, step: 1, amount: value => `${short(value)} px` },
    at: N_("shift {amount}"),
    help: N_("To the right, in pixels of what the networks see; beyond its edge the scene is mirrored"),
  },
  {
    ...{ name: "brightness", title: N_("Brightness"), least: -0.5, most: 0.5, step: 0.05, amount: signed },
    at: N_("brightness {amount}"),
    help: N_("Added to every pixel, in parts of the range from black to white"),
  },
  BLUR,
  NOISE,
]

function signed(value) {
  const share = t("{value} %", { value: short(Number((100 * Math.abs(value)).toFixed(1))) })
  return value < 0 ? `−${share}` : value > 0 ? `+${share}` : share
}

/** Turned, moved, made brighter, then blurred and with noise; what is 0 changes nothing at all. */
export function sceneDrifted(image, { rotation = 0, shift = 0, brightness = 0, ...rest }) {
  const turned = rotation ? rotated(image, rotation, mirroredAt) : image
  const moved = shift ? shifted(turned, shift) : turned
  return drifted(brightness ? brightened(moved, brightness) : moved, rest)
}

/** What turning and moving make of the mask of a square scene, by the nearest pixel. */
export function maskDrifted(mask, side, { rotation = 0, shift = 0 }) {
  if (!rotation && !shift) return mask
  const from = turning(side, side, rotation)
  return mask.map((_, place) => {
    const [x, y] = from(mirrored((place % side) - shift, side), Math.floor(place / side))
    return mask[mirrored(Math.round(y), side) * side + mirrored(Math.round(x), side)]
  })
}

function shifted({ width, height, channels, values }, shift) {
  const answer = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = (y * width + mirrored(x - shift, width)) * channels + channel
        answer[(y * width + x) * channels + channel] = values[from]
      }
    }
  }
  return { width, height, channels, values: answer }
}

function brightened(image, share) {
  const values = Float32Array.from(image.values, value => Math.min(FULL, Math.max(0, value + FULL * share)))
  return { ...image, values }
}

function mirroredAt({ width, height, channels, values }, x, y, channel) {
  return values[(mirrored(y, height) * width + mirrored(x, width)) * channels + channel]
}

/** The place within that lies as far from the edge as one outside; the edge itself is there once. */
function mirrored(place, length) {
  const period = Math.max(1, 2 * (length - 1))
  const within = ((place % period) + period) % period
  return Math.min(within, period - within)
}
