// What is known of each chosen network: whether it is open, what it said, and how long it took.

import { argmax } from "./probabilities.js"
import { listed, t } from "./texts.js"

const LAST_TIMES = 20

/**
 * status: "waiting", "open", "refused" (it is gone) or "failed" (another try may succeed), which message explains;
 * times: of its last answers, in ms.
 */
function unopened(network) {
  return { ...network, status: "waiting", message: "", logits: null, times: [] }
}

/**
 * The state after Python chose other networks: those that stay keep what is known of them.
 * @returns {{networks: object[], added: object[], removed: string[]}}
 */
export function chosen(before, wanted) {
  const known = new Map(before.map(one => [one.run_id, one]))
  const networks = wanted.map(one => ({ ...unopened(one), ...known.get(one.run_id), ...one }))
  const here = new Set(wanted.map(one => one.run_id))
  return {
    networks,
    added: networks.filter(one => !known.has(one.run_id)),
    removed: before.filter(one => !here.has(one.run_id)).map(one => one.run_id),
  }
}

/** In the order in which they are opened: teachers, whose files are the largest, after all who may answer before. */
export function inTurn(networks) {
  return networks.toSorted((one, other) => (one.role === "teacher") - (other.role === "teacher"))
}

/** After the Worker tried to open one. */
export function opened(networks, { runId, error, gone }) {
  const lost = gone ? { status: "refused", message: t("deleted meanwhile: choose others above") } : failed(error)
  const news = error ? lost : { status: "open" }
  return networks.map(one => (one.run_id === runId ? { ...one, ...news } : one))
}

function failed(message) {
  return { status: "failed", message }
}

/** After the answers to one image. */
export function answered(networks, answers) {
  const found = new Map(answers.map(one => [one.runId, one]))
  return networks.map(one => {
    const answer = found.get(one.run_id)
    if (!answer) return one
    if (answer.error) return { ...one, ...failed(answer.error), logits: null }
    return { ...one, status: "open", logits: answer.logits, times: [...one.times, answer.ms].slice(-LAST_TIMES) }
  })
}

/** Nothing is drawn: no answers. */
export function silent(networks) {
  return networks.map(one => ({ ...one, logits: null }))
}

/** A new Worker knows nobody; what a deleted network said stays. */
export function closed(networks) {
  return networks.map(one => (one.status === "refused" ? one : { ...one, status: "waiting", logits: null }))
}

/** The class that a network gives to each of a batch of images. */
export function answersOf({ logits, classes }) {
  const rows = Array.from({ length: logits.length / classes }, (_, row) => row * classes)
  return rows.map(start => argmax(logits.slice(start, start + classes)))
}

/** Who could not be opened or asked, and what to do; empty where another try would change nothing. */
export function missing(networks) {
  const names = networks.filter(one => one.status === "failed").map(one => one.name)
  if (!names.length) return ""
  return t(
    "Not opened, or without an answer: {names}. See that the lab still runs, then start again; your drawing stays.",
    { names: listed(names, "unit") },
  )
}

/** How far the opening is: what is loading now, and the share that is done; null when all is open. */
export function loading(networks, engineReady) {
  const waiting = inTurn(networks).filter(one => one.status === "waiting")
  if (engineReady && !waiting.length) return null
  const done = (engineReady ? 1 : 0) + networks.length - waiting.length
  const what = engineReady
    ? t("Opening {name}", { name: waiting[0].name })
    : t("Loading the engine (3.7 MB, once for all visits)")
  return { what, share: done / (networks.length + 1) }
}
