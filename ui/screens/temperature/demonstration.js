// The image and what teacher and student say about it, as bars that follow the slider while it is dragged: Python
// brings the answers at every T once, and Streamlit's slider tells the server only where it was left.
const SLIDER = ".st-key-T"
const VALUE = '[data-testid="stSliderThumbValue"]'

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".demonstration")
  if (root.dataset.stamp !== data.stamp) {
    root.replaceChildren(picture(data), element("div", { className: "answers" }, table(data)))
    root.dataset.stamp = data.stamp
  }
  const slider = document.querySelector(SLIDER)
  const follow = () => draw(root, data, slider?.querySelector(VALUE)?.textContent.trim())
  follow()
  if (!slider) return () => {}
  const watched = new MutationObserver(follow)
  watched.observe(slider, { childList: true, characterData: true, subtree: true })
  return () => watched.disconnect()
}

/** Answers at this T; where the slider has no such value yet, at the one that Python knows. */
function draw(root, { frames, T }, moved) {
  const at = moved in frames ? moved : T
  if (root.dataset.at === at) return
  root.dataset.at = at
  root.querySelector(".at").textContent = at
  const { shares, texts, entropy } = frames[at]
  for (const [place, row] of root.querySelectorAll("tbody tr").entries()) {
    for (const [network, cell] of row.querySelectorAll("td").entries()) {
      cell.querySelector(".fill").style.transform = `scaleX(${shares[network][place]})`
      cell.querySelector(".number").textContent = texts[network][place]
    }
  }
  for (const [network, cell] of root.querySelectorAll("tfoot td").entries()) cell.textContent = entropy[network]
}

function picture({ image, text, alt, label }) {
  const shown = text ? element("blockquote", { dir: "auto" }, text) : element("img", { src: image, alt })
  return element("figure", {}, shown, element("figcaption", {}, label))
}

function table(data) {
  const rows = data.classes.map((name, place) => {
    const head = element("th", { scope: "row", title: name }, place === data.label_place ? `✓ ${name}` : name)
    return element("tr", {}, head, ...data.networks.map((network, column) => bar(network, data.cold[column][place])))
  })
  const heads = data.networks.map(({ name, role, mark }) =>
    element("th", { scope: "col", title: name }, element("img", { src: mark, alt: role }), element("span", {}, name)),
  )
  const entropies = data.networks.map(() => element("td", {}))
  return element(
    "table",
    {},
    element("caption", {}, data.legend[0], element("b", { className: "at" }), data.legend[1]),
    element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
    element("tbody", {}, ...rows),
    element("tfoot", {}, element("tr", {}, element("th", { scope: "row" }, data.entropy), ...entropies)),
  )
}

function bar({ colour }, cold) {
  const fill = element("span", { className: "fill" })
  fill.style.background = colour
  const before = element("span", { className: "cold" })
  before.style.left = `${100 * cold}%`
  const track = element("span", { className: "track" }, fill, before)
  return element("td", {}, element("div", {}, track, element("span", { className: "number" })))
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}
