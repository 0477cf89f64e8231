// Bringing a picture: upload, drop, paste, or the camera. What is wrong with one is said here, and nothing is lost.

import { noCamera, oneCamera } from "./camera.js"
import { button, element, icon, write } from "./elements.js"
import { t } from "./texts.js"

/**
 * @param {object} told
 * @param {(file: Blob) => Promise<void>} told.file
 * @param {(found: {image: object, width: number, height: number}) => void} told.photo
 * @param {() => number} told.most pixels a side of a photograph
 */
export function bringView({ file, photo, most }) {
  const message = element("p", { class: "message", role: "alert", hidden: true })
  // Hidden, for the buttons open them.
  const files = { type: "file", accept: "image/*", hidden: true }
  const chooser = element("input", { ...files, "aria-label": t("Upload a picture") })
  const telephone = element("input", { ...files, capture: "environment", "aria-label": t("Take a photograph") })
  const kinds = t("A PNG, JPEG, GIF, WebP or BMP file; or drop one here, or paste one")
  const upload = labelled("upload", t("Upload"), () => chooser.click(), kinds)
  const shoot = labelled("photo_camera", t("Photograph"), photograph, t("With the camera of this device"))
  const panel = element("div", { class: "camera", hidden: true })
  const note = element("span", { class: "small" }, t("Pictures stay in this browser."))
  const row = element("div", { class: "row" }, upload, shoot, note)
  const section = { class: "bring", "aria-label": t("Bring a picture") }
  const box = element("section", section, row, message, panel, chooser, telephone)
  const camera = oneCamera()

  chooser.onchange = telephone.onchange = event => {
    const [chosen] = event.target.files
    event.target.value = "" // so that the same file can be chosen again
    if (chosen) file(chosen)
  }

  async function photograph() {
    if (noCamera(globalThis)) return telephone.click()
    if (camera.on) return close()
    const video = element("video", { muted: true, playsInline: true, "aria-label": t("What the camera sees") })
    const take = labelled("camera", t("Take it"), () => {
      photo(camera.shoot(most()))
      close()
    })
    take.disabled = true
    panel.replaceChildren(video, element("div", { class: "row" }, take, button(t("Close the camera"), close)))
    panel.hidden = false
    try {
      if (!(await camera.open(video))) return
      tell("")
      take.disabled = false
      take.focus()
    } catch (error) {
      close()
      tell(error.message)
    }
  }

  function close() {
    const within = panel.contains(box.getRootNode().activeElement)
    camera.close()
    panel.replaceChildren()
    panel.hidden = true
    if (within) shoot.focus({ preventScroll: true })
  }

  function tell(text) {
    write(message, text)
    message.hidden = !text
  }

  return { box, tell, close }
}

function labelled(sign, text, onclick, title) {
  const made = button("", onclick, { title })
  made.append(icon(sign), text)
  return made
}

/** Pictures dropped on an element, and pasted while the page is in front. Returns how to stop listening. */
export function receiving(target, file) {
  const first = list => [...(list ?? [])][0]
  target.ondragover = event => {
    event.preventDefault()
    target.classList.add("over")
  }
  target.ondragleave = () => target.classList.remove("over")
  target.ondrop = event => {
    event.preventDefault()
    target.classList.remove("over")
    const dropped = first(event.dataTransfer?.files)
    if (dropped) file(dropped)
  }
  const paste = event => {
    const pasted = first(event.clipboardData?.files)
    if (pasted) file(pasted)
  }
  document.addEventListener("paste", paste)
  return () => document.removeEventListener("paste", paste)
}
