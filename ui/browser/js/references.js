// The reference images of a network, on which a browser's answers are held against the server's.

import { floats } from "./tiles.js"
import { Trouble } from "./trouble.js"

/**
 * Asks once for each address; one that did not come is asked for again.
 * @returns {(address: string) => Promise<{images: Float32Array | BigInt64Array, shape: number[]}>}
 *   shape: (B, C, H, W) of images
 */
export function references(fetch, signal) {
  const known = new Map()
  return address => {
    if (!known.has(address)) {
      const asked = ask(fetch, address, signal)
      known.set(address, asked)
      asked.catch(() => known.delete(address))
    }
    return known.get(address)
  }
}

async function ask(fetch, address, signal) {
  const response = await fetch(address, { signal }).catch(error => {
    throw new Trouble("unreachable", error.message)
  })
  const told = await response.json().catch(() => ({}))
  if (!response.ok) throw new Trouble(response.status === 404 ? "gone" : "refused", told.error, { status: response.status })
  const numbers = floats(told.images)
  // Ids are small enough for float32 to hold them whole.
  const images = told.dtype === "int64" ? BigInt64Array.from(numbers, BigInt) : numbers
  return { images, shape: told.shape }
}
