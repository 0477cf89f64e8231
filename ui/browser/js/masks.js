// What networks say of the pixels of a scene. Logits and shares hold a class after the other, of each its pixels in
// rows; a mask is a class a pixel, below 0 where there is none (a void pixel). Pure.

const VOID = 255 // as ui/screens/playground/scenes.py sends it

/** The mask of a test scene: its bytes in base64. */
export function maskFromBase64(text) {
  return Int16Array.from(atob(text), character => (character.charCodeAt(0) === VOID ? -1 : character.charCodeAt(0)))
}

/** The likeliest class of each pixel, the first of equals. */
export function maskOf(logits, classes) {
  const pixels = logits.length / classes
  const mask = new Int16Array(pixels)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let place = 1; place < classes; place++) {
      if (logits[place * pixels + pixel] > logits[mask[pixel] * pixels + pixel]) mask[pixel] = place
    }
  }
  return mask
}

/** Shares of 1 for each class of each pixel; logits are divided by T first. */
export function softened(logits, classes, T) {
  const pixels = logits.length / classes
  const best = maskOf(logits, classes)
  const shares = new Float32Array(logits.length)
  for (let pixel = 0; pixel < pixels; pixel++) {
    let sum = 0
    for (let at = pixel; at < logits.length; at += pixels) {
      shares[at] = Math.exp((logits[at] - logits[best[pixel] * pixels + pixel]) / T)
      sum += shares[at]
    }
    for (let at = pixel; at < logits.length; at += pixels) shares[at] /= sum
  }
  return shares
}

/** Of each pixel, in bits. */
export function entropies(shares, classes) {
  const pixels = shares.length / classes
  const bits = new Float32Array(pixels)
  for (let at = 0; at < shares.length; at++) {
    if (shares[at] > 0) bits[at % pixels] -= shares[at] * Math.log2(shares[at])
  }
  return bits
}

export function mean(values) {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** The share of each class in the pixels that have one. */
export function classShares(mask, classes) {
  const counts = new Array(classes).fill(0)
  for (const place of mask) if (place >= 0) counts[place] += 1
  const known = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => (known ? count / known : 0))
}

/** Whether each pixel has another class than in the mask that it is held against; a void pixel of that has none. */
export function differing(mask, wanted) {
  return Uint8Array.from(mask, (place, pixel) => (wanted[pixel] >= 0 && place !== wanted[pixel] ? 1 : 0))
}

/** The share of pixels with the class that they have in ``wanted``, void ones left out. */
export function sameShare(mask, wanted) {
  const known = wanted.reduce((count, place) => count + (place >= 0 ? 1 : 0), 0)
  return known ? 1 - differing(mask, wanted).reduce((sum, one) => sum + one, 0) / known : NaN
}

/** Intersection over union, the mean over the classes that either mask has; as ``metrics.py`` of the lab has it. */
export function meanIou(mask, truth, classes) {
  const [both, either] = [new Array(classes).fill(0), new Array(classes).fill(0)]
  truth.forEach((wanted, pixel) => {
    if (wanted < 0) return
    either[wanted] += 1
    if (mask[pixel] === wanted) both[wanted] += 1
    else either[mask[pixel]] += 1
  })
  const present = either.map((count, place) => [both[place], count]).filter(([, count]) => count)
  return present.length ? mean(present.map(([hit, count]) => hit / count)) : NaN
}

/** The borders of the marked pixels: lines from (x, y) to (x, y) between pixels, and along the edge of the scene. */
export function borders(marked, side) {
  const lines = []
  const is = (x, y) => x >= 0 && y >= 0 && x < side && y < side && marked[y * side + x] === 1
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (!is(x, y)) continue
      if (!is(x, y - 1)) lines.push([x, y, x + 1, y])
      if (!is(x, y + 1)) lines.push([x, y + 1, x + 1, y + 1])
      if (!is(x - 1, y)) lines.push([x, y, x, y + 1])
      if (!is(x + 1, y)) lines.push([x + 1, y, x + 1, y + 1])
    }
  }
  return lines
}
