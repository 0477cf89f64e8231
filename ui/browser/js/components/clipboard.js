// A browser gives pages over plain http no clipboard, and Streamlit's copy buttons then do nothing and say nothing.
// What they ask for is there here too, by the older way, which a click may take on any page.
export default function () {
  if (navigator.clipboard) return
  Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true })
}

async function writeText(text) {
  const place = document.body.appendChild(document.createElement("span"))
  place.textContent = text
  place.style.cssText = "position: fixed; opacity: 0; white-space: pre; user-select: text; pointer-events: none"
  const selection = window.getSelection()
  const before = selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null
  // The text itself, for what is selected takes the page's looks along.
  const fill = event => {
    event.clipboardData.setData("text/plain", text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  window.addEventListener("copy", fill, { capture: true, once: true })
  try {
    selection.selectAllChildren(place)
    if (!document.execCommand("copy")) throw new Error("this browser lets no page copy over plain http")
  } finally {
    window.removeEventListener("copy", fill, { capture: true })
    place.remove()
    selection.removeAllRanges()
    if (before) selection.addRange(before)
  }
}
