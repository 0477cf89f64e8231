// A round brush on an image of bytes, with soft edges. Our own, so that what is drawn is exactly what is read.

/**
 * Paint from one point to the next, in the image's pixels, in place.
 * @param {{radius: number, shade: number}} brush shade: 0 (black, an eraser) to 255 (white)
 * @returns {{left: number, top: number, width: number, height: number} | null} what changed; null outside the image
 */
export function paint(image, from, to, brush) {
  const box = around(image, from, to, brush.radius + 1)
  if (!box) return null
  const { width, channels, values } = image
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) {
      const cover = Math.min(1, brush.radius + 0.5 - distance(x + 0.5, y + 0.5, from, to))
      if (cover <= 0) continue
      for (let channel = 0; channel < channels; channel++) {
        const place = (y * width + x) * channels + channel
        values[place] = Math.round(values[place] + (brush.shade - values[place]) * cover)
      }
    }
  }
  return box
}

function around({ width, height }, from, to, reach) {
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach))
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach))
  const right = Math.min(width, Math.ceil(Math.max(from.x, to.x) + reach))
  const bottom = Math.min(height, Math.ceil(Math.max(from.y, to.y) + reach))
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : null
}

function distance(x, y, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const along = length ? Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length)) : 0
  return Math.hypot(x - from.x - along * dx, y - from.y - along * dy)
}
