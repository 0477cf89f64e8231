// What the runner's tests put in the place of the browser: Workers, a server, a clock.

const ADDRESSES = { engine: "/engine/", models: "/models/", reference: "/reference/", measurements: "/measurements" }
const PAGE = {
  secure: true,
  isolated: true,
  threads: 2,
  cores: 2,
  webgpu: { available: false, reason: "no adapter", float16: false },
}
const REFERENCE = { shape: [2, 1, 1, 1], images: "AACAPwAAAMA=", classes: 2 }
export const FOUND = {
  type: "done",
  whole_graph: true,
  size_bytes: 10,
  load_ms: 1,
  cached: false,
  session_ms: 1,
  first_ms: 1,
  warmup_runs: 20,
  runs_per_sample: 1,
  samples_ms: [1, 2, 3],
  p50_ms: 2,
  p95_ms: 3,
  logits: [
    [1, 2],
    [3, 4],
  ],
}

export function plan(...names) {
  const networks = names.map(name => ({ run_id: name, name }))
  return { addresses: ADDRESSES, networks, backends: ["wasm-1"], batches: [1], precisions: ["float32"] }
}

/** Workers that do what ``acts`` says at a network's name; each is remembered with what it was asked. */
export function workshop(acts = {}) {
  const workers = []
  class FakeWorker {
    asked = []
    ended = false
    constructor() {
      workers.push(this)
    }
    postMessage(message) {
      this.asked.push(message)
      const name = message.task === "open" ? "open" : message.model.split("/").at(-2)
      const act = acts[name] ?? (message.task === "open" ? opens(message.threads) : answers)
      queueMicrotask(() => this.ended || act(this, message))
    }
    tell(data) {
      this.onmessage({ data })
    }
    terminate() {
      this.ended = true
    }
  }
  return { Worker: FakeWorker, workers }
}

export const opens = threads => worker =>
  worker.tell({ type: "done", threads, version: "1.30.0", engine_ms: 5, clock_ms: 0.005 })
const answers = worker => worker.tell(FOUND)
export const fails = (kind, message) => worker => worker.tell({ type: "failed", kind, message })
export const dies = worker => worker.onerror({ message: "Uncaught Error" })

/** A server by path; every measurement told is remembered. */
export function server({ refuse = () => null } = {}) {
  const asked = []
  const kept = []
  const fetch = async (address, options = {}) => {
    asked.push(new URL(address).pathname)
    const answer = refuse(asked.at(-1), asked.length)
    if (answer) return answer()
    if (options.method === "POST") {
      kept.push(JSON.parse(options.body))
      return { ok: true, json: async () => ({ p50_ms: 2, agrees: true, largest_difference: 0, new: true }) }
    }
    return { ok: true, json: async () => REFERENCE }
  }
  return { fetch, asked, kept }
}

export function ports(workshopOfTest, serverOfTest, more = {}) {
  let now = 0
  return {
    page: PAGE,
    base: "http://lab/benchmark",
    workerAddress: "worker.js",
    Worker: workshopOfTest.Worker,
    fetch: serverOfTest.fetch,
    wait: async () => {},
    timers: { every: () => 0, never: () => {} },
    now: () => (now += 1000),
    ...more,
  }
}
