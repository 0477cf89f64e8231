// All networks along every kind of drift, a batch a kind.

import { breaking } from "./breaking.js"
import { amounts, drifted, KINDS } from "./drift.js"
import { normalised } from "./image.js"
import { answersOf } from "./networks.js"

/**
 * @param {object} image as it is without drift, in the task's size
 * @param {(input: Float32Array, count: number) => Promise<object[]>} ask the answers of every open network to a batch
 * @param {() => boolean} wanted whether somebody still waits for it
 * @returns {Promise<{kind: object, found: object[]}[] | null>} where each network's answer breaks, a kind after the
 *   other; null where nobody waits any longer
 */
export async function scanned(image, task, networks, ask, wanted = () => true) {
  const results = []
  for (const kind of KINDS) {
    const steps = amounts(kind)
    const along = steps.map(value => normalised(drifted(image, { [kind.name]: value }), task))
    const answers = await ask(batch(along), steps.length)
    if (!wanted()) return null
    const good = new Map(answers.filter(one => one.logits).map(one => [one.runId, one]))
    const asked = networks.filter(one => good.has(one.run_id))
    const found = asked.map(one => ({ ...one, ...breaking(steps, answersOf(good.get(one.run_id))) }))
    results.push({ kind, found })
  }
  return results
}

export function batch(tensors) {
  const together = new Float32Array(tensors.length * tensors[0].length)
  tensors.forEach((tensor, place) => together.set(tensor, place * tensor.length))
  return together
}
