// One Worker measures on one backend with one number of threads; it is ended by its owner when it has done so.
// Questions: {task: "clock" | "open" | "measure", ...}; answers: {type: "news", phase}, any number of them, then
// {type: "done"} or {type: "failed"}.

import { answers, openEngine, openSession } from "./engine.js"
import { findings } from "./findings.js"
import { clockStep, measure, watch } from "./timing.js"
import { tiled } from "./tiles.js"
import { Trouble } from "./trouble.js"

const NEWS_MS = 200
const TASKS = { clock, open, measure: measured }
let engine
let clock_ms
let fetched = { address: null }

globalThis.onmessage = async ({ data }) => {
  try {
    globalThis.postMessage({ type: "done", ...(await TASKS[data.task](data)) })
  } catch (error) {
    const { kind = "engine", message, status } = error
    globalThis.postMessage({ type: "failed", kind, message: message || (status ? "" : String(error)), status })
  }
}

function clock() {
  return { clock_ms: clockStep() }
}

async function open({ address, backend, threads }) {
  clock_ms = clockStep()
  engine = await openEngine(address, { backend, threads }).catch(error => {
    throw new Trouble("start", error.message || String(error))
  })
  return { threads: engine.threads, version: engine.version, engine_ms: engine.engine_ms, clock_ms }
}

/** ``images``: the reference examples, one after the other, of this shape: (B, C, H, W) of images. */
async function measured({ model, images, shape, batch }) {
  const { bytes, load_ms, cached } = await load(model)
  news("session")
  const { session, whole_graph, session_ms } = await openSession(engine.ort, bytes, engine.backend)
  try {
    const type = images instanceof BigInt64Array ? "int64" : "float32"
    const feed = new engine.ort.Tensor(type, tiled(images, shape[0], batch), [batch, ...shape.slice(1)])
    const look = () => watch(clock_ms)
    const times = await measure(() => answers(session, feed), { clockMs: clock_ms, gate: teller(), look })
    news("checking")
    const { logits } = await answers(session, new engine.ort.Tensor(type, images, shape))
    const size_bytes = bytes.byteLength
    return { ...findings(times, logits, shape[0]), load_ms, cached, session_ms, whole_graph, size_bytes }
  } finally {
    await session.release()
  }
}

/** Fetched once for all batch sizes of a network. ``cached``: nothing but a question went over the network. */
async function load(address) {
  if (fetched.address === address) return fetched
  news("loading")
  const started = performance.now()
  const bytes = await body(address)
  const load_ms = performance.now() - started
  const entry = performance.getEntriesByName(address).at(-1)
  const cached = Boolean(entry?.encodedBodySize) && entry.transferSize < entry.encodedBodySize
  fetched = { address, bytes, load_ms, cached }
  return fetched
}

async function body(address) {
  const response = await reached(() => fetch(address))
  if (!response.ok) {
    const { status } = response
    const { error } = await response.json().catch(() => ({}))
    throw new Trouble(status === 404 ? "gone" : "refused", error, { status })
  }
  const parts = []
  const tell = teller()
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reached(() => reader.read())
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer())
    parts.push(value)
    await tell({ phase: "loading" })
  }
}

async function reached(ask) {
  try {
    return await ask()
  } catch (error) {
    throw new Trouble("unreachable", error.message)
  }
}

/** News a few times a second, and at each new phase. */
function teller() {
  let last = { phase: null, at: 0 }
  return async ({ phase, fraction }) => {
    const now = performance.now()
    if (phase === last.phase && now - last.at < NEWS_MS) return
    last = { phase, at: now }
    news(phase, fraction)
    // A Worker that never comes to rest is ended two seconds late: between runs it does, and none of this is timed.
    await new Promise(resolve => setTimeout(resolve))
  }
}

function news(phase, fraction) {
  globalThis.postMessage({ type: "news", phase, fraction })
}
