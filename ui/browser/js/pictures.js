// A picture that a visitor brings: checked before it is decoded, then prepared as the task's own images are.
// What cannot be taken is refused with what came, what is wanted and what to do.

import { size } from "./format.js"
import { HEADER_BYTES, imageHeader } from "./header.js"
import { hasBrightBorder, inChannels, inverted, resized } from "./image.js"

export const MOST_BYTES = 30e6
const MOST_PIXELS = 40e6
const KNOWN = "a PNG, JPEG, GIF, WebP or BMP file"
const SMALLER = "Save it smaller: the networks see only a few pixels of it."

export class Refused extends Error {}

/**
 * @param {Blob & {name?: string}} file
 * @param {(file: Blob) => Promise<{image: object, width: number, height: number}>} decode may throw Refused itself
 * @returns the picture, decoded. Throws Refused.
 */
export async function brought(file, decode) {
  const header = checked(file, imageHeader(await beginning(file)))
  try {
    return await decode(file)
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused(
      `${called(file)} begins like a ${header.type} of ${pixels(header)} but could not be decoded ` +
        `(${error.message}): it is damaged or cut off. Save it again, or choose another one.`,
    )
  }
}

async function beginning(file) {
  try {
    return new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer())
  } catch (error) {
    throw new Refused(`${called(file)} could not be read (${error.message}): was it moved or deleted? Choose it again.`)
  }
}

function checked(file, header) {
  if (file.size === 0) throw new Refused(`${called(file)} is empty. Choose ${KNOWN}.`)
  if (file.size > MOST_BYTES) {
    throw new Refused(
      `${called(file)} has ${size(file.size)}; at most ${size(MOST_BYTES)} can be taken. ${SMALLER}`,
    )
  }
  if (!header) throw new Refused(`${called(file)} is not an image that this page knows. Choose ${KNOWN}.`)
  if (!header.width || !header.height) {
    throw new Refused(`${called(file)} begins like a ${header.type} but says no size: it is damaged. Save it again.`)
  }
  if (header.width * header.height > MOST_PIXELS) {
    throw new Refused(
      `${called(file)} has ${pixels(header)} pixels, ${millions(header)} million; at most ` +
        `${MOST_PIXELS / 1e6} million can be decoded here. ${SMALLER}`,
    )
  }
  return header
}

/**
 * As a picture lies on the canvas, and what the steps before can be worked out from.
 * @param {object} square the middle square of the picture
 * @param {{channels: number, side: number, invert?: boolean}} wanted invert: undefined asks the picture's border
 */
export function prepared(square, { channels, side, invert }) {
  const plain = inChannels(square, channels)
  const turned = invert ?? hasBrightBorder(plain)
  const large = resized(turned ? inverted(plain) : plain, side)
  return { square, inverted: turned, image: { ...large, values: Uint8ClampedArray.from(large.values) } }
}

/** The steps between, for the eye: in the task's channels, and light on dark. Kept, they would fill the history. */
export function between({ square, inverted: turned }, channels) {
  const plain = inChannels(square, channels)
  return { plain, lit: turned ? inverted(plain) : plain }
}

function called({ name }) {
  return name ? `“${name}”` : "This picture"
}

function pixels({ width, height }) {
  return `${width.toLocaleString("en")} × ${height.toLocaleString("en")}`
}

function millions({ width, height }) {
  return ((width * height) / 1e6).toFixed(1)
}
