// Pixels without a canvas. An image is {width, height, channels, values}: interleaved rows from the top, 0 to 255.
// Some browsers blur what a page reads back from a canvas, so what a network sees is never read from one.

const LUMA = [0.299, 0.587, 0.114]
const BRIGHT_BORDER = 127.5

export function blank(width, height, channels, Values = Float32Array) {
  return { width, height, channels, values: new Values(width * height * channels) }
}

/** The middle square of a picture, in its own pixels. */
export function middleSquare(width, height) {
  const side = Math.min(width, height)
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side }
}

/** What a canvas gives (four bytes a pixel) as an image of three channels; the picture has no holes. */
export function fromRGBA({ width, height, data }) {
  const image = blank(width, height, 3, Uint8ClampedArray)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) image.values[3 * pixel + channel] = data[4 * pixel + channel]
  }
  return image
}

/** For a canvas: four bytes a pixel, grey or colour, without holes. */
export function toRGBA({ width, height, channels, values }) {
  const data = new Uint8ClampedArray(width * height * 4)
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2]
  for (let from = 0, to = 0; to < data.length; from += channels, to += 4) {
    data[to] = values[from]
    data[to + 1] = values[from + green]
    data[to + 2] = values[from + blue]
    data[to + 3] = 255
  }
  return data
}

/** With as many channels as a task has: luma (ITU-R BT.601) for one. */
export function inChannels(image, channels) {
  if (image.channels === channels) return image
  const changed = blank(image.width, image.height, channels)
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = channels === 1 ? luma(image, pixel) : image.values[pixel * image.channels]
      changed.values[pixel * channels + channel] = value
    }
  }
  return changed
}

function luma({ values, channels }, pixel) {
  return LUMA.reduce((sum, weight, channel) => sum + weight * values[pixel * channels + channel], 0)
}

/** Whether the outermost pixels are bright, as paper is: the tasks' objects lie on black. */
export function hasBrightBorder(image) {
  return borderMean(image) > BRIGHT_BORDER
}

export function borderMean({ width, height, channels, values }) {
  let sum = 0
  let count = 0
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1)
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < channels; channel++) sum += values[(y * width + x) * channels + channel]
      count += channels
    }
  }
  return sum / count
}

export function inverted(image) {
  return { ...image, values: image.values.map(value => 255 - value) }
}

/** Another size by area averaging: each new pixel is the mean of what it covers, edges by their share. */
export function resized(image, width, height = width) {
  const { channels } = image
  const across = shares(image.width, width)
  const down = shares(image.height, height)
  const rows = blank(width, image.height, channels, Float64Array)
  for (let y = 0; y < image.height; y++) {
    average(image.values, y * image.width * channels, rows.values, y * width * channels, across, channels, channels)
  }
  const answer = blank(width, height, channels)
  const length = width * channels
  for (let place = 0; place < length; place++) average(rows.values, place, answer.values, place, down, length, 1)
  return answer
}

/** One line of pixels, ``step`` apart, each of ``channels`` numbers. Flat, since it runs at every piece of a stroke. */
function average(source, from, target, to, { starts, counts, weights }, step, channels) {
  for (let place = 0, weight = 0; place < starts.length; place++) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0
      let at = from + starts[place] * step + channel
      for (let pixel = 0; pixel < counts[place]; pixel++, at += step) sum += weights[weight + pixel] * source[at]
      target[to + place * step + channel] = sum
    }
    weight += counts[place]
  }
}

/** Which of ``from`` pixels in a row each of ``to`` covers (a start and a count), and their shares of it. */
function shares(from, to) {
  const span = from / to
  const [starts, counts, weights] = [[], [], []]
  for (let place = 0; place < to; place++) {
    const [start, end] = [place * span, (place + 1) * span]
    const last = Math.min(Math.ceil(end - 1e-9), from)
    starts.push(Math.floor(start))
    counts.push(last - Math.floor(start))
    for (let pixel = Math.floor(start); pixel < last; pixel++) {
      weights.push((Math.min(end, pixel + 1) - Math.max(start, pixel)) / span)
    }
  }
  return { starts, counts, weights: Float64Array.from(weights) }
}

/** What a network reads: (x / 255 - mean) / std, one channel after the other. */
export function normalised({ width, height, channels, values }, { mean, std }) {
  const tensor = new Float32Array(values.length)
  const pixels = width * height
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      tensor[channel * pixels + pixel] = (values[pixel * channels + channel] / 255 - mean[channel]) / std[channel]
    }
  }
  return tensor
}

/** The image of a test set: its bytes in base64, interleaved. */
export function fromBase64(text, width, height, channels) {
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
  if (bytes.length !== width * height * channels) {
    throw new Error(`an image of ${bytes.length} bytes is not one of the task`)
  }
  return { width, height, channels, values: bytes }
}
