// From a picture file to pixels: its middle square, upright, on white where it has holes.

import { fromRGBA, middleSquare } from "./image.js"

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
  const worker = new Worker(new URL("decoding_worker.js", import.meta.url), { type: "module" })
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result))
    worker.onerror = event => reject(new Error(event.message || "the decoder stopped"))
  })
  worker.postMessage({ blob, most })
  return answer.finally(() => worker.terminate())
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
