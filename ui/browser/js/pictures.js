// A picture that a visitor brings: checked before it is decoded, then prepared as the task's own images are.
// What cannot be taken is refused with what came, what is wanted and what to do.

import { size } from "./format.js"
import { HEADER_BYTES, imageHeader } from "./header.js"
import { hasBrightBorder, inChannels, inverted, resized } from "./image.js"
import { decimal, t, together } from "./texts.js"

export const MOST_BYTES = 30e6
const MOST_PIXELS = 40e6

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
    const places = { picture: called(file), type: header.type, pixels: pixels(header), why: error.message }
    throw new Refused(
      t(
        "{picture} begins like a {type} of {pixels} but could not be decoded ({why}): it is damaged or cut off. " +
        "Save it again, or choose another one.",
        places,
      ),
    )
  }
}

async function beginning(file) {
  try {
    return new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer())
  } catch (error) {
    const places = { picture: called(file), why: error.message }
    throw new Refused(t("{picture} could not be read ({why}): was it moved or deleted? Choose it again.", places))
  }
}

function checked(file, header) {
  const picture = called(file)
  const known = () => t("Choose a PNG, JPEG, GIF, WebP or BMP file.")
  const smaller = () => t("Save it smaller: the networks see only a few pixels of it.")
  if (file.size === 0) throw new Refused(together(t("{picture} is empty.", { picture }), known()))
  if (file.size > MOST_BYTES) {
    const places = { picture, size: size(file.size), most: size(MOST_BYTES) }
    throw new Refused(together(t("{picture} has {size}; at most {most} can be taken.", places), smaller()))
  }
  if (!header) throw new Refused(together(t("{picture} is not an image that this page knows.", { picture }), known()))
  if (!header.width || !header.height) {
    const places = { picture, type: header.type }
    throw new Refused(t("{picture} begins like a {type} but says no size: it is damaged. Save it again.", places))
  }
  if (header.width * header.height > MOST_PIXELS) {
    const places = { picture, pixels: pixels(header), millions: millions(header), most: decimal(MOST_PIXELS / 1e6) }
    const told = t("{picture} has {pixels} pixels, {millions} million; at most {most} million can be decoded here.", places)
    throw new Refused(together(told, smaller()))
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
  return name ? t("“{name}”", { name }) : t("This picture")
}

function pixels({ width, height }) {
  return `${decimal(width, 0, { grouped: true })} × ${decimal(height, 0, { grouped: true })}`
}

function millions({ width, height }) {
  return decimal((width * height) / 1e6, 1)
}
