// A text as networks read it: the bytes of UTF-8 plus 1, up to the last character that fits whole, then 0. The same as
// distill_core/tasks/text/tokens.py.

/** @returns {BigInt64Array} */
export function tokens(text, length) {
  const bytes = new TextEncoder().encode(text)
  const isStart = byte => (byte & 0xc0) !== 0x80
  let end = Math.min(bytes.length, length)
  while (end > 0 && end < bytes.length && !isStart(bytes[end])) end--
  const made = new BigInt64Array(length)
  for (let place = 0; place < end; place++) made[place] = BigInt(bytes[place] + 1)
  return made
}
