// Pictures of what the camera sees, many a second while a button is held.

import { noCamera, oneCamera } from "./camera.js"
import { button, element, icon } from "./elements.js"
import { middleSquare } from "./image.js"
import { t } from "./texts.js"

const SIDE_PX = 96
const EACH_MS = 125
const QUALITY = 0.92

/** Why the camera cannot be used inside the page; null where it can. */
export const lacking = noCamera

/**
 * @param {object} told
 * @param {(sentence: string) => void} told.say
 * @param {() => void} told.changed the camera went on or off
 */
export function recorder({ say, changed }) {
  const camera = oneCamera()
  const video = element("video", { muted: true, playsInline: true, hidden: true, "aria-label": t("Camera") })
  const turn = button("", () => (camera.on ? close() : open()), { class: "primary" })
  const box = element("div", { class: "camera" }, video, element("div", { class: "row" }, turn))
  let timer = null

  function draw() {
    video.hidden = !camera.on
    turn.classList.toggle("primary", !camera.on)
    turn.replaceChildren(icon(camera.on ? "videocam_off" : "videocam"), camera.on ? t("Turn off") : t("Turn the camera on"))
    changed()
  }

  async function open() {
    say("")
    turn.disabled = true
    try {
      await camera.open(video)
    } catch (error) {
      say(error.message)
    }
    turn.disabled = false
    draw()
  }

  function close() {
    end()
    camera.close()
    draw()
  }

  function end() {
    clearInterval(timer)
    timer = null
  }

  draw()
  return {
    box,
    ending: "jpg",
    get isReady() {
      return camera.on
    },
    /** @param {(shot: import("./shots.js").Shot) => boolean} put whether there was room */
    begin(put, done) {
      const shoot = () => put(shot(video)) || end()
      timer = setInterval(shoot, EACH_MS)
      shoot()
      return () => {
        end()
        done()
      }
    },
    close,
  }
}

/** The middle square of what a video shows now. */
function shot(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE_PX, height: SIDE_PX })
  const { left, top, side } = middleSquare(video.videoWidth, video.videoHeight)
  const context = canvas.getContext("2d")
  context.imageSmoothingQuality = "high"
  context.drawImage(video, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX)
  const src = canvas.toDataURL("image/jpeg", QUALITY)
  return { src, bytes: Uint8Array.from(atob(src.slice(src.indexOf(",") + 1)), one => one.charCodeAt(0)) }
}
