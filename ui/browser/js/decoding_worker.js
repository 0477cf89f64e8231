// Decodes one picture off the page's own thread, where a large one would stop the pen.

import { decoded } from "./decoding.js"

globalThis.onmessage = async ({ data: { blob, most } }) => {
  try {
    const result = await decoded(blob, most, side => new OffscreenCanvas(side, side))
    globalThis.postMessage({ result }, [result.image.values.buffer])
  } catch (error) {
    globalThis.postMessage({ error: error.message || String(error) })
  }
}
