// From a picture file to pixels: its middle square, upright, on white where it has holes.

import { fromRGBA, middleSquare } from "./image.js"
import { Refused } from "./pictures.js"
import { decimal, N_, t } from "./texts.js"

// The largest that is taken needs a few seconds on a phone.
const PATIENCE_MS = 30_000

/**
 * @param {Blob} blob
 * @param {number} most of pixels a side; larger pictures come smaller
 * @param {(side: number) => HTMLCanvasElement | OffscreenCanvas} makeCanvas
 * @returns {Promise<{image: object, width: number, height: number}>} width and height: of the whole picture
 */
export async function decoded(blob, most, makeCanvas) {
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" })
  try {
    const { width, height } = bitmap
    return { image: squareOf(bitmap, width, height, most, makeCanvas), width, height }
  } finally {
    bitmap.close()
  }
}

/** The same in a Worker of its own, where a browser can draw there; else beside the page's own work. */
export function decodedApart(blob, most) {
  if (typeof OffscreenCanvas === "undefined") {
    return decoded(blob, most, side => Object.assign(document.createElement("canvas"), { width: side, height: side }))
  }
  const makeWorker = () => new Worker(new URL("decoding_worker.js", import.meta.url), { type: "module" })
  return decodedBy(makeWorker, { blob, most })
}

/** What a Worker makes of a picture. Throws what the picture lacks; Refused where the Worker is to blame. */
export async function decodedBy(makeWorker, question) {
  const worker = started(makeWorker)
  let timer
  try {
    return await new Promise((resolve, reject) => {
      const stopped = why => reject(new Refused(t(STOPPED, { why })))
      const seconds = decimal(PATIENCE_MS / 1000)
      const late = t("This picture was not decoded within {seconds} s. Save it smaller, or choose another one.", { seconds })
      worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result))
      worker.onerror = event => {
        event.preventDefault?.()
        stopped(event.message || t("it could not be loaded"))
      }
      worker.onmessageerror = () => stopped(t("its answer could not be read"))
      timer = setTimeout(() => reject(new Refused(late)), PATIENCE_MS)
      worker.postMessage(question)
    })
  } finally {
    clearTimeout(timer)
    worker.terminate()
  }
}

const STOPPED = N_(
  "The part of this page that decodes pictures stopped ({why}). See that the lab still runs, then choose the picture " +
  "again.",
)
const NOT_STARTED = N_(
  "The part of this page that decodes pictures could not start ({why}). See that the lab still runs, then choose the " +
  "picture again.",
)

function started(makeWorker) {
  try {
    return makeWorker()
  } catch (error) {
    throw new Refused(t(NOT_STARTED, { why: error.message }))
  }
}

/** The middle square of anything that a canvas can draw: a picture, or what a camera sees. */
export function squareOf(source, width, height, most, makeCanvas) {
  const { left, top, side } = middleSquare(width, height)
  const small = Math.min(side, most)
  const context = makeCanvas(small).getContext("2d", { willReadFrequently: true })
  context.imageSmoothingQuality = "high"
  context.fillStyle = "#fff"
  context.fillRect(0, 0, small, small)
  context.drawImage(source, left, top, side, side, 0, 0, small, small)
  return fromRGBA(context.getImageData(0, 0, small, small))
}
