// Building a page by hand: an element with what it has and what is in it.

const ATTRIBUTES = new Set(["class", "for", "role", "scope", "capture"])

/** Properties of the element; ``aria-`` and the like, "class", "for" and "role" are attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue
    if (name.includes("-") || ATTRIBUTES.has(name)) made.setAttribute(name, value)
    else made[name] = value
  }
  made.append(...children.filter(child => child !== null && child !== undefined))
  return made
}

export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text)
}

/** A sign of the font that Streamlit brings; a screen reader passes over it. */
export function icon(name) {
  return element("span", { class: "icon", "aria-hidden": "true" }, name)
}

/** A slider with its name and its value in words. */
export function slider({ label, min, max, step, value, words, oninput, onchange, title }) {
  const output = element("output")
  const input = element("input", { type: "range", min, max, step, value, onchange, title, "aria-label": label })
  const tell = to => {
    write(output, words(to))
    input.setAttribute("aria-valuetext", words(to))
    input.style.setProperty("--share", `${(100 * (to - min)) / (max - min)}%`)
  }
  input.oninput = () => {
    tell(Number(input.value))
    oninput(Number(input.value))
  }
  tell(value)
  const set = to => {
    input.value = to
    tell(to)
  }
  return { box: element("label", { class: "slider" }, element("span", {}, label), output, input), input, set }
}

/**
 * A button that gets disabled or hidden drops the focus, and whoever works by keyboard their place: the first of these
 * that is left takes it.
 */
export function keepingFocus(buttons, change) {
  const focused = buttons[0].getRootNode().activeElement
  change()
  const lost = buttons.includes(focused) && (focused.disabled || focused.hidden)
  if (lost) buttons.find(one => !one.disabled && !one.hidden)?.focus({ preventScroll: true })
}

/** Text is changed only where it differs: screen readers and layouts are left alone. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text
}
