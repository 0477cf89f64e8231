// A photograph: the camera in the page where a browser allows it, else the telephone's own.

import { squareOf } from "./decoding.js"

/** Why the camera cannot be used inside the page; null where it can. */
export function noCamera({ isSecureContext, navigator }) {
  if (!isSecureContext) return "A browser gives the camera to pages over https only."
  return navigator.mediaDevices?.getUserMedia ? null : "This browser has no camera for pages."
}

/**
 * Show what the camera sees.
 * @returns {Promise<{shoot: (most: number) => {image: object, width: number, height: number}, stop: () => void}>}
 *   throws with a sentence
 */
export async function openCamera(video) {
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false })
  } catch (error) {
    const unknown = `The camera could not be opened (${error.message}). Upload a picture instead.`
    throw new Error(REASONS[error.name] ?? unknown, { cause: error })
  }
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  video.srcObject = stream
  await video.play().catch(() => {})
  return { shoot: most => shot(video, most), stop }
}

const REASONS = {
  NotAllowedError: "The camera was not allowed. Allow it for this page in the browser, or upload a picture.",
  NotFoundError: "There is no camera on this device. Upload a picture instead.",
  NotReadableError: "Another program is using the camera. Close it, or upload a picture.",
}

function shot(video, most) {
  const { videoWidth: width, videoHeight: height } = video
  const makeCanvas = side => Object.assign(document.createElement("canvas"), { width: side, height: side })
  return { image: squareOf(video, width, height, most, makeCanvas), width, height }
}
