// What can go wrong while a network is measured, each in a plain sentence.

/** The label of the button that measures, and what messages call it (ui/taken.py). */
export const RUN = "Run on this device"
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

export function plainly({ kind, message = "", seconds }, name) {
  switch (kind) {
    case "gone":
      return `${name} is no longer on the server: it may have been deleted.`
    case "unreachable":
      return `The server does not answer, so ${name} could not be fetched. See that the lab still runs, then press ${RUN}.`
    case "refused":
      return `The server did not give out ${name}. ${sentence(message)}`.trim()
    case "start":
      return `The engine could not start. ${sentence(message)} See that the lab still runs, then load the page again.`
    case "unloaded":
      return "A script of the lab could not be loaded. See that the lab still runs, then load the page again."
    case "barred":
      return `This browser lets the page start no Worker, in which networks are measured. ${sentence(message)} Use another browser.`.replace("  ", " ")
    case "threads":
      return "The engine started one thread only, so this would be the same measurement again."
    case "silent":
      return (
        `Nothing was heard of ${name} for ${seconds} s: it takes too long here, or the browser stopped it. ` +
        "Try a smaller batch or another backend."
      )
    case "dead":
      return `The browser ended the work on ${name}. ${sentence(message)} Close other tabs, then press ${RUN}.`.replace("  ", " ")
    case "unreadable":
      return `What was found for ${name} could not be read. Press ${RUN}.`
    default:
      return engine(message, name)
  }
}

function engine(message, name) {
  if (MEMORY.test(message)) {
    return `This device has too little memory for ${name} at this batch size. Try a smaller batch, or close other tabs.`
  }
  if (NO_NETWORK.test(message)) return `The file of ${name} is damaged: the engine cannot read it. Press Make it again above.`
  return `The engine could not run ${name}. ${sentence(message)}`.trim()
}

function sentence(message) {
  const text = message.trim().slice(0, 300)
  return !text || /[.!?]$/.test(text) ? text : `${text}.`
}
