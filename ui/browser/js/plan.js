// What a run measures: one item for each network, backend, batch size and precision, and how long all will take.

import { obstacle, refused } from "./lacking.js"

const BACKENDS = ["wasm-1", "wasm-n", "webgpu"]
/** Nothing more will happen to an item in one of these states. */
export const ENDED = ["measured", "failed", "skipped", "stopped"]
const ITEM_S = 3
const START_S = { wasm: 1, webgpu: 2 }

/**
 * The items in the order of the run: a Worker's after each other, one network's too.
 * @param {object} plan networks, backends, batches, precisions, kind of example as Python gives them
 * @param {object} page what environment() found
 */
export function expand(plan, page) {
  const items = []
  const { kind } = plan
  for (const backend of BACKENDS.filter(name => plan.backends.includes(name))) {
    for (const network of plan.networks) {
      for (const precision of plan.precisions) {
        for (const batch of plan.batches) items.push(item({ backend, network, precision, batch, kind }, page))
      }
    }
  }
  return items
}

/** Another text where the items are others. */
export function stampOf({ networks, backends, batches, precisions }) {
  return JSON.stringify([networks.map(({ run_id, name }) => [run_id, name]), backends, batches, precisions])
}

function item({ backend, network, precision, batch, kind }, page) {
  const why = refused(network, precision) ?? obstacle(backend, precision, page)
  return {
    key: [network.run_id, backend, batch, precision].join("/"),
    run_id: network.run_id,
    name: network.name,
    kind,
    backend,
    provider: backend === "webgpu" ? "webgpu" : "wasm",
    threads: backend === "wasm-n" ? page.threads : 1, // wanted; what ran is in the result
    precision,
    numbers: precision === "float32" ? (network.file ?? precision) : precision,
    batch,
    state: why ? "skipped" : "waiting",
    short: why?.title,
    reason: why && `${why.why} ${why.todo}`.trim(),
  }
}

/** The items that one Worker after the other measures: its provider and threads, and what it has to do. */
export function crews(items) {
  return BACKENDS.map(backend => items.filter(one => one.backend === backend && one.state === "waiting")).filter(
    crew => crew.length,
  )
}

/**
 * Seconds until all items have ended.
 * @param {object[]} items
 * @param {object[]} learnt items of which those that were measured tell how long one takes
 */
export function secondsLeft(items, learnt = items) {
  const open = items.filter(one => !ENDED.includes(one.state))
  const started = items.filter(one => one.state !== "waiting").map(one => one.backend)
  const toStart = new Set(open.map(one => one.backend).filter(backend => !started.includes(backend)))
  const starting = [...toStart].map(backend => START_S[backend === "webgpu" ? "webgpu" : "wasm"])
  return sum(starting) + sum(open.map(one => rest(one, learnt)))
}

/** 0 to 1: how much of what can be measured has ended. */
export function part(items) {
  const counted = items.filter(one => one.state !== "skipped")
  const done = counted.map(one => (ENDED.includes(one.state) ? 1 : one.state === "timing" ? one.fraction : 0))
  return counted.length ? sum(done) / counted.length : 1
}

function rest(one, learnt) {
  if (one.state !== "timing" || one.fraction < 0.1) return expected(one, learnt)
  return (one.phase_s * (1 - one.fraction)) / one.fraction
}

/** From the most alike that were measured. */
function expected(one, learnt) {
  const known = learnt.filter(other => other.state === "measured" && other.took_s)
  const alike = [["backend", "batch", "run_id"], ["backend", "batch"], ["batch"], []]
    .map(fields => known.filter(other => fields.every(field => other[field] === one[field])))
    .find(others => others.length)
  return alike ? sum(alike.map(other => other.took_s)) / alike.length : ITEM_S
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
