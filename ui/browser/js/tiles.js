// Images as a network takes them: one after the other in one array.

/** The first ``batch`` of the images, from the start again where there are fewer. */
export function tiled(images, count, batch) {
  const size = images.length / count
  const all = new images.constructor(batch * size)
  for (let place = 0; place < batch; place++) {
    const from = (place % count) * size
    all.set(images.subarray(from, from + size), place * size)
  }
  return all
}

/** Numbers from the base64 of little-endian float32. */
export function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  return Float32Array.from({ length: bytes.length / 4 }, (_, place) => view.getFloat32(4 * place, true))
}
