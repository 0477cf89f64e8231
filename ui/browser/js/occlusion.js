// Which characters decide: each is taken away in turn, and the answer's probability falls or does not.

import { softmax } from "./probabilities.js"
import { tokens } from "./text_tokens.js"

/** The characters of a text that a network reads, each as it stands in the text. */
export function characters(text, length) {
  let left = length
  const read = []
  for (const character of text) {
    left -= new TextEncoder().encode(character).length
    if (left < 0) break
    read.push(character)
  }
  return read
}

/** One row of tokens for each character, without it. */
export function without(read, length) {
  const rows = read.map((_, place) => tokens(read.toSpliced(place, 1).join(""), length))
  const input = new BigInt64Array(rows.length * length)
  rows.forEach((row, place) => input.set(row, place * length))
  return input
}

/**
 * How much of the probability of its answer a network loses without each character; below 0 it gains some.
 * @param {number[]} logits of the whole text
 * @param {{logits: number[], classes: number}} answers of the texts without a character each
 */
export function losses(logits, { logits: rows, classes }) {
  const whole = softmax(logits)
  const best = whole.indexOf(Math.max(...whole))
  const count = rows.length / classes
  return Array.from({ length: count }, (_, row) => {
    return whole[best] - softmax(rows.slice(row * classes, (row + 1) * classes))[best]
  })
}
