// Drifting an image: turned, blurred, with noise. Pure, and the same at every call. Images as in image.js.

import { blank } from "./image.js"
import { N_, short, t } from "./texts.js"

const FULL = 255
const SEED = 1503

/** The three kinds: their range and steps; ``amount`` writes a value with its unit. The texts are sentences of each. */
export const KINDS = [
  {
    ...{ name: "rotation", title: N_("Rotation"), most: 90, step: 5, amount: value => `${short(value)}°` },
    at: N_("rotation {amount}"),
    most_separating: N_("Rotation separates them most."),
    show: N_("Show rotation {amount}"),
    column: N_("Rotation: changes its answer at"),
    chart: N_("Rotation, up to where each network first changes its answer. {told}"),
    help: N_("Clockwise about the middle; black comes in at the corners"),
  },
  {
    ...{ name: "blur", title: N_("Blur"), most: 3, step: 0.25, amount: value => `${short(value)} px` },
    at: N_("blur {amount}"),
    most_separating: N_("Blur separates them most."),
    show: N_("Show blur {amount}"),
    column: N_("Blur: changes its answer at"),
    chart: N_("Blur, up to where each network first changes its answer. {told}"),
    help: N_("Standard deviation of a Gaussian, in pixels of what the networks see"),
  },
  {
    ...{ name: "noise", title: N_("Noise"), most: 0.5, step: 0.025, amount: value => t("{value} %", { value: percent(value) }) },
    at: N_("noise {amount}"),
    most_separating: N_("Noise separates them most."),
    show: N_("Show noise {amount}"),
    column: N_("Noise: changes its answer at"),
    chart: N_("Noise, up to where each network first changes its answer. {told}"),
    help: N_("Standard deviation of Gaussian noise, in parts of the range from black to white; always the same noise"),
  },
]

function percent(share) {
  return short(Number((100 * share).toFixed(1)))
}

/** Turned, then blurred, then with noise; what is 0 changes nothing at all. */
export function drifted(image, { rotation = 0, blur = 0, noise = 0 }) {
  const turned = rotation ? rotated(image, rotation) : image
  const soft = blur ? blurred(turned, blur) : turned
  return noise ? noisy(soft, noise) : soft
}

/** Every amount of a kind, from none to the most. */
export function amounts({ most, step }) {
  return Array.from({ length: Math.round(most / step) + 1 }, (_, place) => Number((place * step).toFixed(6)))
}

/**
 * Clockwise about the middle, by bilinear interpolation; black comes in at the corners.
 * @param {(image: object, x: number, y: number, channel: number) => number} at what lies at whole places, outside too
 */
export function rotated(image, degrees, at = onBlack) {
  const { width, height, channels } = image
  const answer = blank(width, height, channels)
  const from = turning(width, height, degrees)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = from(x, y)
      for (let channel = 0; channel < channels; channel++) {
        answer.values[(y * width + x) * channels + channel] = between(image, fromX, fromY, channel, at)
      }
    }
  }
  return answer
}

/** From where a turn brings what lies at a place. */
export function turning(width, height, degrees) {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  return (x, y) => [
    middleX + cosine * (x - middleX) + sine * (y - middleY),
    middleY - sine * (x - middleX) + cosine * (y - middleY),
  ]
}

function between(image, x, y, channel, at) {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const [right, down] = [x - left, y - top]
  const upper = (1 - right) * at(image, left, top, channel) + right * at(image, left + 1, top, channel)
  const lower = (1 - right) * at(image, left, top + 1, channel) + right * at(image, left + 1, top + 1, channel)
  return (1 - down) * upper + down * lower
}

function onBlack({ width, height, channels, values }, x, y, channel) {
  return x < 0 || y < 0 || x >= width || y >= height ? 0 : values[(y * width + x) * channels + channel]
}

/** With a Gaussian of this standard deviation, cut at three of them; the edge goes on outside. */
export function blurred(image, sigma) {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const raw = Array.from({ length: 2 * reach + 1 }, (_, place) => Math.exp(-((place - reach) ** 2) / (2 * sigma ** 2)))
  const sum = raw.reduce((total, weight) => total + weight, 0)
  const weights = raw.map(weight => weight / sum)
  return along(along(image, weights, reach, 1, 0), weights, reach, 0, 1)
}

function along(image, weights, reach, dx, dy) {
  const { width, height, channels, values } = image
  const answer = blank(width, height, channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let total = 0
        for (let place = 0; place < weights.length; place++) {
          const fromX = clamp(x + dx * (place - reach), width - 1)
          const fromY = clamp(y + dy * (place - reach), height - 1)
          total += weights[place] * values[(fromY * width + fromX) * channels + channel]
        }
        answer.values[(y * width + x) * channels + channel] = total
      }
    }
  }
  return answer
}

function clamp(value, most) {
  return Math.min(Math.max(value, 0), most)
}

/** With Gaussian noise of this standard deviation (1 is the full range). More noise is the same noise, stronger. */
export function noisy(image, deviation) {
  const draw = gaussian(SEED)
  return {
    ...image,
    values: Float32Array.from(image.values, value => Math.min(FULL, Math.max(0, value + FULL * deviation * draw()))),
  }
}

/** Standard normal numbers, the same for the same seed (mulberry32, then Box and Muller). */
export function gaussian(seed) {
  let state = seed >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
