// A browser gives pages over plain http no clipboard, and may refuse it to one inside another site's page or without
// permission; Streamlit's copy buttons then do nothing and say nothing. What they ask for goes there by the older way
// then, which a click may take on any page; where that is refused too it is selected. What came of it is said, to those
// who listen as well.
const INSTALLED = Symbol.for("distill lab: what is copied arrives")
const COPIED_MS = 4000
const LOOK =
  "position: fixed; inset: auto 1rem 1rem auto; max-width: min(30rem, 90vw); padding: 0.6rem 1rem; border-radius: 0.5rem; " +
  "background: #262730; color: #fafafa; font: 0.9rem/1.4 sans-serif; overflow-wrap: anywhere; z-index: 1000100"

export default function ({ data }) {
  window[INSTALLED] ??= install(text => data.spoken.texts[text] ?? text)
}

function install(t) {
  const known = navigator.clipboard
  const own = known?.writeText?.bind(known)
  const say = speaker()
  const writeText = async text => {
    try {
      await (own ? own(text).catch(() => older(text)) : older(text))
    } catch (error) {
      select(text, say, t)
      throw error // the button does not call it copied
    }
    say(isLink(text) ? t("The link is copied.") : t("Copied."), COPIED_MS)
  }
  if (known) Object.defineProperty(known, "writeText", { value: writeText, configurable: true })
  else Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true })
  return writeText
}

async function older(text) {
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
    if (!document.execCommand("copy")) throw new Error("this browser lets no page copy here")
  } finally {
    window.removeEventListener("copy", fill, { capture: true })
    place.remove()
    selection.removeAllRanges()
    if (before) selection.addRange(before)
  }
}

/** Where the page shows it, else where it is said what to do. */
function select(text, say, t) {
  const shown = [...document.querySelectorAll('[data-testid="stCode"] code')].find(one => one.textContent.trim() === text.trim())
  const told = isLink(text)
    ? t(
      "This browser does not let the page copy the link, so it is selected: press Ctrl+C (on a Mac Cmd+C), or hold a " +
      "finger on it and choose Copy.",
    )
    : t(
      "This browser does not let the page copy this, so it is selected: press Ctrl+C (on a Mac Cmd+C), or hold a " +
      "finger on it and choose Copy.",
    )
  const place = say(shown ? told : `${told} `)
  window.getSelection().selectAllChildren(shown ?? Object.assign(place.appendChild(document.createElement("span")), { textContent: text }))
}

/** It stays in the page, empty, since a reader tells only what changes. */
function speaker() {
  const place = document.body.appendChild(document.createElement("div"))
  place.setAttribute("role", "status")
  place.className = "distill-copied"
  let gone = null
  return (text, ms = 0) => {
    clearTimeout(gone)
    place.textContent = text
    place.style.cssText = LOOK
    const clear = () => {
      place.textContent = ""
      place.style.cssText = ""
    }
    if (ms) gone = setTimeout(clear, ms)
    else document.addEventListener("copy", clear, { once: true })
    return place
  }
}

function isLink(text) {
  return /^https?:\/\/\S+$/.test(text.trim())
}
