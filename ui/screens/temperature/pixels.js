// A scene, and of each network a map of what T makes of every pixel: it is worked out here from the logits, so that it
// follows the slider while that is dragged. A click on any of them chooses a pixel.
const SLIDER = ".st-key-T"
const VALUE = '[data-testid="stSliderThumbValue"]'

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".pixels")
  if (root.dataset.stamp !== data.stamp) {
    root.replaceChildren(...figures(data), legend())
    root.dataset.stamp = data.stamp
  }
  const tones = bytes(data.tones)
  const networks = data.maps.map(map => ({ step: map.step, logits: new Int16Array(bytes(map.logits).buffer) }))
  mark(root, data)
  name(root, data, tones)
  const slider = document.querySelector(SLIDER)
  const follow = () => {
    const moved = slider?.querySelector(VALUE)?.textContent.trim()
    paint(root, data, networks, tones, data.values[moved] ?? data.values[data.T])
  }
  follow()
  root.onclick = event => {
    const place = event.target.closest(".place")
    if (place) setTriggerValue("picked", pixel(event, place.getBoundingClientRect(), data.size))
  }
  const watched = new MutationObserver(follow)
  if (slider) watched.observe(slider, { childList: true, characterData: true, subtree: true })
  return () => {
    watched.disconnect()
    root.onclick = null
  }
}

/** Row and column under the pointer. */
function pixel({ clientX, clientY }, { left, top, width, height }, [rows, columns]) {
  const within = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1)
  return [within((clientY - top) / height, rows), within((clientX - left) / width, columns)]
}

function paint(root, { size, first }, networks, tones, temperature) {
  const [rows, columns] = size
  for (const [place, canvas] of root.querySelectorAll(".place canvas").entries()) {
    const { logits, step } = networks[place]
    const classes = logits.length / (rows * columns)
    const image = new ImageData(columns, rows)
    for (let at = 0; at < rows * columns; at++) {
      const share = value(logits.subarray(at * classes, (at + 1) * classes), step / temperature, first)
      const tone = 3 * Math.round(255 * Math.min(Math.max(share, 0), 1))
      image.data.set([tones[tone], tones[tone + 1], tones[tone + 2], 255], 4 * at)
    }
    canvas.getContext("2d").putImageData(image, 0, 0)
  }
}

/** The probability of a class, or the entropy as a share of the largest one. */
function value(logits, scale, first) {
  const most = Math.max(...logits)
  let sum = 0
  let weighted = 0
  for (const logit of logits) {
    const power = scale * (logit - most)
    sum += Math.exp(power)
    weighted += power * Math.exp(power)
  }
  if (first !== null) return Math.exp(scale * (logits[first] - most)) / sum
  return (Math.log(sum) - weighted / sum) / Math.log(logits.length)
}

function mark(root, { chosen, size }) {
  for (const frame of root.querySelectorAll(".mark")) {
    const [[row, column], [rows, columns]] = [chosen, size]
    Object.assign(frame.style, {
      left: `calc(${(100 * column) / columns}% - 2px)`,
      top: `calc(${(100 * row) / rows}% - 2px)`,
      width: `${100 / columns}%`,
      height: `${100 / rows}%`,
    })
  }
}

function name(root, { legend, maps, scene_title }, tones) {
  const [what, low, high] = root.querySelectorAll(".legend span")
  ;[what.textContent, low.textContent, high.textContent] = legend
  const titles = [scene_title, ...maps.map(({ title }) => `${title}: ${legend[0]}`)]
  for (const [place, caption] of root.querySelectorAll("figcaption").entries()) caption.textContent = titles[place]
  for (const [place, shown] of root.querySelectorAll(".place > :first-child").entries()) {
    shown.setAttribute("aria-label", titles[place])
  }
  const bar = root.querySelector(".legend canvas")
  const image = new ImageData(256, 1)
  for (let at = 0; at < 256; at++) image.data.set([...tones.slice(3 * at, 3 * at + 3), 255], 4 * at)
  bar.getContext("2d").putImageData(image, 0, 0)
}

function figures({ scene, scene_title, maps, size: [height, width] }) {
  const pictures = [element("img", { src: scene, alt: scene_title, draggable: false })]
  for (const _map of maps) pictures.push(element("canvas", { width, height, role: "img" }))
  return pictures.map(picture =>
    element(
      "figure",
      {},
      element("figcaption", {}),
      element("div", { className: "place" }, picture, element("div", { className: "mark" })),
    ),
  )
}

function legend() {
  const bar = element("canvas", { width: 256, height: 1 })
  bar.setAttribute("aria-hidden", "true")
  return element("div", { className: "legend" }, element("span", {}), element("span", {}), bar, element("span", {}))
}

function bytes(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}
