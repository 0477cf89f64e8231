// A shelf of thumbnails: buttons, so that a keyboard and a screen reader find them.
// Runs again on each change of its data or of the theme; the buttons of a shelf stay while only the choice moves.
export default function ({ data, parentElement, setTriggerValue }) {
  const shelf = parentElement.querySelector(".shelf")
  shelf.setAttribute("aria-label", data.label)
  if (shelf.dataset.stamp !== data.stamp) {
    shelf.replaceChildren(...data.images.map(thumbnail))
    shelf.classList.toggle("texts", data.images.some(({ text }) => text))
    shelf.dataset.stamp = data.stamp
  }
  for (const button of shelf.children) {
    button.setAttribute("aria-pressed", String(Number(button.value) === data.chosen))
  }
  shelf.onclick = event => {
    const button = event.target.closest("button")
    if (button) setTriggerValue("picked", Number(button.value))
  }
  return () => {
    shelf.onclick = null
  }
}

function thumbnail({ index, source, text, alt }) {
  const image = document.createElement(text ? "span" : "img")
  if (text) {
    image.dir = "auto"
    image.textContent = text
  } else {
    image.src = source
    image.alt = alt
  }
  const button = document.createElement("button")
  button.type = "button"
  button.value = index
  button.title = alt
  button.append(image)
  return button
}
