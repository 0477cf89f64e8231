// A button that acts while it is held: by mouse, finger or pen, or by the space bar and the return key.

const KEYS = new Set([" ", "Enter"])

/** ``begin`` when it is pressed, ``end`` when it is let go, wherever that is; each once a press. */
export function held(node, begin, end) {
  let down = false

  function press() {
    if (down || node.disabled) return
    down = true
    node.classList.add("held")
    begin()
  }

  function release() {
    if (!down) return
    down = false
    node.classList.remove("held")
    end()
  }

  node.onpointerdown = event => {
    if (event.button !== 0) return
    node.setPointerCapture?.(event.pointerId)
    press()
  }
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) node.addEventListener(name, release)
  node.onkeydown = event => {
    if (!KEYS.has(event.key)) return
    event.preventDefault()
    press()
  }
  node.onkeyup = event => KEYS.has(event.key) && release()
  // A long press opens a menu on telephones.
  node.oncontextmenu = event => event.preventDefault()
  return release
}
