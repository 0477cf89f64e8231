// The Worker in which all networks run: one message, one answer, one after the other.
// Messages: {id, kind: "start" | "open" | "close" | "ask" | "features", ...}; answers: {id, result} or {id, error}, or
// {id, status} of a server that did not say why.

// One request less: on one thread no further Worker needs the module.
import * as module from "onnxruntime-web/wasm"

import { answers, openEngine, openSession } from "./engine.js"

const WARM_UP_RUNS = 2
const sessions = new Map()
let ort
let listening = null // the graph of sound features, with its address

const KINDS = { start, open, close, ask, features }

globalThis.onmessage = async ({ data: { id, kind, ...rest } }) => {
  try {
    globalThis.postMessage({ id, result: await KINDS[kind](rest) })
  } catch (error) {
    const { message, status } = error
    const told = status ? message || undefined : message || String(error)
    globalThis.postMessage({ id, error: told, gone: status === 404, status })
  }
}

async function start({ engine, threads }) {
  const opened = await openEngine(engine, { backend: "wasm", threads, module })
  ort = opened.ort
  return { threads: opened.threads, version: opened.version }
}

async function open({ runId, address, shape, dtype }) {
  const bytes = await fetched(address)
  const { session } = await openSession(ort, bytes, "wasm")
  const size = shape.reduce((product, length) => product * length, 1)
  const still = dtype === "int64" ? new BigInt64Array(size) : new Float32Array(size)
  for (let run = 0; run < WARM_UP_RUNS; run++) await answered(session, still, shape, 1)
  sessions.set(runId, session)
  return { bytes: bytes.byteLength }
}

async function close({ runId }) {
  const session = sessions.get(runId)
  sessions.delete(runId)
  await session?.release()
  return {}
}

/** ``input``: ``count`` examples of this shape in a row. What a network could not do is said for it alone. */
async function ask({ input, count, shape }) {
  const found = []
  for (const [runId, session] of sessions) {
    try {
      found.push({ runId, ...(await answered(session, input, shape, count)) })
    } catch (error) {
      found.push({ runId, error: error.message || String(error) })
    }
  }
  return found
}

async function answered(session, input, shape, count) {
  const type = input instanceof BigInt64Array ? "int64" : "float32"
  const tensor = new ort.Tensor(type, input, [count, ...shape])
  const started = performance.now()
  const { logits, classes } = await answers(session, tensor)
  const ms = performance.now() - started
  // A row a position is quicker to send as it is.
  return { logits: logits.length > count * classes ? logits : Array.from(logits), classes, ms }
}

/** Each output of the graph by its name. */
async function features({ address, samples }) {
  if (listening?.address !== address) {
    const { session } = await openSession(ort, await fetched(address), "wasm")
    listening = { address, session }
  }
  const results = await listening.session.run({ samples: new ort.Tensor("float32", samples, [samples.length]) })
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data]))
}

async function fetched(address) {
  const response = await fetch(address)
  if (response.ok) return new Uint8Array(await response.arrayBuffer())
  const told = await response.json().catch(() => ({}))
  throw Object.assign(new Error(told.error), { status: response.status })
}
