// Colours for masks, four bytes a pixel: over the scene, or the entropy alone. Pure.

// The ground is the class of number 0, and mostly left as the scene itself.
const STRENGTH = { ground: 0.35, other: 0.7 }

/** ``#d55e00`` as three numbers. */
export function rgb(colour) {
  return [1, 3, 5].map(place => parseInt(colour.slice(place, place + 2), 16))
}

/** Each pixel in the colour of its class, over the scene; a pixel without one as the scene has it. */
export function byClass(image, mask, colours) {
  return over(image, (pixel, paint) => mask[pixel] >= 0 && paint(mask[pixel], 1), colours)
}

/** Each pixel in the colours of its classes by their shares, over the scene. */
export function byShares(image, shares, colours) {
  const pixels = image.width * image.height
  const paintAll = (pixel, paint) => {
    for (let place = 0; place * pixels < shares.length; place++) paint(place, shares[place * pixels + pixel])
  }
  return over(image, paintAll, colours)
}

/** ``values`` from 0 to ``most`` in the tones, from the first to the last. */
export function byValue(values, most, tones) {
  const known = tones.map(rgb)
  const data = new Uint8ClampedArray(4 * values.length)
  values.forEach((value, pixel) => {
    const place = Math.min(Math.max(value / most, 0), 1) * (known.length - 1)
    const [low, share] = [Math.floor(place), place % 1]
    const high = Math.min(low + 1, known.length - 1)
    for (let part = 0; part < 3; part++) {
      data[4 * pixel + part] = known[low][part] * (1 - share) + known[high][part] * share
    }
    data[4 * pixel + 3] = 255
  })
  return data
}

function over({ width, height, channels, values }, paintAll, colours) {
  const known = colours.map(rgb)
  const data = new Uint8ClampedArray(4 * width * height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const mixed = [0, 0, 0]
    let covered = 0
    paintAll(pixel, (place, share) => {
      const strength = share * (place === 0 ? STRENGTH.ground : STRENGTH.other)
      covered += strength
      for (let part = 0; part < 3; part++) mixed[part] += strength * known[place][part]
    })
    for (let part = 0; part < 3; part++) {
      const seen = values[pixel * channels + (channels === 1 ? 0 : part)]
      data[4 * pixel + part] = mixed[part] + (1 - covered) * seen
    }
    data[4 * pixel + 3] = 255
  }
  return data
}
