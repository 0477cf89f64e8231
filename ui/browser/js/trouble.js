// What can go wrong while a network is measured, each in a plain sentence.

import { decimal, N_, t, together } from "./texts.js"

/** The label of the button that measures, and what messages call it (ui/findings/taken.py). */
export const RUN = N_("Run on this device")
const MEMORY = /out of memory|bad_alloc|could not allocate|enlarge memory|allocation failed|\bOOM\b/i
const NO_NETWORK = /protobuf|ModelProto|No graph was found|ERROR_CODE: [27]\b/i

/**
 * kind: "gone", "unreachable", "refused" (the server); "start", "threads", "engine" (the engine); "barred",
 * "unloaded", "dead", "silent", "unreadable" (the Worker).
 */
export class Trouble extends Error {
  constructor(kind, message = "", details = {}) {
    super(message)
    this.kind = kind
    Object.assign(this, details)
  }
}

/** After these the Worker is as good as before: only the network did not come. */
export function harmless(kind) {
  return kind === "gone" || kind === "unreachable" || kind === "refused"
}

export function plainly({ kind, message = "", seconds, status }, name) {
  const places = { name, button: t(RUN), seconds: decimal(seconds ?? 0), status }
  const why = sentence(message)
  switch (kind) {
    case "gone":
      return t("{name} is no longer on the server: it may have been deleted.", places)
    case "unreachable":
      return together(t("The server does not answer, so {name} could not be fetched.", places), t(RUNS, places))
    case "refused":
      return together(t("The server did not give out {name}.", places), why || (status && t("It answered {status}.", places)))
    case "start":
      return together(t("The engine could not start."), why, t(RELOAD))
    case "unloaded":
      return together(t("A script of the lab could not be loaded."), t(RELOAD))
    case "barred":
      return together(
        t("This browser lets the page start no Worker, in which networks are measured."), why, t("Use another browser."),
      )
    case "threads":
      return t("The engine started one thread only, so this would be the same measurement again.")
    case "silent":
      return together(
        t("Nothing was heard of {name} for {seconds} s: it takes too long here, or the browser stopped it.", places),
        t("Try a smaller batch or another backend."),
      )
    case "dead":
      return together(
        t("The browser ended the work on {name}.", places), why, t("Close other tabs, then press {button}.", places),
      )
    case "unreadable":
      return t("What was found for {name} could not be read. Press {button}.", places)
    default:
      return engine(message, name)
  }
}

const RUNS = N_("See that the lab still runs, then press {button}.")
const RELOAD = N_("See that the lab still runs, then load the page again.")

function engine(message, name) {
  if (MEMORY.test(message)) {
    return t(
      "This device has too little memory for {name} at this batch size. Try a smaller batch, or close other tabs.",
      { name },
    )
  }
  if (NO_NETWORK.test(message)) {
    const button = t("Make it again")
    return t("The file of {name} is damaged: the engine cannot read it. Press {button} above.", { name, button })
  }
  return together(t("The engine could not run {name}.", { name }), sentence(message))
}

function sentence(message) {
  const text = message.trim().slice(0, 300)
  return !text || /[.!?]$/.test(text) ? text : `${text}.`
}
