// A photograph: the camera in the page where a browser allows it, else the telephone's own.

import { squareOf } from "./decoding.js"
import { N_, t } from "./texts.js"
import { turns } from "./turns.js"

/** Why the camera cannot be used inside the page; null where it can. */
export function noCamera({ isSecureContext, navigator }) {
  if (!isSecureContext) return t("A browser gives the camera to pages over https only.")
  return navigator.mediaDevices?.getUserMedia ? null : t("This browser has no camera for pages.")
}

/**
 * One camera at most. A browser may ask the visitor for minutes: a camera that comes when it was closed meanwhile, or
 * asked for once more, is stopped.
 */
export function oneCamera(open = openCamera) {
  const asked = turns()
  let camera = null

  function close() {
    asked.forget()
    camera?.stop()
    camera = null
  }

  return {
    get on() {
      return camera !== null
    },
    /** Whether it shows in this video now. Throws with a sentence, unless nobody waits for it any longer. */
    async open(video) {
      close()
      const wanted = asked.begin()
      try {
        const found = await open(video)
        if (!wanted()) found.stop()
        else {
          camera = found
          await found.playing
        }
      } catch (error) {
        if (wanted()) throw error
      }
      return wanted()
    },
    shoot: most => camera.shoot(most),
    close,
  }
}

/**
 * Let a video show what the camera sees.
 * @returns {Promise<{playing: Promise, shoot: (most: number) => {image: object, width: number, height: number},
 *   stop: () => void}>} throws with a sentence
 */
async function openCamera(video) {
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false })
  } catch (error) {
    throw new Error(t(REASONS[error.name] ?? UNKNOWN, { why: error.message }), { cause: error })
  }
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  video.srcObject = stream
  return { playing: video.play().catch(() => {}), shoot: most => shot(video, most), stop }
}

const UNKNOWN = N_("The camera could not be opened ({why}). Upload a picture instead.")
const REASONS = {
  NotAllowedError: N_("The camera was not allowed. Allow it for this page in the browser, or upload a picture."),
  NotFoundError: N_("There is no camera on this device. Upload a picture instead."),
  NotReadableError: N_("Another program is using the camera. Close it, or upload a picture."),
}

function shot(video, most) {
  const { videoWidth: width, videoHeight: height } = video
  const makeCanvas = side => Object.assign(document.createElement("canvas"), { width: side, height: side })
  return { image: squareOf(video, width, height, most, makeCanvas), width, height }
}
